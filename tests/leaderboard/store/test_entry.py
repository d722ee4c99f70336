"""Figures of an entry."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from helpers.boards import change_fields, own_store, sample_report
from helpers.commands import call
from helpers.forging import board_row

from arts.evaluation.metrics import units_right
from arts.evaluation.verification import Status
from arts.leaderboard.store.entry import entry_of


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"accuracy": {"value": 99.0, "low": 98.0, "high": 99.5}}, "its confusion matrix gives"),
        ({"ars": {"value": 99.0, "low": 98.0, "high": 99.5}}, "over its accuracy"),
        ({"ars": {"value": 10.0, "low": 12.0, "high": 13.0}}, "outside its interval"),
        ({"confusion": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}, "does not count 138 originals"),
    ],
)
def test_entry_a_claim_without_predictions_must_agree_with_itself(three_results, fields, message):
    path = min(three_results.glob("*.json"))
    path.with_suffix(".parquet").unlink()
    assert (
        next(e for e in own_store(three_results).read().entries if e.path == str(path)).status
        is Status.CLAIMED
    )
    change_fields(path, **fields)
    (file,) = own_store(three_results).read().invalid_files
    assert message in file.reason


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("custom", Status.VERIFIED),
        ("blind", Status.VERIFIED),
        ("zoo", Status.VERIFIED),
        ("intervention", Status.VERIFIED),
        ("claim", Status.CLAIMED),
        ("own", Status.CONSISTENT),
        ("brought", Status.RECOMPUTED),
    ],
)
def test_entry_honest_reports_are_what_they_are_by_the_board_and_by_validate(honest, tmp_path, kind, status):
    for suffix in (".json", ".parquet"):
        if honest[kind].with_suffix(suffix).is_file():
            shutil.copy(honest[kind].with_suffix(suffix), tmp_path)
    path = tmp_path / honest[kind].name
    assert board_row(path)[:2] == (status, "")
    done = call("arts.validate", path, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f", {status}: " in done.stdout


def test_entry_bits_are_in_the_order_of_the_unit_ids(tmp_path):
    report = sample_report(tmp_path, "mine")
    predictions = report.predictions
    right = units_right(predictions.correct, predictions.layout.units)
    ids = [
        predictions.ids[row]
        for row in np.flatnonzero(predictions.layout.original == np.arange(len(predictions.ids)))
    ]
    wanted = [bool(flag) for _, flag in sorted(zip(ids, right, strict=True))]
    found = entry_of(report).wholly_right.astype(bool)
    assert found.tolist() == wanted
