"""Units that one of two models has wholly right and the other has not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Strategy
from arts.data.support.arrays import BoolArray, IntArray
from arts.evaluation.metrics import POLARITIES, units_right
from arts.evaluation.paired_tests import exact_mcnemar
from arts.evaluation.predictions import Predictions
from arts.leaderboard.store.entry import BoardEntry

MARKS = {True: "✓", False: "✗"}


class UnitDifference(NamedTuple):
    """How two entries differ on units.

    Args:
        won: Number of units that only the second has right.
        lost: Number of units that only the first has right.
        p_value: P-value of the exact McNemar test on the two numbers.
    """

    won: int
    lost: int
    p_value: float


def compare_units(before: BoardEntry, after: BoardEntry) -> UnitDifference | None:
    """How two entries differ on units.

    Returns:
        None if either has no predictions, or they were measured on different test splits.
    """
    if not (before.has_predictions and after.has_predictions) or before.checksum != after.checksum:
        return None
    won = int(np.bitwise_count(after.right_bits & ~before.right_bits).sum(dtype=int))
    lost = int(np.bitwise_count(before.right_bits & ~after.right_bits).sum(dtype=int))
    return UnitDifference(won, lost, float(exact_mcnemar(won, lost)))


def align_predictions(predictions: Predictions, reference: Predictions) -> Predictions:
    """The predictions in the order of the reference.

    Raises:
        ArtsError: The two are not about the same instances with the same gold labels.
    """
    if predictions.ids == reference.ids:
        return predictions
    rows = {id: row for row, id in enumerate(predictions.ids)}
    if len(rows) != len(reference.ids) or not all(id in rows for id in reference.ids):
        raise ArtsError("the two were not measured on the same instances")
    order = np.array([rows[id] for id in reference.ids])
    if (predictions.layout.gold[order] != reference.layout.gold).any():
        raise ArtsError("the two were not measured by the same labels")
    return Predictions(reference.ids, reference.layout, predictions.labels[order])


def exclusive_units(first: Predictions, second: Predictions) -> tuple[BoolArray, BoolArray]:
    """Units that only one of two models has wholly right.

    Args:
        first: Predictions of one model.
        second: Predictions of the other, in the same order.

    Returns:
        (units,) what only the first has right, and (units,) what only the second has right.
    """
    first_right, second_right = (units_right(side.correct, first.layout.units) for side in (first, second))
    return first_right & ~second_right, second_right & ~first_right


def prediction_table(
    first: Predictions, second: Predictions, *, units: BoolArray, instances: Sequence[Instance] = ()
) -> pd.DataFrame:
    """The predictions of two models for all members of some units, the original of a unit first.

    Args:
        first: Predictions of one model.
        second: Predictions of the other, in the same order.
        units: (units,) whether to include each unit.
        instances: The instances that were predicted, if the corpus is on this machine.

    Returns:
        A row per member with the columns ``unit, member, gold, first, second``, and with instances also
        ``aspect, sentence``.
    """
    layout, strategies = first.layout, tuple(Strategy)
    rows = np.flatnonzero(units[layout.units])
    rows = rows[np.lexsort((layout.strategy[rows], layout.units[rows]))]
    table = pd.DataFrame(
        {
            "unit": [first.ids[row] for row in layout.original[rows]],
            "member": [str(strategies[k]) for k in layout.strategy[rows]],
            "gold": _polarity_names(layout.gold[rows]),
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


def _polarity_names(labels: IntArray) -> list[str]:
    return [str(POLARITIES[k]) for k in labels]


def _marked_names(predictions: Predictions, rows: IntArray) -> list[str]:
    """The predicted polarities of some rows, each after ✓ if it is right and ✗ if not."""
    names = _polarity_names(predictions.labels[rows])
    return [f"{MARKS[bool(ok)]} {name}" for ok, name in zip(predictions.correct[rows], names, strict=True)]


def p_text(p_value: float) -> str:
    """A p-value as pages write it.

    Example:
        >>> p_text(0.01234), p_text(2e-9)
        ('p = 0.012', 'p < 0.0001')
    """
    return f"p = {p_value:.2g}" if p_value >= 0.0001 else "p < 0.0001"
