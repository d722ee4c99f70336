"""Models with several random seeds: their mean scores, and the differences of two, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from arts.data.schema import PERTURBATIONS, Strategy
from arts.data.support.arrays import FloatArray
from arts.data.support.record import Count, Record
from arts.data.support.rounding import decimal_text, round_half_up
from arts.evaluation.confidence_intervals import central_interval
from arts.evaluation.paired_tests import Comparison, compare
from arts.evaluation.predictions import align_all
from arts.evaluation.report import Report
from arts.evaluation.resample import Resample
from arts.evaluation.scores import LEVEL, Bootstrap, Resampled
from arts.evaluation.seed_runs import SeedRuns


class SeedMean(Record):
    """The mean of one score over several seeds, with its interval by bootstrap of seeds and sentences.

    Args:
        mean: mean over the seeds, in percent.
        low: lower bound of the 95% interval, in percent.
        high: upper bound of the interval.
        deviation: sample standard deviation over the seeds (denominator n - 1), in percentage points.
    """

    mean: float
    low: float
    high: float
    deviation: float

    @classmethod
    def of(cls, values: FloatArray, resampled: FloatArray) -> Self:
        """Summarize a score, as fractions: its values (s,) for each seed, and its means (b,) of resamples."""
        figures = (values.mean(), *central_interval(resampled, LEVEL), np.std(values, ddof=1))
        mean, low, high, deviation = (round_half_up(100 * float(figure)) for figure in figures)
        return cls(mean=mean, low=low, high=high, deviation=deviation)

    def __str__(self) -> str:
        return f"{decimal_text(self.mean)} [{decimal_text(self.low, 1)}, {decimal_text(self.high, 1)}]"


class SeedSummary(Resampled):
    """The scores of one model over several seeds.

    Args:
        name: name of the model.
        seeds: the random seeds, in the order of the reports.
        accuracy: accuracy on the originals.
        macro_f1: macro-F1 on the originals.
        ars: Aspect Robustness Score.
        strategies: accuracy on the variants, keyed by the strategy that made them.
    """

    name: str
    seeds: tuple[Count, ...]
    accuracy: SeedMean
    macro_f1: SeedMean
    ars: SeedMean
    strategies: dict[Strategy, SeedMean]

    @classmethod
    def of(cls, reports: Sequence[Report], name: str, *, resample: Resample | None = None) -> Self:
        """Summarize the reports of one model, of which there is one per seed, under a name.

        The intervals are by the bootstrap of seeds and sentences that `SeedRuns` describes.

        Args:
            reports: at least two reports on the same instances, with predictions.
            name: the name.
            resample: what the bootstrap draws besides seeds. Default: sentences where they are known,
                otherwise units.

        Raises:
            ArtsError: when the instances differ, a report has no predictions, or sentences are wanted and not
                known.
        """
        predictions = align_all([report.predictions for report in reports])
        bootstrap = Bootstrap.of(predictions[0].layout, resample)
        runs = SeedRuns.of(predictions, bootstrap)

        def mean(score: str, part: int | None = None) -> SeedMean:
            """The mean of one score; `part` is the position to take, if it gives three values."""
            values, resampled = runs.values(score), runs.resampled_means(score)
            if part is not None:
                values, resampled = values[:, part], resampled[:, part]
            return SeedMean.of(values, resampled)

        return cls(
            resample=bootstrap.resample,
            name=name,
            seeds=seeds_of(reports),
            accuracy=mean("accuracy"),
            macro_f1=mean("macro_f1"),
            ars=mean("ars"),
            strategies={
                strategy: mean("accuracy_on_variants", k)
                for k, strategy in enumerate(PERTURBATIONS)
                if strategy in reports[0].strategies
            },
        )


def seeds_of(reports: Sequence[Report]) -> tuple[int, ...]:
    """The random seeds of reports that have one."""
    return tuple(report.model.seed for report in reports if report.model.seed is not None)


def compare_seeds(
    first: Sequence[Report], second: Sequence[Report], *, resample: Resample | None = None
) -> Comparison:
    """Compare the means of two models over their seeds, with an interval from seeds and sentences.

    Where both were trained with the same seeds, these are drawn in pairs.

    Args:
        first: the reports of the first model, one per seed.
        second: the reports of the second model, whose scores are subtracted.
        resample: what the bootstrap draws besides seeds. Default: sentences where they are known, otherwise
            units.

    Raises:
        ArtsError: when the instances differ, a report has no predictions, or sentences are wanted and not
            known.
    """
    sides = [sorted(side, key=lambda report: report.model.seed or 0) for side in (first, second)]
    seeds = [[report.model.seed for report in side] for side in sides]
    a, b = ([report.predictions for report in side] for side in sides)
    return compare(a, b, resample=resample, paired_seeds=seeds[0] == seeds[1])
