"""Checks of the figures that cannot be computed again without the model: probes and the pattern gap."""

from __future__ import annotations

import math

import numpy as np

from arts.data.errors import DataError
from arts.evaluation.adddiff_probes import AddDiffCurve, PatternGap
from arts.evaluation.confidence_intervals import levels_within_error
from arts.evaluation.paired_tests import Difference, exact_mcnemar
from arts.evaluation.probe_scores import ProbeScore, SwapScore
from arts.evaluation.scores import LEVEL, RESAMPLES, Estimate

ROUNDING = 0.006  # percentage points of a figure that is rounded to two decimals
SWAPPED = "probe aspect-swapped"
P_TOLERANCE = 1e-6  # relative


def check_curve(curve: AddDiffCurve, *, units: int, right: int, source: object) -> None:
    """Check an ADDDIFF curve: its points must be possible for the number of originals, and follow each other.

    Args:
        curve: the curve.
        units: number of originals in the test split.
        right: how many of them are predicted right.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the curve cannot be true.
    """
    _check_units(curve.units, units, what="ADDDIFF curve", source=source)
    if [point.added for point in curve.points] != [*range(len(curve.points))] or not curve.points:
        raise DataError(source, "its ADDDIFF curve does not have points for 0, 1, 2 ... added aspects")
    counts = [
        _count(point.accuracy, curve.units, what="ADDDIFF curve", source=source) for point in curve.points
    ]
    _check_right(counts[0], right, of=(curve.units, units), what="ADDDIFF curve", source=source)


def check_gap(gap: PatternGap, *, units: int, source: object) -> None:
    """Check a pattern gap: the two accuracies must be possible, and give the difference and its p-value.

    Args:
        gap: the pattern gap.
        units: number of originals in the test split.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the gap cannot be true.
    """
    _check_units(gap.units, units, what="pattern gap", source=source)
    if set(gap.seen_templates) & set(gap.unseen_templates) or not gap.unseen_templates:
        raise DataError(source, "its pattern gap does not have templates that were held out of training")
    _check_difference(gap.gap, (gap.unseen, gap.seen), units=gap.units, what="pattern gap", source=source)


def check_probe(score: ProbeScore, *, units: int, right: int, what: str, source: object) -> None:
    """Check the figures of a probe: the two accuracies must be possible, and give the change and its p-value.

    Args:
        score: the figures.
        units: number of originals in the test split.
        right: how many of them are predicted right.
        what: what they are called, such as ``probe same-side``.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the figures cannot be true.
    """
    _check_units(score.count, units, what=what, source=source)
    if score.count + score.left_out != units:
        raise DataError(
            source,
            f"its {what} is of {score.count} originals, with {score.left_out} left out; expected {units} "
            "together",
        )
    before = _count(score.original, score.count, what=what, source=source)
    _check_right(before, right, of=(score.count, units), what=what, source=source)
    both = score.probed, score.original
    _check_difference(score.change, both, units=score.count, what=what, source=source)


def check_swap(score: SwapScore, *, units: int, source: object) -> None:
    """Check how answers differ between the aspects of a sentence: the shares must be possible.

    Args:
        score: the figures.
        units: number of originals in the test split.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the figures cannot be true.
    """
    for answers in (score.changed, *([score.stayed] if score.stayed else [])):
        _check_units(answers.count, units, what=SWAPPED, source=source)
        _count(answers.share, answers.count, what=SWAPPED, source=source)


def _check_right(count: int, right: int, *, of: tuple[int, int], what: str, source: object) -> None:
    """Raise `DataError` unless the originals that are right among some can be among those of all.

    Args:
        count: how many of some originals are right.
        right: how many of all originals are right.
        of: the number of these originals, and of all.
        what: the measurement, for the error.
        source: path or name of the report, for the error.
    """
    some, units = of
    if not right - (units - some) <= count <= right:
        raise DataError(
            source, f"its {what} has {count} of {some} originals right; of all {units}, {right} are right"
        )


def _check_difference(
    difference: Difference, both: tuple[Estimate, Estimate], *, units: int, what: str, source: object
) -> None:
    """Raise `DataError` unless a difference is that of two accuracies on the same originals."""
    first, second = (_count(estimate, units, what=what, source=source) for estimate in both)
    fits = (
        _is_difference(difference, 100 * (first - second) / units)
        and difference.only_first - difference.only_second == first - second
        and difference.only_first <= min(first, units - second)
        and difference.only_second <= min(second, units - first)
    )
    if not fits:
        raise DataError(source, f"its {what}, {difference}, is not the difference of {both[0]} and {both[1]}")


def _is_difference(difference: Difference, value: float) -> bool:
    """Whether a difference has this value, in its interval, and the p-value of its own counts."""
    p_value = float(exact_mcnemar(difference.only_first, difference.only_second))
    return (
        abs(difference.value - value) <= ROUNDING
        and difference.low <= difference.value <= difference.high
        and math.isclose(difference.p_value, p_value, rel_tol=P_TOLERANCE)
    )


def _check_units(count: int, units: int, *, what: str, source: object) -> None:
    """Raise `DataError` unless a measurement was on at least one original, and on no more than there are."""
    if not 1 <= count <= units:
        raise DataError(source, f"its {what} is of {count} originals; expected 1 to {units}")


def _count(estimate: Estimate, units: int, *, what: str, source: object) -> int:
    """The number of right instances that an accuracy stands for.

    Raises:
        DataError: when the accuracy is no fraction of the units, or has another interval.
    """
    count = round(estimate.value * units / 100)
    is_fraction = abs(100 * count / units - estimate.value) <= ROUNDING
    if not (is_fraction and _has_interval(estimate, count, units)):
        raise DataError(source, f"its {what} has {estimate}, which is no accuracy on {units} originals")
    return count


def _has_interval(estimate: Estimate, count: int, units: int) -> bool:
    """Whether an accuracy has the interval that a bootstrap gives `count` of `units`, within its error.

    The number of right instances in a resample is binomial.
    """
    from scipy.stats import binom

    narrow, wide = levels_within_error(LEVEL, RESAMPLES)
    tails = np.array([(1 - wide) / 2, (1 - narrow) / 2])
    lows, highs = (100 * binom.ppf(tail, units, count / units) / units for tail in (tails, (1 - tails)[::-1]))
    return bool(
        lows[0] - ROUNDING <= estimate.low <= lows[1] + ROUNDING
        and highs[0] - ROUNDING <= estimate.high <= highs[1] + ROUNDING
    )
