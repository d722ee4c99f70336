"""The scores of a report and their confidence intervals, computed from predictions."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

import numpy as np
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.data.support.arrays import FloatArray
from arts.data.support.record import GREATEST, Count, Record
from arts.data.support.rounding import decimal_text
from arts.evaluation.benchmark_layout import POLARITIES, BenchmarkLayout
from arts.evaluation.confidence_intervals import central_interval, cluster_sums, resample_clusters
from arts.evaluation.metrics import CLASSES, UnitSums, class_f1, unit_statistics
from arts.evaluation.predictions import Predictions
from arts.evaluation.resample import Resample

LEVEL = 0.95  # of the confidence intervals
RESAMPLES = 10_000
BOOTSTRAP_SEED = 0

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Estimate(Record):
    """A score with its confidence interval by bootstrap, in percent with two decimals.

    Args:
        value: the score.
        low: lower bound of the interval, whose level is 95% unless set otherwise.
        high: upper bound of the interval.
    """

    value: Percent
    low: Percent
    high: Percent

    def __str__(self) -> str:
        return f"{decimal_text(self.value)} [{decimal_text(self.low, 1)}, {decimal_text(self.high, 1)}]"


def change_text(original: float | None, perturbed: float) -> str:
    """Format the change of accuracy, in percent, from originals to their variants: ``80.00→45.00``.

    Args:
        original: accuracy on the originals. None (not published) is shown as ``?``.
        perturbed: accuracy on the variants.
    """
    return f"{'?' if original is None else decimal_text(original)}→{decimal_text(perturbed)}"


class StrategyScore(Record):
    """The scores on the variants that one strategy made, in percent.

    Args:
        count: number of these variants.
        original: accuracy on their originals.
        perturbed: accuracy on the variants.
        both: share of the variants that are predicted right and whose original is predicted right.
    """

    count: Count
    original: Estimate
    perturbed: Estimate
    both: Estimate

    @property
    def change(self) -> str:
        """The accuracy on the originals and on the variants, as in ``80.00→45.00``."""
        return change_text(self.original.value, self.perturbed.value)


class PolarityScore(Record):
    """The scores on the units whose original has a given gold label, in percent.

    Args:
        count: number of originals with this gold label.
        accuracy: accuracy on these originals, which is the recall of the label.
        f1: F1 of the label, computed on all originals.
        ars: share of these units all of whose instances are predicted right.
    """

    count: Count
    accuracy: Estimate
    f1: Percent
    ars: Estimate


class Resampled(Record):
    """A record with figures by bootstrap.

    Args:
        resample: what the bootstrap drew. Records that do not say so are of units.
    """

    resample: Resample = Resample.UNITS
    absent_when_empty: ClassVar[tuple[str, ...]] = ()  # fields that other records do not have

    @model_serializer(mode="wrap")
    def _without_units(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields; ``resample`` only for sentences, so that older records are as they have been."""
        fields: dict[str, Any] = serialize(self)
        idle = {name for name in self.absent_when_empty if not fields[name]}
        idle |= {"resample"} if self.resample is Resample.UNITS else set()
        return {name: value for name, value in fields.items() if name not in idle}


class Bootstrap(Resampled):
    """The settings of the bootstrap, by which confidence intervals are computed.

    Args:
        level: level of the confidence intervals, as a fraction such as 0.95.
        resamples: number of resamples.
        seed: random seed of the resamples.
    """

    level: float = Field(LEVEL, gt=0, lt=1)
    resamples: int = Field(RESAMPLES, ge=1, le=10 * RESAMPLES)
    seed: int = Field(BOOTSTRAP_SEED, ge=0, le=GREATEST)

    @classmethod
    def of(cls, layout: BenchmarkLayout, resample: Resample | None = None) -> Self:
        """The settings for a benchmark.

        Args:
            layout: the gold labels, strategies, units and sentences of the instances.
            resample: what to draw. Default: sentences where they are known, otherwise units.

        Raises:
            ArtsError: when sentences are asked for and not known.
        """
        known = Resample.UNITS if layout.sentences is None else Resample.SENTENCES
        layout.clusters(resample or known)
        return cls(resample=resample or known)


