"""The formulas of the scores: pure functions on arrays.

Every score can be computed from counts that are summed over units (a unit is an original instance with all
its variants). So one row of counts per unit is enough to compute the scores. Resampling the rows gives their
confidence intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.data.support.arrays import BoolArray, FloatArray, IntArray
from arts.evaluation.benchmark_layout import BenchmarkLayout

CLASSES = len(Polarity)
INVALID = -1  # the position of the label of an invalid answer, which names no polarity and is always wrong
LABEL_POSITIONS = {**{str(polarity): k for k, polarity in enumerate(Polarity)}, "invalid": INVALID}
PREDICTED_LABELS = tuple(LABEL_POSITIONS)  # the label at each position


def aspect_robustness_score(correct: BoolArray, units: IntArray) -> float:
    """The ARS: the share of units all of whose instances are predicted right (Xing et al., 2020, section 4).

    Args:
        correct: (n,) whether each instance is predicted right.
        units: (n,) the number of the unit that each instance belongs to, from 0 without gaps.

    Returns:
        A fraction between 0 and 1.

    Example:
        >>> aspect_robustness_score(np.array([1, 1, 0], bool), np.array([0, 0, 1]))
        0.5
    """
    return float(units_right(correct, units).mean())


def units_right(correct: BoolArray, units: IntArray) -> BoolArray:
    """Whether all instances of each unit are predicted right, as an array (units,) of booleans.

    Args:
        correct: (n,) whether each instance is predicted right.
        units: (n,) the number of the unit that each instance belongs to, from 0 without gaps.
    """
    right = np.ones(units.max() + 1, bool)
    np.logical_and.at(right, units, correct)
    return right


def macro_f1(confusion: FloatArray) -> FloatArray:
    """Macro-F1: the unweighted mean of the F1 of the classes that occur in the labels or the predictions.

    Args:
        confusion: (..., 3, 3) or (..., 3, 4) confusion matrices of counts; rows are gold labels, columns
            predictions, the fourth of invalid answers.

    Returns:
        Fractions between 0 and 1, as an array (...) with one value per confusion matrix.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nanmean(class_f1(confusion), axis=-1))


def class_f1(confusion: FloatArray) -> FloatArray:
    """The F1 of each class, as fractions from 0 to 1.

    Args:
        confusion: (..., 3, 3) or (..., 3, 4) confusion matrices of counts; rows are gold labels, columns
            predictions, the fourth of invalid answers.

    Returns:
        An array (..., 3) in the order of `Polarity`. It is NaN for a class that occurs neither in the labels
        nor in the predictions.
    """
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    return _ratio(2 * right, confusion.sum(-1) + confusion.sum(-2)[..., :CLASSES])


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Divide `part` by `whole`, elementwise; the result is NaN where `whole` is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part / whole)


@dataclass(frozen=True)
class UnitSums:
    """Counts summed over all units, or over the units of each of b resamples; its methods give the scores.

    The leading dimensions ``...`` of all arrays are empty for the sums over all units, and (b,) for
    resamples. Arrays by polarity are in the order of `Polarity`, arrays by strategy in that of
    `PERTURBATIONS`. "Right" means predicted right. All scores are fractions from 0 to 1, and NaN where they
    are undefined.

    Args:
        units: (...) numbers of units.
        confusion: (..., 3, 4) numbers of originals; rows are gold labels, columns predictions, the fourth of
            invalid answers.
        right: (..., 3) numbers of units all of whose instances are right, by gold label of the original.
        variants: (..., 3) numbers of variants, by strategy.
        variants_right: (..., 3) numbers of variants that are right, by strategy.
        originals_right: (..., 3) numbers of variants whose original is right, by strategy.
        both_right: (..., 3) numbers of variants that are right and whose original is right, by strategy.
        invalid: (...) numbers of instances with an invalid answer.
    """

    units: FloatArray
    confusion: FloatArray
    right: FloatArray
    variants: FloatArray
    variants_right: FloatArray
    originals_right: FloatArray
    both_right: FloatArray
    invalid: FloatArray

    @classmethod
    def unpack(cls, columns: FloatArray) -> UnitSums:
        """Split an array (..., 29) of sums, with the columns of `unit_statistics`, into the fields."""
        units, confusion, *triples, invalid = np.split(columns, [1, 13, 16, 19, 22, 25, 28], axis=-1)
        matrix = confusion.reshape(*confusion.shape[:-1], CLASSES, CLASSES + 1)
        return cls(units[..., 0], matrix, *[*triples, invalid[..., 0]])

    def accuracy(self) -> FloatArray:
        """The accuracy on the originals, as an array (...)."""
        return _ratio(np.trace(self.confusion, axis1=-2, axis2=-1), self.units)

    def macro_f1(self) -> FloatArray:
        """The macro-F1 on the originals, as an array (...)."""
        return macro_f1(self.confusion)

    def ars(self) -> FloatArray:
        """The Aspect Robustness Score, the share of units all of whose instances are right, as (...)."""
        return _ratio(self.right.sum(-1), self.units)

    def accuracy_on_originals(self) -> FloatArray:
        """The accuracy on the originals of each strategy's variants, as an array (..., 3)."""
        return _ratio(self.originals_right, self.variants)

    def accuracy_on_variants(self) -> FloatArray:
        """The accuracy on the variants of each strategy, as an array (..., 3)."""
        return _ratio(self.variants_right, self.variants)

    def share_both_right(self) -> FloatArray:
        """The share of each strategy's variants that are right and whose original is right, as (..., 3)."""
        return _ratio(self.both_right, self.variants)

    def recall(self) -> FloatArray:
        """The accuracy on the originals with each gold label, as an array (..., 3)."""
        return _ratio(np.diagonal(self.confusion, axis1=-2, axis2=-1), self.confusion.sum(-1))

    def ars_by_polarity(self) -> FloatArray:
        """The ARS of the units whose original has each gold label, as an array (..., 3)."""
        return _ratio(self.right, self.confusion.sum(-1))


def unit_statistics(layout: BenchmarkLayout, predicted: IntArray) -> FloatArray:
    """Count, for each unit, everything that the scores are computed from.

    Args:
        layout: the gold labels, strategies and units of the n instances.
        predicted: (n,) predicted labels, as positions in `Polarity`; `INVALID` for an invalid answer.

    Returns:
        An array (units, 29) with one row per unit. The columns are the fields of `UnitSums`, flattened, in
        the order of the fields.
    """
    correct = predicted == layout.gold
    originals = layout.strategy_mask(Strategy.ORIGINAL)
    count = int(layout.units.max()) + 1
    statistics = np.zeros((count, 29), np.float32)
    statistics[:, 0] = 1
    unit, gold = layout.units[originals], layout.gold[originals]
    cells = (CLASSES + 1) * gold + predicted[originals] % (CLASSES + 1)  # the last column is of -1
    statistics[unit, 1 + cells] = 1
    statistics[unit, 13 + gold] = units_right(correct, layout.units)[unit]
    for k, strategy in enumerate(PERTURBATIONS):
        mask = layout.strategy_mask(strategy)
        original_right = correct[layout.original[mask]]
        counts = (np.ones(mask.sum()), correct[mask], original_right, original_right & correct[mask])
        for column, values in zip((16, 19, 22, 25), counts, strict=True):
            statistics[:, column + k] = np.bincount(layout.units[mask], weights=values, minlength=count)
    statistics[:, 28] = np.bincount(layout.units[predicted == INVALID], minlength=count)
    return statistics
