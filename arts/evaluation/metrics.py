"""Scores of predictions and how sure they are: pure functions on arrays.

Every score here is a function of sums over units (an original instance with all its variants). So one
matrix of statistics a unit is enough to compute a score and, by resampling its rows, its interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from arts.data.schema import PERTURBATIONS, Instance, Polarity, Strategy
from arts.data.support.arrays import BoolArray, FloatArray, IntArray

CLASSES = len(Polarity)
POLARITIES = tuple(Polarity)
CHUNK = 1_000  # resamples held in memory at once


def aspect_robustness_score(correct: BoolArray, units: IntArray) -> float:
    """Share of units in which every member is predicted right (Xing et al., 2020, section 4).

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
    """(units,) whether every member of each unit is right; arguments as `aspect_robustness_score`."""
    right = np.ones(units.max() + 1, bool)
    np.logical_and.at(right, units, correct)
    return right


def macro_f1(confusion: FloatArray) -> FloatArray:
    """Unweighted mean of the classes' F1, over classes that occur in the labels or the predictions.

    Args:
        confusion: (..., 3, 3) counts; rows are gold labels, columns predictions.

    Returns:
        (...) fractions between 0 and 1.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nanmean(class_f1(confusion), axis=-1))


def class_f1(confusion: FloatArray) -> FloatArray:
    """(..., 3) F1 of each class of a (..., 3, 3) confusion matrix; NaN for one that never occurs."""
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    return _ratio(2 * right, confusion.sum(-1) + confusion.sum(-2))


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part / whole)


@dataclass(frozen=True)
class BenchmarkLayout:
    """The arrays of a benchmark that do not depend on a model.

    Args:
        gold: (n,) labels, as positions in `Polarity`.
        strategy: (n,) positions in `Strategy`.
        units: (n,) the unit of each instance, numbered from 0 in the order of the originals.
        original: (n,) the position, among the n, of the original of each instance's unit.
    """

    gold: IntArray
    strategy: IntArray
    units: IntArray
    original: IntArray

    @classmethod
    def of(cls, instances: Sequence[Instance]) -> BenchmarkLayout:
        """The layout of a test split, in which every variant's unit has its original."""
        return cls.of_columns(
            [i.id for i in instances],
            [i.unit for i in instances],
            [i.strategy for i in instances],
            [i.polarity for i in instances],
        )

    @classmethod
    def of_columns(
        cls,
        ids: Sequence[str],
        units: Sequence[str],
        strategies: Sequence[Strategy],
        polarities: Sequence[Polarity],
    ) -> BenchmarkLayout:
        """As `of`, from the instances' fields.

        Raises:
            KeyError: for a unit without an original.
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

    def rows(self, strategy: Strategy) -> BoolArray:
        """(n,) whether each instance is of `strategy`."""
        return np.asarray(self.strategy == tuple(Strategy).index(strategy))


@dataclass(frozen=True)
class UnitSums:
    """Statistics summed over units, once (shape ``()``) or for each of many resamples (``(b,)``).

    All fields are counts: `units`; `confusion` (..., 3, 3) on the originals; `right` (..., 3) units
    wholly right, by the gold label of the original; `variants`, `variants_right`, `originals_right` and
    `both_right` (..., 3), by `PERTURBATIONS`.
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
        """Sums from an array (..., 25) with the columns of `unit_statistics`."""
        units, confusion, *triples = np.split(columns, [1, 10, 13, 16, 19, 22], axis=-1)
        square = confusion.reshape(*confusion.shape[:-1], CLASSES, CLASSES)
        return cls(units[..., 0], square, *triples)

    def accuracy(self) -> FloatArray:
        """Accuracy on the originals."""
        return _ratio(np.trace(self.confusion, axis1=-2, axis2=-1), self.units)

    def macro_f1(self) -> FloatArray:
        """Macro-F1 on the originals."""
        return macro_f1(self.confusion)

    def ars(self) -> FloatArray:
        """Aspect Robustness Score."""
        return _ratio(self.right.sum(-1), self.units)

    def on_originals(self) -> FloatArray:
        """(..., 3) accuracy on the originals that each strategy's variants came from."""
        return _ratio(self.originals_right, self.variants)

    def on_variants(self) -> FloatArray:
        """(..., 3) accuracy on each strategy's variants."""
        return _ratio(self.variants_right, self.variants)

    def on_both(self) -> FloatArray:
        """(..., 3) share of each strategy's variants that are right and whose original is right."""
        return _ratio(self.both_right, self.variants)

    def recall(self) -> FloatArray:
        """(..., 3) accuracy on the originals of each gold label."""
        return _ratio(np.diagonal(self.confusion, axis1=-2, axis2=-1), self.confusion.sum(-1))

    def ars_by_polarity(self) -> FloatArray:
        """(..., 3) ARS of the units whose original has each gold label."""
        return _ratio(self.right, self.confusion.sum(-1))


def unit_statistics(layout: BenchmarkLayout, predicted: IntArray) -> FloatArray:
    """(units, 25) the statistics of each unit, in the order of the fields of `UnitSums`.

    Args:
        layout: of the n instances.
        predicted: (n,) predicted labels, as positions in `Polarity`.
    """
    correct = predicted == layout.gold
    originals = layout.rows(Strategy.ORIGINAL)
    count = int(layout.units.max()) + 1
    statistics = np.zeros((count, 25), np.float32)
    statistics[:, 0] = 1
    unit, gold = layout.units[originals], layout.gold[originals]
    statistics[unit, 1 + CLASSES * gold + predicted[originals]] = 1
    statistics[unit, 10 + gold] = units_right(correct, layout.units)[unit]
    for k, strategy in enumerate(PERTURBATIONS):
        rows = layout.rows(strategy)
        original_right = correct[layout.original[rows]]
        counted = (
            np.ones(rows.sum()),
            correct[rows],
            original_right,
            original_right & correct[rows],
        )
        for column, values in zip((13, 16, 19, 22), counted, strict=True):
            statistics[:, column + k] = np.bincount(layout.units[rows], weights=values, minlength=count)
    return statistics


def resample_units(statistics: FloatArray, *, resamples: int, seed: int) -> Iterator[FloatArray]:
    """Bootstrap over units: sums of `statistics` (units, m) over resampled units, in chunks (b, m).

    The same number of units, resamples and seed give the same resamples, so two models' chunks are paired.
    """
    for times in _draw_counts(len(statistics), resamples, seed):
        yield times.astype(np.float32) @ statistics  # exact: integers below 2**24


@lru_cache(maxsize=4)
def _draw_counts(units: int, resamples: int, seed: int) -> list[npt.NDArray[np.uint16]]:
    """How often each resample draws each unit, in chunks (b, units): the same for every model."""
    rng, chunks = np.random.default_rng(seed), []
    for first in range(0, resamples, CHUNK):
        size = min(CHUNK, resamples - first)
        drawn = rng.integers(units, size=(size, units), dtype=np.int32)
        drawn += np.arange(size, dtype=np.int32)[:, None] * np.int32(units)
        times = np.bincount(drawn.ravel(), minlength=size * units).reshape(size, units)
        chunks.append(times.astype(np.uint16))  # a unit is drawn 65,536 times in none
    return chunks


def central_interval(values: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Bounds of the central `level` of resampled `values` (b, ...), leaving out undefined ones.

    A class may be missing from a resample; then what is said of the class is undefined there.
    """
    tail = (1 - level) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail], axis=0)
    return low, high
