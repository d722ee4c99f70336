"""The formulas of the scores: pure functions on arrays.

Every score is a function of sums over units (a unit is an original instance with all its variants). So one
row of statistics for each unit is enough to compute a score and, by resampling rows, its interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arts.data.schema import PERTURBATIONS, Instance, Polarity, Strategy
from arts.data.support.arrays import BoolArray, FloatArray, IntArray

CLASSES = len(Polarity)
POLARITIES = tuple(Polarity)


def aspect_robustness_score(correct: BoolArray, units: IntArray) -> float:
    """The share of units all of whose instances are predicted right (Xing et al., 2020, section 4).

    Args:
        correct: (n,) whether each instance is predicted right.
        units: (n,) the unit each instance belongs to, numbered from 0 without gaps.

    Returns:
        A fraction between 0 and 1.

    Example:
        >>> aspect_robustness_score(np.array([1, 1, 0], bool), np.array([0, 0, 1]))
        0.5
    """
    return float(units_right(correct, units).mean())


def units_right(correct: BoolArray, units: IntArray) -> BoolArray:
    """(units,) whether all instances of each unit are predicted right.

    Args:
        correct: (n,) whether each instance is predicted right.
        units: (n,) the unit each instance belongs to, numbered from 0 without gaps.
    """
    right = np.ones(units.max() + 1, bool)
    np.logical_and.at(right, units, correct)
    return right


def macro_f1(confusion: FloatArray) -> FloatArray:
    """The unweighted mean of the classes' F1, over classes that occur in the labels or the predictions.

    Args:
        confusion: (..., 3, 3) counts; rows are gold labels, columns predictions.

    Returns:
        (...) fractions between 0 and 1.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nanmean(class_f1(confusion), axis=-1))


