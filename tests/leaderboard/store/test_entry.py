"""Figures of an entry."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.boards import change_fields, own_store, sample_report

from arts.evaluation.metrics import units_right
from arts.leaderboard.store.entry import Status, entry_of


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


def test_entry_bits_are_in_the_order_of_the_unit_ids(tmp_path):
    report = sample_report(tmp_path, "mine")
    predictions = report.predictions
    right = units_right(predictions.correct, predictions.layout.units)
    ids = [
        predictions.ids[row]
        for row in np.flatnonzero(predictions.layout.original == np.arange(len(predictions.ids)))
    ]
    wanted = [bool(flag) for _, flag in sorted(zip(ids, right, strict=True))]
    found = np.unpackbits(entry_of(report).right_bits, count=len(right)).astype(bool)
    assert found.tolist() == wanted
