"""Scores with their uncertainty, made from predictions: the numbers of a report."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.evaluation.metrics import (
    POLARITIES,
    BoolArray,
    FloatArray,
    Sums,
    class_f1,
    interval,
    mcnemar,
    resample,
    unit_right,
    unit_statistics,
)
from arts.evaluation.predictions import Predictions

LEVEL = 0.95
RESAMPLES = 10_000
BOOTSTRAP_SEED = 0

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class Record(BaseModel):
    """Base of the parts of a report: nothing but the declared fields, and none can be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Estimate(Record):
    """A score in percent, rounded to two decimals, with its 95% bootstrap interval over units."""

    value: Percent
    low: Percent
    high: Percent

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.1f}, {self.high:.1f}]"


class StrategyScore(Record):
    """Scores on the variants of one strategy.

    `original` is the accuracy on the originals that the variants came from, `perturbed` that on the
    variants, `both` the share of variants that are right and whose original is right too.
    """

    count: Count
    original: Estimate
    perturbed: Estimate
    both: Estimate


class PolarityScore(Record):
    """Scores by gold label of the original: recall (`accuracy`) and F1 on the originals, and ARS."""

    count: Count
    accuracy: Estimate
    f1: Percent
    ars: Estimate


class Bootstrap(Record):
    """How the intervals were made."""

    level: float = Field(LEVEL, gt=0, lt=1)
    resamples: int = Field(RESAMPLES, ge=1, le=10 * RESAMPLES)
    seed: int = Field(BOOTSTRAP_SEED, ge=0)


class Scores(Record):
    """All the figures of one model on one benchmark.

    `confusion` counts the originals: rows are gold labels, columns predictions, in the order of `Polarity`.
    Strategies and polarities that the benchmark has no instance of are not there.
    """

    accuracy: Estimate
    macro_f1: Estimate
    ars: Estimate
    strategies: dict[Strategy, StrategyScore]
    polarities: dict[Polarity, PolarityScore]
    confusion: tuple[tuple[Count, Count, Count], ...]
    bootstrap: Bootstrap = Bootstrap()

    @classmethod
    def of(cls, predictions: Predictions, bootstrap: Bootstrap | None = None) -> Scores:
        """The scores of predictions; intervals by bootstrap over units."""
        bootstrap = bootstrap or Bootstrap()
        total, resampled = _sums(predictions, bootstrap)

        def estimate(score: str, part: int | None = None) -> Estimate:
            value, drawn = (np.asarray(getattr(sums, score)()) for sums in (total, resampled))
            if part is not None:
                value, drawn = value[part], drawn[:, part]
            low, high = interval(drawn, bootstrap.level)
            return Estimate(value=_percent(value), low=_percent(low), high=_percent(high))

        support = total.confusion.sum(-1)
        return cls(
            accuracy=estimate("accuracy"),
            macro_f1=estimate("macro_f1"),
            ars=estimate("ars"),
            strategies={
                strategy: StrategyScore(
                    count=int(total.variants[k]),
                    original=estimate("on_originals", k),
                    perturbed=estimate("on_variants", k),
                    both=estimate("on_both", k),
                )
                for k, strategy in enumerate(PERTURBATIONS)
                if total.variants[k]
            },
            polarities={
                polarity: PolarityScore(
                    count=int(support[k]),
                    accuracy=estimate("recall", k),
                    f1=_percent(class_f1(total.confusion)[k]),
                    ars=estimate("ars_by_polarity", k),
                )
                for k, polarity in enumerate(POLARITIES)
                if support[k]
            },
            confusion=tuple(tuple(int(n) for n in row) for row in total.confusion),
            bootstrap=bootstrap,
        )


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
    pairs = [_sums(predictions, Bootstrap()) for predictions in (first, second)]

    def difference(score: str, right: tuple[BoolArray, BoolArray]) -> Difference:
        value, drawn = (
            100 * (getattr(a, score)() - getattr(b, score)()) for a, b in zip(*pairs, strict=True)
        )
        low, high = interval(drawn, LEVEL)
        return Difference(
            value=round(float(value), 2),
            low=round(float(low), 2),
            high=round(float(high), 2),
            only_first=int((right[0] & ~right[1]).sum()),
            only_second=int((right[1] & ~right[0]).sum()),
            p_value=mcnemar(*right),
        )

    originals = first.layout.rows(Strategy.ORIGINAL)
    units = first.layout.units
    return Comparison(
        accuracy=difference("accuracy", (first.correct[originals], second.correct[originals])),
        ars=difference("ars", (unit_right(first.correct, units), unit_right(second.correct, units))),
    )


def _sums(predictions: Predictions, bootstrap: Bootstrap) -> tuple[Sums, Sums]:
    """Over all units, and over each resample of them."""
    statistics = unit_statistics(predictions.layout, predictions.labels)
    drawn = resample(statistics, resamples=bootstrap.resamples, seed=bootstrap.seed)
    return Sums.unpack(statistics.sum(0)), Sums.unpack(np.concatenate(list(drawn)))


def _percent(fraction: float | FloatArray) -> float:
    return round(100 * float(fraction), 2)