def class_f1(confusion: FloatArray) -> FloatArray:
    """(..., 3) the F1 of each class; NaN for a class that never occurs.

    Args:
        confusion: (..., 3, 3) counts; rows are gold labels, columns predictions.
    """
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    return _ratio(2 * right, confusion.sum(-1) + confusion.sum(-2))


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """The part divided by the whole, elementwise; NaN where the whole is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part / whole)


@dataclass(frozen=True)
class BenchmarkLayout:
    """The gold labels, strategies and units of a benchmark's n instances, as arrays.

    Args:
        gold: (n,) the gold label of each instance, as a position in `Polarity`.
        strategy: (n,) the strategy of each instance, as a position in `Strategy`.
        units: (n,) the unit of each instance, numbered from 0 in the order of the originals.
        original: (n,) the position, among the n, of the original of each instance's unit.
    """

    gold: IntArray
    strategy: IntArray
    units: IntArray
    original: IntArray

    @classmethod
    def of(cls, instances: Sequence[Instance]) -> BenchmarkLayout:
        """The layout of a test split.

        Raises:
            KeyError: when a variant's original is missing.
        """
        return cls.of_columns(
            [i.id for i in instances],
            [i.unit for i in instances],
            strategies=[i.strategy for i in instances],
            polarities=[i.polarity for i in instances],
        )

    @classmethod
    def of_columns(
        cls,
        ids: Sequence[str],
        units: Sequence[str],
        *,
        strategies: Sequence[Strategy],
        polarities: Sequence[Polarity],
    ) -> BenchmarkLayout:
        """The layout of a test split whose instances are given field by field, n of each.

        Args:
            ids: the instances' ids.
            units: the ids of their originals.
            strategies: how their texts were made.
            polarities: their gold labels.

        Raises:
            KeyError: when a variant's original is missing.
        """
        originals = {
            id: row
            for row, (id, strategy) in enumerate(zip(ids, strategies, strict=True))
            if strategy is Strategy.ORIGINAL
        }
        number = {id: unit for unit, id in enumerate(originals)}
        order = tuple(Strategy)
        return cls(
            np.array([POLARITIES.index(polarity) for polarity in polarities]),
            np.array([order.index(strategy) for strategy in strategies]),
            np.array([number[unit] for unit in units]),
            np.array([originals[unit] for unit in units]),
        )

    def strategy_mask(self, strategy: Strategy) -> BoolArray:
        """(n,) whether each instance was made by the strategy."""
        return np.asarray(self.strategy == tuple(Strategy).index(strategy))


@dataclass(frozen=True)
class UnitSums:
    """Counts summed over all units, or over the units of each of b resamples.

    The leading dimensions ``...`` are () for one sum, and (b,) for b resamples.

    Args:
        units: (...) units.
        confusion: (..., 3, 3) originals, by gold label and predicted label.
        right: (..., 3) units all of whose instances are right, by the gold label of the original.
        variants: (..., 3) variants, by strategy in the order of `PERTURBATIONS`.
        variants_right: (..., 3) variants that are right, by strategy.
        originals_right: (..., 3) variants whose original is right, by strategy.
        both_right: (..., 3) variants that are right and whose original is right, by strategy.
    """

    units: FloatArray
    confusion: FloatArray
    right: FloatArray
    variants: FloatArray
    variants_right: FloatArray
    originals_right: FloatArray
    both_right: FloatArray

    @classmethod
    def unpack(cls, columns: FloatArray) -> UnitSums:
        """The sums of an array (..., 25) whose columns are those of `unit_statistics`."""
        units, confusion, *triples = np.split(columns, [1, 10, 13, 16, 19, 22], axis=-1)
        square = confusion.reshape(*confusion.shape[:-1], CLASSES, CLASSES)
        return cls(units[..., 0], square, *triples)

    def accuracy(self) -> FloatArray:
        """(...) accuracy on the originals."""
        return _ratio(np.trace(self.confusion, axis1=-2, axis2=-1), self.units)

    def macro_f1(self) -> FloatArray:
        """(...) macro-F1 on the originals."""
        return macro_f1(self.confusion)

    def ars(self) -> FloatArray:
        """(...) the Aspect Robustness Score: the share of units all of whose instances are right."""
        return _ratio(self.right.sum(-1), self.units)

    def accuracy_on_originals(self) -> FloatArray:
        """(..., 3) for each strategy, accuracy on the originals of its variants."""
        return _ratio(self.originals_right, self.variants)

    def accuracy_on_variants(self) -> FloatArray:
        """(..., 3) for each strategy, accuracy on its variants."""
        return _ratio(self.variants_right, self.variants)

    def share_both_right(self) -> FloatArray:
        """(..., 3) for each strategy, the share of variants that are right and whose original is right."""
        return _ratio(self.both_right, self.variants)

    def recall(self) -> FloatArray:
        """(..., 3) for each polarity, accuracy on the originals with this gold label."""
        return _ratio(np.diagonal(self.confusion, axis1=-2, axis2=-1), self.confusion.sum(-1))

    def ars_by_polarity(self) -> FloatArray:
        """(..., 3) for each polarity, the ARS of the units whose original has this gold label."""
        return _ratio(self.right, self.confusion.sum(-1))


def unit_statistics(layout: BenchmarkLayout, predicted: IntArray) -> FloatArray:
    """(units, 25) the counts of each unit; the columns are the fields of `UnitSums` in their order.

    Args:
        layout: the layout of the n instances.
        predicted: (n,) predicted labels, as positions in `Polarity`.
    """
    correct = predicted == layout.gold
    originals = layout.strategy_mask(Strategy.ORIGINAL)
    count = int(layout.units.max()) + 1
    statistics = np.zeros((count, 25), np.float32)
    statistics[:, 0] = 1
    unit, gold = layout.units[originals], layout.gold[originals]
    statistics[unit, 1 + CLASSES * gold + predicted[originals]] = 1
    statistics[unit, 10 + gold] = units_right(correct, layout.units)[unit]
    for k, strategy in enumerate(PERTURBATIONS):
        mask = layout.strategy_mask(strategy)
        original_right = correct[layout.original[mask]]
        counts = (np.ones(mask.sum()), correct[mask], original_right, original_right & correct[mask])
        for column, values in zip((13, 16, 19, 22), counts, strict=True):
            statistics[:, column + k] = np.bincount(layout.units[mask], weights=values, minlength=count)
    return statistics
