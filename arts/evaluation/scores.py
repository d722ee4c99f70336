"""Scores with their uncertainty, made from predictions: the numbers of a report."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.data.support.arrays import FloatArray
from arts.data.support.record import Count, Record
from arts.evaluation.metrics import (
    POLARITIES,
    UnitSums,
    central_interval,
    class_f1,
    resample_units,
    unit_statistics,
)
from arts.evaluation.predictions import Predictions

LEVEL = 0.95
RESAMPLES = 10_000
BOOTSTRAP_SEED = 0

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


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
        total, resampled = resampled_sums(predictions, bootstrap)

        def estimate(score: str, part: int | None = None) -> Estimate:
            value, drawn = (np.asarray(getattr(sums, score)()) for sums in (total, resampled))
            if part is not None:
                value, drawn = value[part], drawn[:, part]
            low, high = central_interval(drawn, bootstrap.level)
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


def resampled_sums(predictions: Predictions, bootstrap: Bootstrap) -> tuple[UnitSums, UnitSums]:
    """The sums over all units, and over each resample of them."""
    statistics = unit_statistics(predictions.layout, predictions.labels)
    drawn = resample_units(statistics, resamples=bootstrap.resamples, seed=bootstrap.seed)
    return UnitSums.unpack(statistics.sum(0)), UnitSums.unpack(np.concatenate(list(drawn)))


def _percent(fraction: float | FloatArray) -> float:
    return round(100 * float(fraction), 2)
