"""Checks of scores that a report claims without predictions: against each other, and against the corpus.

The claimed percentages are turned back into counts. The counts must be possible, and their scores and
intervals must be those that are claimed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from arts.data.errors import DataError
from arts.data.schema import PERTURBATIONS
from arts.data.support.arrays import FloatArray
from arts.evaluation.benchmark_layout import POLARITIES, BenchmarkLayout
from arts.evaluation.confidence_intervals import design_effects
from arts.evaluation.metrics import CLASSES, UnitSums, unit_statistics
from arts.evaluation.resample import Resample
from arts.evaluation.score_checks import ExpectedScores
from arts.evaluation.scores import Bootstrap, PolarityScore, Scores, StrategyScore

RESAMPLES = 4_000  # enough to see that an interval is made up
MOST_FACTOR = 1_000  # by which a number of units is multiplied, for an interval of nearly no width


def check_headline(claimed: Scores, units: int, *, source: object) -> None:
    """Check the headline figures of a report by themselves: accuracy, ARS and the confusion matrix.

    Args:
        claimed: the scores.
        units: the number of originals that the report names.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the confusion matrix does not give the number of originals and the accuracy, ARS
            exceeds accuracy, or one of the two is outside its interval.
    """
    confusion = [count for row in claimed.confusion for count in row]
    if len(claimed.confusion) != CLASSES or sum(confusion) != units or len(confusion) % CLASSES:
        raise DataError(source, f"its confusion matrix does not count {units} originals")
    accuracy = _claimed_sums(claimed).accuracy()
    if (given := round(100 * float(accuracy), 2)) != claimed.accuracy.value:
        raise DataError(
            source, f"claims accuracy {claimed.accuracy.value:.2f}; its confusion matrix gives {given:.2f}"
        )
    if claimed.ars.value > claimed.accuracy.value:
        raise DataError(
            source,
            f"claims ARS {claimed.ars.value:.2f} over its accuracy, {claimed.accuracy.value:.2f}; a unit "
            "counts only when its original is right too",
        )
    for estimate in (claimed.accuracy, claimed.ars):
        if not estimate.low <= estimate.value <= estimate.high:
            raise DataError(source, f"claims {estimate}, a figure outside its interval")


def check_scores(claimed: Scores, layout: BenchmarkLayout | None, *, one_each: bool, source: object) -> None:
    """Check all the scores of a report without predictions.

    Intervals by sentences depend on which units are right, which the counts do not say. They must be between
    the narrowest and the widest that are possible with the sentences of the corpus, see `design_effects`;
    without the corpus, nothing is known of them.

    Args:
        claimed: the scores, which `check_headline` accepts.
        layout: the gold labels, strategies and units of the corpus; None if it is not on this machine.
        one_each: whether a unit is known to have at most one variant of each strategy, as in ARTS.
        source: path or name of the report, for the error.

    Raises:
        DataError: when the gold labels or numbers of variants are not those of the corpus, counts contradict
            each other, or scores and intervals are not those that the counts give.
    """
    sums = _claimed_sums(claimed)
    if layout is not None:
        statistics = unit_statistics(layout, np.zeros_like(layout.gold))
        one_each = bool((UnitSums.unpack(statistics).variants <= 1).all())
        _check_counts(sums, UnitSums.unpack(statistics.sum(0)), source=source)
    _check_bounds(sums, one_each=one_each, source=source)
    bootstrap = Bootstrap(resample=claimed.bootstrap.resample)
    sentences = None if layout is None else layout.sentences
    unknown: Collection[str] = () if one_each else ("strategies",)
    least = most = 1.0
    if bootstrap.resample is Resample.SENTENCES:
        if sentences is None:
            unknown = Scores.model_fields
        else:
            least, most = design_effects(sentences)
    expected = ExpectedScores.of_sums(
        sums, _resample(sums, effect=least), bootstrap=bootstrap, widest=_resample(sums, effect=most)
    )
    for name in expected.differing_fields(claimed, unknown=unknown):
        given = getattr(expected.scores, name)
        raise DataError(source, f'field "{name}" is not what its counts give; expected {given}')


def _claimed_sums(claimed: Scores) -> UnitSums:
    """The counts, summed over all units, that claimed scores stand for, as arrays of 32-bit floats."""
    confusion = np.array(claimed.confusion, np.float32).reshape(CLASSES, -1)
    by_gold = [claimed.polarities.get(polarity) for polarity in POLARITIES]
    by_strategy = [claimed.strategies.get(strategy) for strategy in PERTURBATIONS]

    def counts(parts: Sequence[PolarityScore | StrategyScore | None], name: str) -> FloatArray:
        """The numbers of right instances: of each part, the percentage `name` of its count, or 0."""
        shares = [(getattr(part, name).value, part.count) if part else (0, 0) for part in parts]
        return np.array([round(percent * count / 100) for percent, count in shares], np.float32)

    return UnitSums(
        units=confusion.sum(),
        confusion=confusion,
        right=counts(by_gold, "ars"),
        variants=np.array([score.count if score else 0 for score in by_strategy], np.float32),
        variants_right=counts(by_strategy, "perturbed"),
        originals_right=counts(by_strategy, "original"),
        both_right=counts(by_strategy, "both"),
        invalid=np.array(claimed.invalid, np.float32),
    )


def _check_counts(sums: UnitSums, corpus: UnitSums, *, source: object) -> None:
    """Raise `DataError` unless the numbers of gold labels and of variants are those of the corpus."""
    for what, names, found, wanted in (
        ("its confusion matrix counts", POLARITIES, sums.confusion.sum(-1), corpus.confusion.sum(-1)),
        ("it has variants:", PERTURBATIONS, sums.variants, corpus.variants),
    ):
        if (found != wanted).any():
            given, expected = (
                ", ".join(f"{int(n)} {name}" for n, name in zip(counts, names, strict=True))
                for counts in (found, wanted)
            )
            raise DataError(source, f"{what} {given}; the corpus has {expected}")


def _check_bounds(sums: UnitSums, *, one_each: bool, source: object) -> None:
    """Raise `DataError` if the counts cannot be those of any predictions.

    Args:
        sums: the counts.
        one_each: whether a unit has at most one variant of each strategy.
        source: path or name of the report, for the error.
    """
    originals, right = np.diagonal(sums.confusion), sums.right.sum()
    either = sums.variants_right + sums.originals_right - sums.variants
    at_least = originals.sum() - (sums.originals_right - sums.both_right).sum()
    wrong = sums.units - originals.sum() + (sums.variants - sums.variants_right).sum()
    impossible = {
        "more units than originals are right": (sums.right > originals).any(),
        "more pairs than variants are right": (sums.both_right > sums.variants_right).any(),
        "more pairs than originals are right": (sums.both_right > sums.originals_right).any(),
        "fewer pairs are right than must be": (sums.both_right < either).any(),
        "fewer units are right than must be": right < at_least,
        "more answers are invalid than are wrong": sums.invalid > wrong,
        "fewer answers are invalid than on the originals": sums.invalid < sums.confusion[:, CLASSES:].sum(),
    }
    if one_each:
        without = originals.sum() - sums.originals_right  # right originals, with no variant of the strategy
        impossible["more originals of variants than originals are right"] = (without < 0).any()
        impossible["more units than pairs are right"] = (right > sums.both_right + without).any()
        others = sums.units - sums.variants
        impossible["fewer originals of variants are right than must be"] = (without > others).any()
    for what, found in impossible.items():
        if found:
            raise DataError(source, f"its scores contradict each other: {what}")


def _resample(sums: UnitSums, *, effect: float) -> UnitSums:
    """Bootstrap resamples of the counts, each drawn as if it were the only one.

    A unit of a resample has, independently of the others, one of the cells of the confusion matrix, and a
    variant of a strategy or none. So every single score is distributed as in resamples of units with one
    variant of each strategy at most.

    Args:
        sums: the counts, summed over all units.
        effect: the factor by which variances are to differ: so many times fewer units are drawn.
    """
    rng = np.random.default_rng(0)
    factor = min(1 / effect if effect else math.inf, MOST_FACTOR)
    size, units = RESAMPLES, max(round(int(sums.units) * factor), 1)

    def part(whole: FloatArray, count: FloatArray, total: FloatArray) -> FloatArray:
        """Of a resample's numbers, those that have what `count` of `total` have; three columns."""
        shares = np.clip(np.divide(count, total, out=np.zeros(CLASSES), where=total > 0), 0, 1)
        return rng.binomial(whole.astype(int), shares).astype(np.float32)

    cells = (sums.confusion / sums.units).ravel().astype(float)
    drawn = rng.multinomial(units, cells / cells.sum(), size)
    confusion = drawn.reshape(size, *sums.confusion.shape).astype(np.float32)
    every = np.full((size, CLASSES), units, np.float32)
    variants = part(every, sums.variants, np.full(CLASSES, sums.units))
    pairs = [
        part(variants, counts, sums.variants)
        for counts in (sums.variants_right, sums.originals_right, sums.both_right)
    ]
    return UnitSums(
        np.full(size, units, np.float32),
        confusion,
        part(confusion.sum(-1), sums.right, sums.confusion.sum(-1)),
        variants,
        *[*pairs, np.full(size, sums.invalid)],
    )
