"""Two models on the same instances: paired bootstrap over units, and the exact McNemar test."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from arts.data.errors import ArtsError
from arts.data.schema import Strategy
from arts.data.support.arrays import BoolArray, FloatArray, IntArray
from arts.data.support.record import Count, Record
from arts.evaluation.metrics import central_interval, units_right
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import LEVEL, Bootstrap, resampled_sums


class Difference(Record):
    """First minus second, in percentage points, with the interval of the paired bootstrap over units.

    `only_first` and `only_second` count the units that one has right and the other has not; `p_value` is
    that of the exact McNemar test on them.
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
    """Two models on the same instances: accuracy on the originals, and ARS."""

    accuracy: Difference
    ars: Difference


def compare(first: Predictions, second: Predictions) -> Comparison:
    """The paired comparison of two models' predictions.

    Raises:
        ArtsError: when they are not for the same instances with the same labels.
    """
    if first.ids != second.ids or (first.layout.gold != second.layout.gold).any():
        raise ArtsError("the two were not measured on the same instances, in the same order")
    pairs = [resampled_sums(predictions, Bootstrap()) for predictions in (first, second)]

    def difference(score: str, right: tuple[BoolArray, BoolArray]) -> Difference:
        value, drawn = (
            100 * (getattr(a, score)() - getattr(b, score)()) for a, b in zip(*pairs, strict=True)
        )
        low, high = central_interval(drawn, LEVEL)
        only_first, only_second = (int((a & ~b).sum()) for a, b in (right, right[::-1]))
        return Difference(
            value=round(float(value), 2),
            low=round(float(low), 2),
            high=round(float(high), 2),
            only_first=only_first,
            only_second=only_second,
            p_value=float(exact_mcnemar(only_first, only_second)),
        )

    originals = first.layout.rows(Strategy.ORIGINAL)
    units = first.layout.units
    return Comparison(
        accuracy=difference("accuracy", (first.correct[originals], second.correct[originals])),
        ars=difference("ars", (units_right(first.correct, units), units_right(second.correct, units))),
    )


def exact_mcnemar(only_first: int | IntArray, only_second: int | IntArray) -> FloatArray:
    """Two-sided p-values of the exact McNemar test (a sign test on the items that tell two models apart).

    Args:
        only_first: (...) items that only the first model has right.
        only_second: (...) items that only the second has right.

    Returns:
        (...) 1 where the two never differ.

    Example:
        >>> exact_mcnemar(np.array([6, 0]), np.array([0, 0])).tolist()
        [0.03125, 1.0]
    """
    from scipy.stats import binom

    fewer, apart = np.minimum(only_first, only_second), np.add(only_first, only_second)
    return np.minimum(binom.cdf(fewer, apart, 0.5) + binom.sf(apart - fewer - 1, apart, 0.5), 1)
