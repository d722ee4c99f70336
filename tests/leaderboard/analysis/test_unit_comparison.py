"""Two entries, unit by unit."""

from __future__ import annotations

import numpy as np
import pytest

from arts.evaluation.benchmark_layout import POLARITIES
from arts.evaluation.predictions import Predictions
from arts.leaderboard.analysis.unit_comparison import (
    compare_units,
    exclusive_units,
    prediction_table,
)
from arts.leaderboard.store.entry import entry_of


def predictions_of(units, *labels: str) -> Predictions:
    """Predictions for the units of the fixture, by initials."""
    by_initial = {str(polarity)[:3]: k for k, polarity in enumerate(POLARITIES)}
    return Predictions.of(units, np.array([by_initial[label] for label in labels]), probabilities=None)


def test_unit_comparison_units_that_only_one_has_right(units):
    first = predictions_of(units, "pos", "neg", "pos", "neg", "pos", "neg", "neg")
    second = predictions_of(units, "pos", "neg", "neg", "neg", "pos", "neg", "neu")
    won, lost = exclusive_units(first, second)
    assert (won.tolist(), lost.tolist()) == ([True, False, False], [False, False, True])
    found = prediction_table(first, second, units=won)
    assert found["member"].tolist() == ["original", "revtgt", "adddiff"]
    assert found["first"].tolist() == ["✓ positive", "✓ negative", "✓ positive"]
    assert found["second"].tolist() == ["✓ positive", "✓ negative", "✗ negative"]
    assert "sentence" not in found
    shown = prediction_table(first, second, units=lost, instances=units)
    assert shown["sentence"].tolist() == ["We got a table."]
    assert shown["aspect"].tolist() == ["table"]


def test_unit_comparison_the_boards_bits_tell_the_same_as_the_comparison(reports):
    first, second = reports[0], reports[2]
    found = first.compare(second).ars
    entries = entry_of(second), entry_of(first)
    assert compare_units(*entries) == (found.only_first, found.only_second, pytest.approx(found.p_value))
    assert compare_units(entries[0], entries[0]) == (0, 0, 1)
    assert compare_units(entries[0], entries[1].model_copy(update={"right_units": ""})) is None
    assert compare_units(entries[0], entries[1].model_copy(update={"checksum": "other"})) is None
