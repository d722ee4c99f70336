"""Comparison of two models unit by unit.

A model has a unit wholly right if it predicts the original and all its variants correctly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from arts.data.schema import Instance, Strategy
from arts.data.support.arrays import BoolArray, IntArray
from arts.evaluation.confidence_intervals import cluster_sums
from arts.evaluation.metrics import PREDICTED_LABELS, units_right
from arts.evaluation.paired_tests import exact_sign_flip
from arts.evaluation.predictions import Predictions
from arts.leaderboard.store.entry import BoardEntry

MARKS = {True: "✓", False: "✗"}


class UnitDifference(NamedTuple):
    """How many units only one of two entries has wholly right.

    Args:
        won: Number of units that only the second entry has wholly right.
        lost: Number of units that only the first entry has wholly right.
        p_value: Two-sided p-value of the exact sign-flip test over sentences; over units, which makes it the
            exact McNemar test, if sentences are not known.
    """

    won: int
    lost: int
    p_value: float


def compare_units(before: BoardEntry, after: BoardEntry) -> UnitDifference | None:
    """Count the units that only one of two entries has wholly right, and test the difference.

    Args:
        before: The first entry.
        after: The second entry; the units that only it has right count as won.

    Returns:
        The counts and the p-value; None if an entry has no predictions, or their test splits differ.
    """
    if not (before.has_predictions and after.has_predictions) or before.checksum != after.checksum:
        return None
    first, second = (entry.wholly_right.astype(int) for entry in (before, after))
    gains = second - first
    clusters = max(before, after, key=lambda entry: len(entry.sentences)).unit_clusters
    p_value = exact_sign_flip(cluster_sums(gains, clusters).astype(np.int64))
    return UnitDifference(int((gains > 0).sum()), int((gains < 0).sum()), p_value)


def exclusive_units(first: Predictions, second: Predictions) -> tuple[BoolArray, BoolArray]:
    """The units that only one of two models has wholly right.

    Args:
        first: Predictions of one model.
        second: Predictions of the other model for the same instances, in the same order.

    Returns:
        Two boolean arrays (units,). One is true for the units that only the first model has wholly right, the
        other for those that only the second model has.
    """
    first_right, second_right = (units_right(side.correct, first.layout.units) for side in (first, second))
    return first_right & ~second_right, second_right & ~first_right


def prediction_table(
    first: Predictions, second: Predictions, *, units: BoolArray, instances: Sequence[Instance] = ()
) -> pd.DataFrame:
    """The predictions of two models for all instances of some units, with one row per instance.

    Args:
        first: Predictions of one model.
        second: Predictions of the other model for the same instances, in the same order.
        units: (units,) whether to include each unit.
        instances: The instances of the test split; empty if the corpus is not on this machine.

    Returns:
        A frame in which each unit's original comes before its variants. Its columns are ``unit``, the id of
        the original; ``member``, the strategy of the instance; ``gold``, the gold polarity; ``first`` and
        ``second``, the predicted polarities, each after ✓ if right and ✗ if wrong. If `instances` are
        given, the columns ``aspect``, the target, and ``sentence`` follow.
    """
    layout, strategies = first.layout, tuple(Strategy)
    rows = np.flatnonzero(units[layout.units])
    rows = rows[np.lexsort((layout.strategy[rows], layout.units[rows]))]
    table = pd.DataFrame(
        {
            "unit": [first.ids[row] for row in layout.original[rows]],
            "member": [str(strategies[k]) for k in layout.strategy[rows]],
            "gold": _label_names(layout.gold[rows]),
            "first": _marked_names(first, rows),
            "second": _marked_names(second, rows),
        }
    )
    if instances:
        by_id = {instance.id: instance for instance in instances}
        members = [by_id[first.ids[row]] for row in rows]
        table["aspect"] = [instance.aspect.term for instance in members]
        table["sentence"] = [instance.text for instance in members]
    return table


def _label_names(labels: IntArray) -> list[str]:
    """The names of labels that are given as positions in `Polarity`: "positive" for 0, "invalid" for -1."""
    return [PREDICTED_LABELS[k] for k in labels]


def _marked_names(predictions: Predictions, rows: IntArray) -> list[str]:
    """The predicted labels of some instances, such as "✓ positive" if right and "✗ neutral" if wrong.

    Args:
        predictions: The predictions.
        rows: Indices of the instances in the predictions.
    """
    names = _label_names(predictions.labels[rows])
    return [f"{MARKS[bool(ok)]} {name}" for ok, name in zip(predictions.correct[rows], names, strict=True)]
