"""The merge methods: how task vectors are sparsified, weighted and combined, block by block.

With theta_0 the base, theta_t the models and tau_t = theta_t - theta_0 their task vectors, each method gives
theta_0 + (a combination of the tau_t). All calculate in the precision of the blocks they are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from arts.data.errors import lookup
from arts.data.support.arrays import BoolArray, FloatArray
from arts.merging.checkpoints.blocks import Values
from arts.merging.policies import DARE_DENSITY, TASK_ARITHMETIC_WEIGHT, TIES_DENSITY


class CombineBlocks(Protocol):
    """A function that merges blocks of the same elements."""

    def __call__(
        self, base: Values, tasks: Sequence[Values], *, weights: Sequence[float], scale: float = 1.0
    ) -> Values:
        """Merge the blocks of the models.

        Args:
            base: (n) elements of the base.
            tasks: the same elements of each task vector, each (n), sparsified already.
            weights: coefficient w_t of each task vector.
            scale: s, the factor of all that is added to the base.

        Returns:
            (n) elements of the merged model.
        """


def weighted_sum(
    base: Values, tasks: Sequence[Values], *, weights: Sequence[float], scale: float = 1.0
) -> Values:
    """Task arithmetic (Ilharco et al., 2023): theta_0 + s sum_t w_t tau_t."""
    merged = base.copy()
    for task, weight in zip(tasks, weights, strict=True):
        merged += task * (weight * scale)
    return merged


def disjoint_mean(
    base: Values, tasks: Sequence[Values], *, weights: Sequence[float], scale: float = 1.0
) -> Values:
    """TIES (Yadav et al., 2023), after trimming: theta_0 + s times the mean of what has the elected sign.

    The elected sign of an element is that of sum_t w_t tau_t, its mass; the mean is
    sum_A w_t tau_t / sum_A w_t over the models A whose tau_t has that sign. With equal weights these are the
    paper's equations.
    """
    total, agreeing_weight = _sums_of_elected_sign(tasks, weights)
    total /= agreeing_weight + (agreeing_weight == 0)  # where no model agrees, the sum is 0
    return base + total * scale


def disjoint_sum(
    base: Values, tasks: Sequence[Values], *, weights: Sequence[float], scale: float = 1.0
) -> Values:
    """Like `disjoint_mean`, but with the sum over A of w_t tau_t: what mergekit calls dare_ties."""
    total, _ = _sums_of_elected_sign(tasks, weights)
    return base + total * scale


def _sums_of_elected_sign(tasks: Sequence[Values], weights: Sequence[float]) -> tuple[Values, Values]:
    """(n) each, sum_A w_t tau_t and sum_A w_t over the models A whose tau_t has the elected sign."""
    weighted = [task * weight for task, weight in zip(tasks, weights, strict=True)]
    mass = sum(weighted[1:], weighted[0])
    positive, negative = mass > 0, mass < 0
    total, agreeing_weight = np.zeros_like(mass), np.zeros_like(mass)
    for term, weight in zip(weighted, weights, strict=True):
        agrees = ((term > 0) & positive) | ((term < 0) & negative)
        total += term * agrees
        agreeing_weight += agrees * agreeing_weight.dtype.type(weight)
    return total, agreeing_weight


class Sparsification(StrEnum):
    """How a task vector is sparsified before it is weighted."""

    NONE = "none"
    TRIM = "trim"  # TIES: the elements of smallest magnitude become 0
    DROP = "drop"  # DARE: random elements become 0, the others are scaled up by 1 / density


class Coefficients(StrEnum):
    """Where the weights of the task vectors come from."""

    METAGPT = "metagpt"
    AVERAGE = "average"
    GIVEN = "given"


@dataclass(frozen=True)
class MergeMethod:
    """A way to merge.

    Args:
        name: its name on the command line.
        combine: merges blocks of the same elements.
        sparsification: how task vectors are sparsified first.
        coefficients: where the weights come from.
        weight: default weight of each model, where weights are given by the user.
        density: default share of the elements that sparsification keeps, over 0 and up to 1.
    """

    name: str
    combine: CombineBlocks = weighted_sum
    sparsification: Sparsification = Sparsification.NONE
    coefficients: Coefficients = Coefficients.GIVEN
    weight: float = 1.0
    density: float = 1.0

    @property
    def sparsifies(self) -> bool:
        """Whether the task vectors are sparsified first."""
        return self.sparsification is not Sparsification.NONE

    @property
    def convex(self) -> bool:
        """Whether the weights sum to 1 and nothing is sparsified, so that the base cancels."""
        return self.coefficients is not Coefficients.GIVEN and not self.sparsifies


_TRIM, _DROP, _METAGPT = Sparsification.TRIM, Sparsification.DROP, Coefficients.METAGPT
METHODS = {
    method.name: method
    for method in (
        MergeMethod("metagpt", coefficients=_METAGPT),
        MergeMethod("average", coefficients=Coefficients.AVERAGE),
        MergeMethod("task-arithmetic", weight=TASK_ARITHMETIC_WEIGHT),
        MergeMethod("ties", disjoint_mean, _TRIM, density=TIES_DENSITY),
        MergeMethod("dare", weighted_sum, _DROP, weight=TASK_ARITHMETIC_WEIGHT, density=DARE_DENSITY),
        MergeMethod("dare-ties", disjoint_sum, _DROP, density=DARE_DENSITY),
        MergeMethod("ties-metagpt", disjoint_mean, _TRIM, _METAGPT, density=TIES_DENSITY),
        MergeMethod("dare-metagpt", weighted_sum, _DROP, _METAGPT, density=DARE_DENSITY),
    )
}


def find_method(name: str) -> MergeMethod:
    """The merge method of a name.

    Raises:
        UnknownNameError: when there is none.
    """
    return lookup(name, METHODS, kind="merge method")


def cosines(gram: FloatArray) -> FloatArray:
    """(models, models) the cosines of the task vectors; 0 for a vector that is 0.

    Args:
        gram: (models, models) inner products of the task vectors.
    """
    norms = np.sqrt(np.diagonal(gram))
    products = np.outer(norms, norms)
    similarities: FloatArray = np.zeros_like(gram)
    np.divide(gram, products, out=similarities, where=products > 0)
    return similarities


def trim(task: Values, threshold: float) -> Values:
    """TIES: keep the elements whose magnitude is at least a threshold, and set the others to 0."""
    return task * (np.abs(task).astype(np.float32, copy=False) >= np.float32(threshold))


def drop(task: Values, mask: BoolArray, *, scale: float) -> Values:
    """DARE (Yu et al., 2024): tau * m / p, where m keeps a random share p, so that the mean stays.

    Args:
        task: (n) elements of the task vector.
        mask: (n) m, true for the elements to keep.
        scale: 1 / p.
    """
    return task * (mask * task.dtype.type(scale))
