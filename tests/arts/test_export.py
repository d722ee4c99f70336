"""`arts export`."""

from __future__ import annotations

from helpers.commands import call, run


def test_export_is_loaded_by_datasets(tmp_path):
    done = run("arts.export", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == 'datasets.load_dataset("out", "sample")\n'
    assert call("arts.export", "out", folder=tmp_path).returncode == 2