class Scores(Record):
    """All the scores of one model on one benchmark.

    Args:
        accuracy: accuracy on the originals.
        macro_f1: macro-F1 on the originals.
        ars: Aspect Robustness Score: share of units all of whose instances are predicted right.
        strategies: the scores of each strategy that has variants, keyed by strategy.
        polarities: the scores of each gold label that occurs among the originals, keyed by polarity.
        confusion: confusion matrix of the originals, as counts. Rows are gold labels, columns predicted
            labels, both in the order of `Polarity`. A fourth column counts invalid answers, if the originals
            have any.
        bootstrap: the settings of the confidence intervals.
        invalid: number of instances, originals and variants, with an invalid answer. Invalid answers count as
            wrong in every score.
    """

    accuracy: Estimate
    macro_f1: Estimate
    ars: Estimate
    strategies: dict[Strategy, StrategyScore]
    polarities: dict[Polarity, PolarityScore]
    confusion: tuple[Annotated[tuple[Count, ...], Field(min_length=CLASSES, max_length=CLASSES + 1)], ...]
    bootstrap: Bootstrap = Bootstrap()
    invalid: Count = 0
    absent_when_empty: ClassVar[tuple[str, ...]] = ("invalid",)  # fields that other reports do not have

    @model_serializer(mode="wrap")
    def _without_empty_fields(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields; those that say nothing are left out, so that other reports are as they have been."""
        fields: dict[str, Any] = serialize(self)
        return {name: value for name, value in fields.items() if value or name not in self.absent_when_empty}

    @classmethod
    def of(cls, predictions: Predictions, bootstrap: Bootstrap | None = None) -> Scores:
        """Compute the scores of a model from its predictions.

        Args:
            predictions: the predictions for all instances of a benchmark.
            bootstrap: the settings of the confidence intervals. Default: 10,000 resamples of the sentences
                where they are known, otherwise of the units; level 0.95, seed 0.

        Raises:
            ArtsError: when the settings are of sentences, and these are not known.
        """
        bootstrap = bootstrap or Bootstrap.of(predictions.layout)
        total, resampled = resampled_sums(predictions, bootstrap)
        return cls.of_sums(total, resampled, bootstrap=bootstrap)

    @classmethod
    def of_sums(cls, total: UnitSums, resampled: UnitSums, *, bootstrap: Bootstrap) -> Scores:
        """Compute the scores from counts.

        Args:
            total: the counts, summed over all units.
            resampled: the counts, summed over the units of each of b resamples.
            bootstrap: the settings of the confidence intervals.
        """

        def estimate(score: str, part: int | None = None) -> Estimate:
            """Compute one score and its interval.

            `score` is a method of `UnitSums`; `part` is the position to take, if it gives three values.
            """
            value, values = (np.asarray(getattr(sums, score)()) for sums in (total, resampled))
            if part is not None:
                value, values = value[part], values[:, part]
            low, high = central_interval(values, bootstrap.level)
            return Estimate(value=_percent(value), low=_percent(low), high=_percent(high))

        support = total.confusion.sum(-1)
        columns = CLASSES + bool(total.confusion[:, CLASSES:].any())
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
            confusion=tuple(tuple(int(n) for n in row[:columns]) for row in total.confusion),
            bootstrap=bootstrap,
            invalid=int(total.invalid),
        )


class Floor(Record):
    """The scores of a predictor that models are compared with, in percent, computed as those of a model.

    Args:
        name: what it predicts, such as ``always positive``.
        accuracy: accuracy on the originals.
        ars: Aspect Robustness Score.
        strategies: the scores of each strategy that has variants, keyed by strategy.
    """

    name: str
    accuracy: Estimate
    ars: Estimate
    strategies: dict[Strategy, StrategyScore]


def resampled_sums(predictions: Predictions, bootstrap: Bootstrap) -> tuple[UnitSums, UnitSums]:
    """The counts summed over all units, and those summed over the units of each bootstrap resample.

    The counts are summed over each sentence first, if sentences are drawn.
    """
    statistics = unit_statistics(predictions.layout, predictions.labels)
    sums = cluster_sums(statistics, predictions.layout.clusters(bootstrap.resample))
    chunks = resample_clusters(sums, resamples=bootstrap.resamples, seed=bootstrap.seed)
    return UnitSums.unpack(statistics.sum(0)), UnitSums.unpack(np.concatenate(list(chunks)))


def _percent(fraction: float | FloatArray) -> float:
    """Convert a fraction to percent, with the two decimals that reports hold; they are compared exactly."""
    return round(100 * float(fraction), 2)
