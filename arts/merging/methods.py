"""The merge methods: formulas that combine the weights of several fine-tuned models into one model.

Notation: theta_0 is the base, theta_t are the models, and tau_t = theta_t - theta_0 are their task vectors.
Each method gives theta_0 plus a combination of the tau_t. The functions work on blocks: arrays of n
consecutive elements of one tensor, in fp32 or fp64. The result has the type of the blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from arts.data.errors import lookup
from arts.data.support.arrays import BoolArray
from arts.merging.checkpoints.blocks import Values
from arts.merging.policies import DARE_DENSITY, TASK_ARITHMETIC_WEIGHT, TIES_DENSITY


class CombineBlocks(Protocol):
    """A function that merges one block: the same n elements of the base and of each task vector.

    What it calculates in fp64, term by term in the order of the models, is by definition the merged model; it
    is rounded once to the type that it is stored in.
    """

    def __call__(
        self,
        base: Values,
        tasks: Sequence[Values],
        *,
        weights: Sequence[float],
        scale: float = 1.0,
        undecided: BoolArray | None = None,
    ) -> Values:
        """Merge one block.

        Args:
            base: the elements of the base, an array (n,).
            tasks: the same elements of each task vector, sparsified already; one array (n,) per model.
            weights: the coefficients w_t of the task vectors, one per model.
            scale: s, a factor on everything that is added to the base.
            undecided: None, or an array (n,) to write to: whether rounding errors of fp32 could have changed
                which models an element is taken from.

        Returns:
            The elements of the merged model, a new array (n,).
        """


def weighted_sum(
    base: Values,
    tasks: Sequence[Values],
    *,
    weights: Sequence[float],
    scale: float = 1.0,
    undecided: BoolArray | None = None,
) -> Values:
    """Merge one block by task arithmetic (Ilharco et al., 2023): theta_0 + s sum_t w_t tau_t.

    In the formula, theta_0 is `base`, the tau_t are `tasks`, the w_t are `weights`, and s is `scale`.
    """
    if undecided is not None:
        undecided.fill(False)
    return _add_scaled(base, _add_up(_weigh(tasks, weights)), scale)


def disjoint_mean(
    base: Values,
    tasks: Sequence[Values],
    *,
    weights: Sequence[float],
    scale: float = 1.0,
    positive_ties: bool = False,
    undecided: BoolArray | None = None,
) -> Values:
    """Merge one block of trimmed task vectors by TIES (Yadav et al., 2023).

    The elected sign of an element is the sign of sum_t w_t tau_t. With A the models whose w_t tau_t has the
    elected sign, the result is theta_0 + s (sum_A w_t tau_t) / (sum_A w_t), or theta_0 where no sign is
    elected because sum_t w_t tau_t is 0; with `positive_ties`, as in mergekit, the positive sign is elected
    there. With equal weights, and without `positive_ties`, these are the paper's equations.

    In the formula, theta_0 is `base`, the tau_t are `tasks`, the w_t are `weights`, and s is `scale`.
    """
    total, agreeing_weight = _sums_of_elected_sign(tasks, weights, positive_ties, undecided)
    agreeing_weight += agreeing_weight == 0  # where no model agrees, the sum is 0
    total /= agreeing_weight
    return _add_scaled(base, total, scale)


def disjoint_sum(
    base: Values,
    tasks: Sequence[Values],
    *,
    weights: Sequence[float],
    scale: float = 1.0,
    positive_ties: bool = False,
    undecided: BoolArray | None = None,
) -> Values:
    """Merge one block like dare_ties of mergekit: add up the task vectors that have the elected sign.

    The elected sign of an element is the sign of sum_t w_t tau_t. With A the models whose w_t tau_t has
    the elected sign, the result is theta_0 + s sum_A w_t tau_t. Where sum_t w_t tau_t is 0, no sign is
    elected; with `positive_ties`, as in mergekit, the positive one is.

    In the formula, theta_0 is `base`, the tau_t are `tasks`, the w_t are `weights`, and s is `scale`.
    """
    total, _ = _sums_of_elected_sign(tasks, weights, positive_ties, undecided)
    return _add_scaled(base, total, scale)


def _weigh(tasks: Sequence[Values], weights: Sequence[float]) -> list[Values]:
    """The w_t tau_t, one new array (n,) per model."""
    return [task * weight for task, weight in zip(tasks, weights, strict=True)]


def _add_up(terms: Sequence[Values]) -> Values:
    """The sum of arrays (n,), added from the first to the last; the first is overwritten."""
    total = terms[0]
    for term in terms[1:]:
        total += term
    return total


def _add_scaled(base: Values, total: Values, scale: float) -> Values:
    """theta_0 plus what is added to it times the scale; `total`, an array (n,), is overwritten."""
    if scale != 1:
        total *= scale
    total += base
    return total


def _sums_of_elected_sign(
    tasks: Sequence[Values],
    weights: Sequence[float],
    positive_ties: bool,
    undecided: BoolArray | None,
) -> tuple[Values, Values]:
    """Sum the weighted task vectors, and their weights, over the models that have the elected sign.

    The elected sign of an element is the sign of sum_t w_t tau_t.

    Args:
        tasks: the tau_t, one array (n,) per model.
        weights: the w_t, one per model.
        positive_ties: whether the positive sign is elected where sum_t w_t tau_t is 0; else, none is.
        undecided: None, or an array (n,) to write to: whether rounding errors of fp32 could have changed the
            sign.

    Returns:
        Two arrays (n,): for each element, the sum of w_t tau_t and the sum of w_t over these models. Both are
        0 where no sign is elected.
    """
    weighted = _weigh(tasks, weights)
    mass = _add_up([weighted[0].copy(), *weighted[1:]])
    if undecided is not None:
        magnitude = _add_up([np.abs(term) for term in weighted])
        magnitude *= sum_error(len(tasks))
        np.less(np.abs(mass), magnitude, out=undecided)
    positive, negative = mass >= 0 if positive_ties else mass > 0, mass < 0
    total, agreeing_weight = np.zeros_like(mass), np.zeros_like(mass)
    for term, weight in zip(weighted, weights, strict=True):
        agrees = ((term > 0) & positive) | ((term < 0) & negative)
        term *= agrees
        total += term
        agreeing_weight += agrees * agreeing_weight.dtype.type(weight)
    return total, agreeing_weight


def sum_error(models: int) -> float:
    """Bound of the error of what fp32 adds to the base, relative to the sum of the absolute values of terms.

    A term is rounded four times at most (the task vector, its factor, the weight, their product), and so is
    the sum over the models with each addition, twice when it is divided by a sum of weights, and three times
    more by the division and the scale; each time by 2**-24 at most.
    """
    return (2 * models + 8) * 2.0**-24


class Sparsification(StrEnum):
    """How a task vector is sparsified before it is weighted.

    NONE leaves it as it is. TRIM (TIES) sets the elements of smallest magnitude to 0. DROP (DARE) sets random
    elements to 0 and scales the others up: by 1 / density, or so that each tensor keeps its L1 norm if
    `MergeOptions.by_tensor` is set.
    """

    NONE = "none"
    TRIM = "trim"
    DROP = "drop"


class Coefficients(StrEnum):
    """Where the coefficients of the task vectors come from.

    METAGPT: calculated from the norms of the task vectors. AVERAGE: 1 / number of models. GIVEN: from the
    user, or else the method's default.
    """

    METAGPT = "metagpt"
    AVERAGE = "average"
    GIVEN = "given"


@dataclass(frozen=True)
class MergeMethod:
    """A merge method: how task vectors are sparsified, weighted and combined.

    Args:
        name: name on the command line.
        combine: the function that merges one block.
        sparsification: how task vectors are sparsified before they are combined.
        coefficients: where the coefficients of the task vectors come from.
        weight: coefficient of every model, for `Coefficients.GIVEN` when the user gives none.
        density: share of the elements of a task vector that sparsification keeps by default, over 0 and up to
            1.
    """

    name: str
    combine: CombineBlocks = weighted_sum
    sparsification: Sparsification = Sparsification.NONE
    coefficients: Coefficients = Coefficients.GIVEN
    weight: float = 1.0
    density: float = 1.0

    @property
    def sparsifies(self) -> bool:
        """Whether the method sets elements of the task vectors to 0, as TIES and DARE do."""
        return self.sparsification is not Sparsification.NONE


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
    """Return the merge method with a name, such as ``ties``.

    Raises:
        UnknownNameError: when no method has this name.
    """
    return lookup(name, METHODS, kind="merge method")


def trim(task: Values, threshold: float) -> Values:
    """Set the elements whose magnitude is below a threshold to 0, as TIES does.

    Args:
        task: elements of a task vector, an array (n,).
        threshold: the smallest magnitude that is kept, as an fp32 number; magnitudes are rounded to fp32.

    Returns:
        A new array (n,).
    """
    return task * (np.abs(task).astype(np.float32, copy=False) >= np.float32(threshold))


def drop(task: Values, mask: BoolArray, *, scale: float) -> Values:
    """Set random elements to 0 and scale the others up, as DARE does (Yu et al., 2024): tau * m / p.

    The mask m keeps a random share p of the elements. Dividing by p preserves the expected value.

    Args:
        task: tau, elements of a task vector, an array (n,).
        mask: m, an array (n,) of booleans; true for the elements to keep.
        scale: factor on the elements that are kept, such as 1 / p.

    Returns:
        A new array (n,).
    """
    return task * (mask * task.dtype.type(scale))
