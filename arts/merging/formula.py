"""How the elements of one tensor are merged: exactly in fp64, or nearly in fp32 with a bound of the error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from arts.data.support.arrays import BoolArray, FloatArray
from arts.merging.checkpoints.blocks import OVERFLOW, Positions, Values, decode, largest_magnitudes
from arts.merging.methods import MergeMethod, sum_error
from arts.merging.sparsify import Sparsifier

Stored = npt.NDArray[np.uint16]  # elements of 16 bits, as they are in a file

_ULP = 2.0**-24  # largest error of rounding a number to fp32, relative to the number
_UNDERFLOW = 2.0**-120  # far above all errors of rounding what fp32 holds with fewer digits, or not at all
_NO_WEIGHT = 2.0**-50  # a coefficient so small is an error of rounding
_SMALLEST_WEIGHT, _LARGEST_WEIGHT = 2.0**-16, 2.0**16  # of what is estimated


@dataclass(frozen=True)
class Estimates:
    """Elements of a merged tensor in fp32, which are not exact.

    Args:
        values: the elements, an array (n,).
        error: a number that exceeds the error of each element.
        undecided: None, or for each element whether its error can be larger, because rounding could have
            changed which models it is taken from; an array (n,).
        tasks: the elements of the sparsified task vectors, one array (n,) per model; empty when they were not
            needed.
    """

    values: Values
    error: float
    undecided: BoolArray | None = None
    tasks: Sequence[Values] = ()


@dataclass(frozen=True)
class MergeFormula:
    """The formula that one tensor is merged by.

    Args:
        tensor: name of the tensor.
        method: the merge method.
        sparsifier: what sparsifies the task vectors.
        weights: the coefficients, one per model.
        scale: factor on everything that is added to the base.
        dtype: type that the tensor is stored in, in all models; None if it differs.
    """

    tensor: str
    method: MergeMethod
    sparsifier: Sparsifier
    weights: Sequence[float]
    scale: float
    dtype: str | None

    def exact(
        self, base: Values, tasks: Sequence[Values], masks: Sequence[BoolArray]
    ) -> tuple[Values, list[Values]]:
        """Merge some elements in fp64.

        Args:
            base: the elements of the base, an array (n,).
            tasks: the same elements of each task vector, one array (n,) per model.
            masks: DARE's masks of the elements, one array (n,) per model; empty for other methods.

        Returns:
            The merged elements, an array (n,), and those of the sparsified task vectors.
        """
        tasks = self.sparsifier.sparsify(self.tensor, tasks, masks=masks)
        with np.errstate(over="ignore", invalid="ignore"):
            return self.method.combine(base, tasks, weights=self.weights, scale=self.scale), tasks

    def exact_at(self, stored: Stored, masks: Sequence[BoolArray], positions: Positions) -> Values:
        """Merge some elements of a block in fp64.

        Args:
            stored: the block of the base and of each model as it is stored, an array (1 + models, n).
            masks: DARE's masks of the block, one array (n,) per model; empty for other methods.
            positions: indices of the elements, an array (m,).

        Returns:
            The merged elements, an array (m,).
        """
        elements = np.array([row[positions] for row in stored])
        rows = np.empty(elements.shape)
        decode(elements.view(np.uint8), self.dtype or "", out=rows)
        base, tasks = rows[0], rows[1:] - rows[0]
        return self.exact(base, list(tasks), [mask[positions] for mask in masks])[0]

    @cached_property
    def can_estimate(self) -> bool:
        """Whether the merged elements can be estimated.

        Where signs are elected, products with small coefficients could vanish in fp32, and coefficients of
        both signs could cancel in the sum that is divided by.
        """
        sizes = [weight for weight in (*self.weights, abs(self.scale)) if weight]
        in_range = all(_SMALLEST_WEIGHT <= size <= _LARGEST_WEIGHT for size in sizes)
        return self.dtype is not None and (in_range or not self.method.sparsifies)

    def estimate(
        self, stored: Stored, masks: Sequence[BoolArray], *, rows: Values, out: Values
    ) -> Estimates | None:
        """Merge a block in fp32.

        Args:
            stored: the block of the base and of each model as it is stored, an array (1 + models, n).
            masks: DARE's masks of the block, one array (n,) per model; empty for other methods.
            rows: the memory to work in, an fp32 array (1 + models, n).
            out: the memory for the merged elements, an fp32 array (n,).

        Returns:
            The merged elements; None when one could be too large for BF16.
        """
        estimate = self._estimate_sparsified if self.method.sparsifies else self._estimate_sum
        sizes = largest_magnitudes(stored, self.dtype or "")
        with np.errstate(over="ignore", invalid="ignore"):
            estimates, largest = estimate(stored, masks, rows=rows, out=out, sizes=sizes)
        return estimates if largest + estimates.error < OVERFLOW["BF16"] else None

    @cached_property
    def _coefficients(self) -> FloatArray:
        """The factors of the base and the models in the merged model, where nothing is sparsified.

        That of the base is 0 where the others sum to 1.
        """
        factors = self.scale * np.array(self.weights)
        rest = 1 - factors.sum()
        return np.concatenate([[rest if abs(rest) > _NO_WEIGHT else 0], factors])

    def _estimate_sum(
        self, stored: Stored, masks: Sequence[BoolArray], *, rows: Values, out: Values, sizes: FloatArray
    ) -> tuple[Estimates, float]:
        """Estimate the merged elements as a weighted sum of base and models, in one pass by the BLAS.

        Returns:
            The estimates, and a bound of the largest absolute value.
        """
        first = int(not self._coefficients[0])
        for row, numbers in zip(rows[first:], stored[first:], strict=True):
            decode(numbers.view(np.uint8), self.dtype or "", out=row)
        np.dot(self._coefficients[first:].astype(np.float32), rows[first:], out=out)
        largest = float(np.abs(self._coefficients) @ sizes)
        underflow = _UNDERFLOW * (1 + np.abs(self._coefficients).sum() + sizes.sum())
        return Estimates(out, (len(stored) - first + 3) * _ULP * largest + underflow), largest

    def _estimate_sparsified(
        self, stored: Stored, masks: Sequence[BoolArray], *, rows: Values, out: Values, sizes: FloatArray
    ) -> tuple[Estimates, float]:
        """Estimate the merged elements by the method's own formula in fp32.

        Returns:
            The estimates, and a bound of the largest absolute value.
        """
        for row, numbers in zip(rows, stored, strict=True):
            decode(numbers.view(np.uint8), self.dtype or "", out=row)
        base, tasks = rows[0], list(np.subtract(rows[1:], rows[0], out=rows[1:]))
        tasks = self.sparsifier.sparsify(self.tensor, tasks, masks=masks)
        undecided = np.empty(len(base), np.bool_)
        values = self.method.combine(base, tasks, weights=self.weights, scale=self.scale, undecided=undecided)
        added_sizes = [max(float(task.max()), -float(task.min())) for task in tasks]
        added = abs(self.scale) * max(*added_sizes, float(np.dot(np.abs(self.weights), added_sizes)))
        largest = float(sizes[0]) + added
        error = sum_error(len(tasks)) * added + 3 * _ULP * largest + _UNDERFLOW * (1 + abs(self.scale))
        return Estimates(values, error, undecided, tasks), largest
