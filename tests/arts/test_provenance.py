from types import SimpleNamespace

import pytest

from arts import provenance
from arts.data import errors
from arts.data.errors import ArtsError
from arts.merging.job import MergeJob
from arts.provenance import peak_memory

MOST = 2**40  # bytes


def test_provenance_peak_memory_is_in_bytes():
    assert 2**20 < peak_memory() < MOST


def test_provenance_peak_memory_is_in_bytes_without_proc(monkeypatch, tmp_path):
    monkeypatch.setattr(provenance, "Path", lambda path: tmp_path / "none")
    assert 2**20 < peak_memory() < MOST


def test_provenance_merging_elsewhere_than_on_posix_is_one_clear_error(monkeypatch, tmp_path):
    monkeypatch.setattr(errors, "os", SimpleNamespace(name="nt"))
    monkeypatch.setattr(errors.platform, "system", lambda: "Windows")
    expected = "^merging needs Linux, macOS or another POSIX system; this is Windows$"
    with pytest.raises(ArtsError, match=expected):
        MergeJob("base", ["model"]).run(tmp_path / "merged")
    assert not any(tmp_path.iterdir())
