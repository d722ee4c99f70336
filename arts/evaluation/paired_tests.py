"""Paired comparison of two models: paired bootstrap over units, and the exact McNemar test."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from arts.data.errors import ArtsError
from arts.data.schema import Strategy
from arts.data.support.arrays import BoolArray, FloatArray, IntArray
from arts.data.support.record import Count, Record
from arts.evaluation.confidence_intervals import central_interval
from arts.evaluation.metrics import units_right
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import LEVEL, Bootstrap, resampled_sums


class Difference(Record):
    """The difference of two models' scores, first minus second.

    Args:
        value: the difference in percentage points.
        low: lower bound of its 95% interval, by paired bootstrap over units.
        high: upper bound of the interval.
        only_first: number of originals (for ARS: of units) that only the first model has right.
        only_second: number that only the second model has right.
        p_value: p-value of the exact McNemar test on these two numbers.
    """

    value: float
    low: float
    high: float
    only_first: Count
    only_second: Count
    p_value: Annotated[float, Field(ge=0, le=1)]

    def __str__(self) -> str:
        return f"{self.value:+.2f} [{self.low:+.1f}, {self.high:+.1f}], p = {self.p_value:.2g}"


class Comparison(Record):
    """The differences between two models on the same instances.

    Args:
        accuracy: the difference of their accuracy on the originals.
        ars: the difference of their ARS.
    """

    accuracy: Difference
    ars: Difference


def compare(first: Predictions, second: Predictions) -> Comparison:
    """Compare two models' predictions for the same instances.

    Raises:
        ArtsError: when the instances or their gold labels differ.
    """
    if first.ids != second.ids or (first.layout.gold != second.layout.gold).any():
        raise ArtsError("the two were not measured on the same instances, in the same order")
    pairs = [resampled_sums(predictions, Bootstrap()) for predictions in (first, second)]

    def difference(score: str, right: tuple[BoolArray, BoolArray]) -> Difference:
        """The difference in one score of `UnitSums`; `right` says what each model has right."""
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
    """Two-sided p-values of the exact McNemar test.

    It is a sign test on the items that exactly one of two models has right.

    Args:
        only_first: (...) the number of items that only the first model has right.
        only_second: (...) the number of items that only the second model has right.

    Returns:
        (...) p-values; 1 where there are no such items.

    Example:
        >>> exact_mcnemar(np.array([6, 0]), np.array([0, 0])).tolist()
        [0.03125, 1.0]
    """
    from scipy.stats import binom

    fewer, total = np.minimum(only_first, only_second), np.add(only_first, only_second)
    return np.asarray(np.minimum(binom.cdf(fewer, total, 0.5) + binom.sf(total - fewer - 1, total, 0.5), 1))
