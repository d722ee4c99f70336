"""Checks of the figures that cannot be computed again without the model: probes and the pattern gap."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from arts.data.errors import DataError
from arts.data.support.arrays import FloatArray, IntArray
from arts.evaluation.adddiff_probes import AddDiffCurve, PatternGap
from arts.evaluation.confidence_intervals import design_effects, levels_within_error
from arts.evaluation.paired_tests import Difference, exact_mcnemar
from arts.evaluation.probe_scores import ProbeScore, SwapScore
from arts.evaluation.resample import Resample
from arts.evaluation.scores import LEVEL, RESAMPLES, Estimate

ROUNDING = 0.006  # percentage points of a figure that is rounded to two decimals
SWAPPED = "probe aspect-swapped"
P_TOLERANCE = 1e-6  # relative
LEAST = 1e-3  # factor of a variance, for an interval of nearly no width


@dataclass(frozen=True)
class _Measurement:
    """What figures are checked by.

    Args:
        what: what they are called, such as ``pattern gap``.
        count: number of originals that they are of.
        resample: what their bootstrap drew.
        sentences: (units,) the number of each original's sentence; None if the sentences are not known.
        source: path or name of the report, for errors.
    """

    what: str
    count: int
    resample: Resample
    sentences: IntArray | None
    source: object

    def check_units(self, units: int) -> None:
        """Raise `DataError` unless it is of at least one original, and of no more than there are."""
        if not 1 <= self.count <= units:
            raise DataError(
                self.source, f"its {self.what} is of {self.count} originals; expected 1 to {units}"
            )

    def right(self, estimate: Estimate) -> int:
        """The number of right instances that an accuracy stands for.

        Raises:
            DataError: when the accuracy is no fraction of the originals, or has another interval.
        """
        count = round(estimate.value * self.count / 100)
        is_fraction = abs(100 * count / self.count - estimate.value) <= ROUNDING
        if not (is_fraction and self._has_interval(estimate, count / self.count)):
            raise DataError(
                self.source, f"its {self.what} has {estimate}, which is no accuracy on {self.count} originals"
            )
        return count

    def _has_interval(self, estimate: Estimate, share: float) -> bool:
        """Whether an accuracy, which is exactly this share, has an interval that a bootstrap can give.

        The number of right instances in a resample of independent units is binomial. By sentences, the
        variance differs by a factor between those of `design_effects`; it is that of so many times fewer
        units.
        """
        if not estimate.low <= estimate.value <= estimate.high:
            return False
        least, most = 1.0, 1.0
        if self.resample is Resample.SENTENCES:
            if self.sentences is None:
                return True  # without the corpus, nothing is known of its width
            least, most = design_effects(self.sentences, count=self.count)
        narrow, wide = levels_within_error(LEVEL, RESAMPLES)
        lows, highs = zip(
            _interval(share, self.count / most, wide),
            _interval(share, self.count / max(least, LEAST), narrow),
            strict=True,
        )
        return bool(
            lows[0] - ROUNDING <= estimate.low <= lows[1] + ROUNDING
            and highs[1] - ROUNDING <= estimate.high <= highs[0] + ROUNDING
        )

    def check_right(self, count: int, right: int, *, units: int) -> None:
        """Raise `DataError` unless the originals that are right can be among those of the test split.

        Args:
            count: how many of its originals are right.
            right: how many of all originals are right.
            units: number of all originals.
        """
        if not right - (units - self.count) <= count <= right:
            raise DataError(
                self.source,
                f"its {self.what} has {count} of {self.count} originals right; of all {units}, {right} are "
                "right",
            )

    def check_difference(self, difference: Difference, first: Estimate, second: Estimate) -> None:
        """Raise `DataError` unless a difference is that of two accuracies, the first minus the second.

        Its p-value must be that of its counts, if the test is over units. Over sentences, it depends on which
        units are of one sentence.
        """
        a, b = self.right(first), self.right(second)
        fits = (
            _is_difference(difference, 100 * (a - b) / self.count)
            and (self.resample is Resample.SENTENCES or _has_p_value(difference))
            and difference.only_first - difference.only_second == a - b
            and difference.only_first <= min(a, self.count - b)
            and difference.only_second <= min(b, self.count - a)
        )
        if not fits:
            raise DataError(
                self.source, f"its {self.what}, {difference}, is not the difference of {first} and {second}"
            )


def check_curve(
    curve: AddDiffCurve, *, units: int, right: int, sentences: IntArray | None, source: object
) -> None:
    """Check an ADDDIFF curve: its points must be possible for the number of originals, and follow each other.

    Args:
        curve: the curve.
        units: number of originals in the test split.
        right: how many of them are predicted right.
        sentences: (units,) the number of each original's sentence; None if the sentences are not known.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the curve cannot be true.
    """
    measured = _Measurement("ADDDIFF curve", curve.units, curve.resample, sentences, source)
    measured.check_units(units)
    if [point.added for point in curve.points] != [*range(len(curve.points))] or not curve.points:
        raise DataError(source, "its ADDDIFF curve does not have points for 0, 1, 2 ... added aspects")
    counts = [measured.right(point.accuracy) for point in curve.points]
    measured.check_right(counts[0], right, units=units)


def check_gap(gap: PatternGap, *, units: int, sentences: IntArray | None, source: object) -> None:
    """Check a pattern gap: the two accuracies must be possible, and give the difference.

    Args:
        gap: the pattern gap.
        units: number of originals in the test split.
        sentences: (units,) the number of each original's sentence; None if the sentences are not known.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the gap cannot be true.
    """
    measured = _Measurement("pattern gap", gap.units, gap.resample, sentences, source)
    measured.check_units(units)
    if set(gap.seen_templates) & set(gap.unseen_templates) or not gap.unseen_templates:
        raise DataError(source, "its pattern gap does not have templates that were held out of training")
    measured.check_difference(gap.gap, gap.unseen, gap.seen)


def check_probe(
    score: ProbeScore, *, units: int, right: int, sentences: IntArray | None, what: str, source: object
) -> None:
    """Check the figures of a probe: the two accuracies must be possible, and give the change.

    Args:
        score: the figures.
        units: number of originals in the test split.
        right: how many of them are predicted right.
        sentences: (units,) the number of each original's sentence; None if the sentences are not known.
        what: what they are called, such as ``probe same-side``.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the figures cannot be true.
    """
    measured = _Measurement(what, score.count, score.resample, sentences, source)
    measured.check_units(units)
    if score.count + score.left_out != units:
        raise DataError(
            source,
            f"its {what} is of {score.count} originals, with {score.left_out} left out; expected {units} "
            "together",
        )
    measured.check_right(measured.right(score.original), right, units=units)
    measured.check_difference(score.change, score.probed, score.original)


def check_swap(score: SwapScore, *, units: int, sentences: IntArray | None, source: object) -> None:
    """Check how answers differ between the aspects of a sentence: the shares must be possible.

    Args:
        score: the figures.
        units: number of originals in the test split.
        sentences: (units,) the number of each original's sentence; None if the sentences are not known.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the figures cannot be true.
    """
    for answers in (score.changed, *([score.stayed] if score.stayed else [])):
        measured = _Measurement(SWAPPED, answers.count, score.resample, sentences, source)
        measured.check_units(units)
        measured.right(answers.share)


def _is_difference(difference: Difference, value: float) -> bool:
    """Whether a difference has this value, in its interval."""
    return abs(difference.value - value) <= ROUNDING and difference.low <= difference.value <= difference.high


def _has_p_value(difference: Difference) -> bool:
    """Whether a difference has the p-value of its own counts."""
    p_value = float(exact_mcnemar(difference.only_first, difference.only_second))
    return math.isclose(difference.p_value, p_value, rel_tol=P_TOLERANCE)


def _interval(share: float, units: float, level: float) -> FloatArray:
    """The lower and the upper bound, in percent, of the interval of a share of independent units."""
    from scipy.stats import binom

    count = max(round(units), 1)
    tail = (1 - level) / 2
    return np.asarray(100 * binom.ppf([tail, 1 - tail], count, share) / count)
