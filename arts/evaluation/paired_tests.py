"""Paired comparison of two models, by the paired bootstrap over units and the exact McNemar test."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from arts.data.schema import Strategy
from arts.data.support.arrays import BoolArray, FloatArray, IntArray
from arts.data.support.display import Displayed
from arts.data.support.record import Count, Record
from arts.data.support.rounding import decimal_text, p_value_text
from arts.evaluation.confidence_intervals import central_interval
from arts.evaluation.metrics import units_right
from arts.evaluation.predictions import Predictions, align_predictions
from arts.evaluation.scores import LEVEL, Bootstrap, resampled_sums


class Difference(Record):
    """The difference of one score between two models: that of the first minus that of the second.

    Args:
        value: the difference, in percentage points.
        low: lower bound of its 95% interval by paired bootstrap over units, in percentage points.
        high: upper bound of this interval, in percentage points.
        only_first: number of originals (for ARS: of units) that the first model has right and the second
            has wrong.
        only_second: number of originals (for ARS: of units) that the second model has right and the first
            has wrong.
        p_value: two-sided p-value of the exact McNemar test on `only_first` and `only_second`.
    """

    value: float
    low: float
    high: float
    only_first: Count
    only_second: Count
    p_value: Annotated[float, Field(ge=0, le=1)]

    def __str__(self) -> str:
        low, high = (decimal_text(bound, 1, sign=True) for bound in (self.low, self.high))
        return f"{decimal_text(self.value, sign=True)} [{low}, {high}], {p_value_text(self.p_value)}"


class Comparison(Displayed, Record):
    """The differences in accuracy and ARS between two models that predicted one set of instances.

    Args:
        accuracy: the difference in accuracy on the originals.
        ars: the difference in ARS.
    """

    accuracy: Difference
    ars: Difference

    def headline(self) -> str:
        """The two differences, the first model minus the second."""
        return f"first minus second: accuracy {self.accuracy}; ARS {self.ars}"

    def facts(self) -> dict[str, str]:
        """The differences, and on how many originals and units only one of the models is right."""
        return {
            name: f"{difference}; right only by the first: {difference.only_first:,} {what}, only by the "
            f"second: {difference.only_second:,}"
            for name, difference, what in (
                ("accuracy", self.accuracy, "originals"),
                ("ARS", self.ars, "units"),
            )
        }


def compare(first: Predictions, second: Predictions) -> Comparison:
    """Compare the predictions of two models for one set of instances, in whatever order.

    Args:
        first: the predictions of the first model.
        second: the predictions of the second model, whose scores are subtracted.

    Raises:
        ArtsError: when the instances or their gold labels differ.
    """
    second = align_predictions(second, first)
    pairs = [resampled_sums(predictions, Bootstrap()) for predictions in (first, second)]

    def difference(score: str, right: tuple[BoolArray, BoolArray]) -> Difference:
        """The difference in one score between `first` and `second`, with its interval and p-value.

        Args:
            score: name of the method of `UnitSums` that computes the score.
            right: two arrays, one per model: whether it has each original right; for the ARS, each unit.
        """
        value, resampled = (
            100 * (getattr(a, score)() - getattr(b, score)()) for a, b in zip(*pairs, strict=True)
        )
        low, high = central_interval(resampled, LEVEL)
        only_first, only_second = (int((a & ~b).sum()) for a, b in (right, right[::-1]))
        return Difference(
            value=round(float(value), 2),
            low=round(float(low), 2),
            high=round(float(high), 2),
            only_first=only_first,
            only_second=only_second,
            p_value=float(exact_mcnemar(only_first, only_second)),
        )

    originals = first.layout.strategy_mask(Strategy.ORIGINAL)
    units = first.layout.units
    return Comparison(
        accuracy=difference("accuracy", (first.correct[originals], second.correct[originals])),
        ars=difference("ars", (units_right(first.correct, units), units_right(second.correct, units))),
    )


def exact_mcnemar(only_first: int | IntArray, only_second: int | IntArray) -> FloatArray:
    """Two-sided p-values of the exact McNemar test, which compares two models on one set of items.

    It is a sign test on the items that exactly one of the two models has right.

    Args:
        only_first: (...) numbers of items that the first model has right and the second has wrong.
        only_second: (...) numbers of items that the second model has right and the first has wrong.

    Returns:
        The p-values, as an array (...). They are 1 where both numbers are 0.

    Example:
        >>> exact_mcnemar(np.array([6, 0]), np.array([0, 0])).tolist()
        [0.03125, 1.0]
    """
    from scipy.stats import binom

    fewer, total = np.minimum(only_first, only_second), np.add(only_first, only_second)
    return np.asarray(np.minimum(binom.cdf(fewer, total, 0.5) + binom.sf(total - fewer - 1, total, 0.5), 1))
