"""The scores of a report with their confidence intervals, computed from predictions."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.data.support.arrays import FloatArray
from arts.data.support.record import Count, Record
from arts.evaluation.confidence_intervals import central_interval, resample_units
from arts.evaluation.metrics import POLARITIES, UnitSums, class_f1, unit_statistics
from arts.evaluation.predictions import Predictions

LEVEL = 0.95  # of the confidence intervals
RESAMPLES = 10_000
BOOTSTRAP_SEED = 0

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Estimate(Record):
    """A score with its 95% interval by bootstrap over units, in percent, rounded to two decimals."""

    value: Percent
    low: Percent
    high: Percent

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.1f}, {self.high:.1f}]"


class StrategyScore(Record):
    """The scores for one strategy.

    Args:
        count: number of variants.
        original: accuracy on the originals of the variants.
        perturbed: accuracy on the variants.
        both: share of the variants that are right and whose original is right.
    """

    count: Count
    original: Estimate
    perturbed: Estimate
    both: Estimate


class PolarityScore(Record):
    """The scores on the units whose original has one gold label.

    Args:
        count: number of originals with this gold label.
        accuracy: accuracy on these originals, which is the recall of the label.
        f1: F1 of the label on all originals.
        ars: ARS of these units.
    """

    count: Count
    accuracy: Estimate
    f1: Percent
    ars: Estimate


class Bootstrap(Record):
    """The settings of the bootstrap.

    Args:
        level: level of the confidence intervals.
        resamples: number of resamples.
        seed: random seed of the resamples.
    """

    level: float = Field(LEVEL, gt=0, lt=1)
    resamples: int = Field(RESAMPLES, ge=1, le=10 * RESAMPLES)
    seed: int = Field(BOOTSTRAP_SEED, ge=0)


class Scores(Record):
    """All the scores of one model on one benchmark.

    Args:
        accuracy: accuracy on the originals.
        macro_f1: macro-F1 on the originals.
        ars: Aspect Robustness Score: share of units all of whose instances are right.
        strategies: scores by strategy, for strategies that have variants.
        polarities: scores by gold label of the original, for labels that occur.
        confusion: numbers of originals; rows are gold labels, columns predictions, ordered as `Polarity`.
        bootstrap: the settings of the intervals.
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
        """The scores of predictions.

        Args:
            predictions: the predictions for a whole benchmark.
            bootstrap: the settings of the intervals. Default: 10,000 resamples, level 0.95, seed 0.
        """
        bootstrap = bootstrap or Bootstrap()
        total, resampled = resampled_sums(predictions, bootstrap)

        def estimate(score: str, part: int | None = None) -> Estimate:
            """One score of `UnitSums`, or that of one strategy or polarity, with its interval."""
            value, values = (np.asarray(getattr(sums, score)()) for sums in (total, resampled))
            if part is not None:
                value, values = value[part], values[:, part]
            low, high = central_interval(values, bootstrap.level)
            return Estimate(value=_percent(value), low=_percent(low), high=_percent(high))

        support = total.confusion.sum(-1)
        return cls(
            accuracy=estimate("accuracy"),
            macro_f1=estimate("macro_f1"),
            ars=estimate("ars"),
            strategies={
                strategy: StrategyScore(
                    count=int(total.variants[k]),
                    original=estimate("accuracy_on_originals", k),
                    perturbed=estimate("accuracy_on_variants", k),
                    both=estimate("share_both_right", k),
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
    """The counts summed over all units, and over the units of each resample."""
    statistics = unit_statistics(predictions.layout, predictions.labels)
    chunks = resample_units(statistics, resamples=bootstrap.resamples, seed=bootstrap.seed)
    return UnitSums.unpack(statistics.sum(0)), UnitSums.unpack(np.concatenate(list(chunks)))


def _percent(fraction: float | FloatArray) -> float:
    """A fraction in percent, rounded to two decimals."""
    return round(100 * float(fraction), 2)
