"""`arts models`."""

from __future__ import annotations

import json

from helpers.commands import call
from helpers.prediction_files import COLUMNS


def test_list_models_names_the_nine_with_paper_and_size(tmp_path):
    done = call("arts.list_models", "--format", "json", folder=tmp_path)
    rows = json.loads(done.stdout)
    assert {row["name"] for row in rows} >= set(COLUMNS.values())
    assert all(row["paper"] and row["parameters"] and row["reads"] for row in rows[:9])
    assert "Xue and Li, 2018" in call("arts", "models", folder=tmp_path).stdout
