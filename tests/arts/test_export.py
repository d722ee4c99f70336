"""`arts export`."""

from __future__ import annotations

import pytest
from helpers.commands import call, run


def test_export_is_loaded_by_datasets(tmp_path):
    done = run("arts.export", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == 'datasets.load_dataset("out", "sample")\n'
    assert "arts: wrote out; measure models on it: arts evaluate --dataset out/sample" in done.stderr
    assert call("arts.export", "out", folder=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ((), "arts evaluate --predictions 'my own.csv'"),
        (("--dataset", "sample"), "arts evaluate --dataset sample --predictions 'my own.csv'"),
    ],
)
def test_export_a_template_says_how_it_is_scored(tmp_path, options, command):
    done = call("arts.export", "my own.csv", "--template", *options, folder=tmp_path)
    assert f"arts: wrote my own.csv: fill in the column prediction; {command} scores it\n" in done.stderr
