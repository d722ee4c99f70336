"""The methods: how task vectors are thinned out, weighted and joined, block by block.

With theta_0 the base, theta_t the models and tau_t = theta_t - theta_0 their task vectors, each method gives
theta_0 + (a combination of the tau_t). All calculate in the precision of the blocks they are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from arts.data.errors import UnknownNameError
from arts.merging.checkpoints.blocks import Values


class Combine(Protocol):
    """A block of the merged model."""

    def __call__(
        self, base: Values, tasks: Sequence[Values], weights: Sequence[float], scale: float = 1.0
    ) -> Values:
        """Merge blocks of one place.

        Args:
            base: (n) of the base.
            tasks: each (n), of the task vectors, thinned out already.
            weights: a coefficient w_t a task vector.
            scale: s, times what is added to the base.
        """


def weighted_sum(
    base: Values, tasks: Sequence[Values], weights: Sequence[float], scale: float = 1.0
) -> Values:
    """theta_0 + s sum_t w_t tau_t: task arithmetic (Ilharco et al., 2023), and what differs in w alone."""
    merged = base.copy()
    for task, weight in zip(tasks, weights, strict=True):
        merged += task * (weight * scale)
    return merged


def disjoint_mean(
    base: Values, tasks: Sequence[Values], weights: Sequence[float], scale: float = 1.0
) -> Values:
    """TIES (Yadav et al., 2023), after trimming: theta_0 + s times the mean of what has the elected sign.

    The sign of a number is that of sum_t w_t tau_t, the mass; the mean is sum_A w_t tau_t / sum_A w_t over
    the A of the models whose tau_t has that sign. With equal weights these are the paper's equations.
    """
    total, agreed = _agreeing(tasks, weights)
    total /= agreed + (agreed == 0)  # where none agrees the sum is 0
    return base + total * scale


def disjoint_sum(
    base: Values, tasks: Sequence[Values], weights: Sequence[float], scale: float = 1.0
) -> Values:
    """As `disjoint_mean`, but with the sum over A of w_t tau_t: what mergekit calls dare_ties."""
    total, _ = _agreeing(tasks, weights)
    return base + total * scale


def _agreeing(tasks: Sequence[Values], weights: Sequence[float]) -> tuple[Values, Values]:
    """Of what has the elected sign: sum_A w_t tau_t, and sum_A w_t."""
    weighted = [task * weight for task, weight in zip(tasks, weights, strict=True)]
    mass = sum(weighted[1:], weighted[0])
    up, down = mass > 0, mass < 0
    total, agreed = np.zeros_like(mass), np.zeros_like(mass)
    for part, weight in zip(weighted, weights, strict=True):
        agrees = ((part > 0) & up) | ((part < 0) & down)
        total += part * agrees
        agreed += agrees * agreed.dtype.type(weight)
    return total, agreed


class Thinning(StrEnum):
    """What is done to a task vector before it is weighted."""

    NONE = "none"
    TRIM = "trim"  # TIES: the numbers of smallest magnitude become 0
    DROP = "drop"  # DARE: numbers become 0 at random, the others are scaled up by 1 / density


class Coefficients(StrEnum):
    """Where the weights come from."""

    METAGPT = "metagpt"
    AVERAGE = "average"
    GIVEN = "given"


@dataclass(frozen=True)
class Method:
    """A way to merge.

    Args:
        name: on the command line.
        combine: of blocks.
        thinning: before.
        coefficients: the weights.
        weight: of each model, where they are given and nothing else is said.
        density: share of the numbers that thinning leaves, where nothing else is said.
    """

    name: str
    combine: Combine = weighted_sum
    thinning: Thinning = Thinning.NONE
    coefficients: Coefficients = Coefficients.GIVEN
    weight: float = 1.0
    density: float = 1.0

    @property
    def thins(self) -> bool:
        """Whether the task vectors are thinned out first."""
        return self.thinning is not Thinning.NONE

    @property
    def convex(self) -> bool:
        """Whether the weights sum to 1 and nothing is thinned out, so that the base cancels."""
        return self.coefficients is not Coefficients.GIVEN and not self.thins


TIES_DENSITY, DARE_DENSITY, TASK_WEIGHT = 0.2, 0.55, 0.3
METHODS = {
    method.name: method
    for method in (
        Method("metagpt", coefficients=Coefficients.METAGPT),
        Method("average", coefficients=Coefficients.AVERAGE),
        Method("task-arithmetic", weight=TASK_WEIGHT),
        Method("ties", disjoint_mean, Thinning.TRIM, density=TIES_DENSITY),
        Method("dare", weighted_sum, Thinning.DROP, weight=TASK_WEIGHT, density=DARE_DENSITY),
        Method("dare-ties", disjoint_sum, Thinning.DROP, density=DARE_DENSITY),
        Method("ties-metagpt", disjoint_mean, Thinning.TRIM, Coefficients.METAGPT, density=TIES_DENSITY),
        Method("dare-metagpt", weighted_sum, Thinning.DROP, Coefficients.METAGPT, density=DARE_DENSITY),
    )
}


def find_method(name: str) -> Method:
    """The method of a name.

    Raises:
        UnknownNameError: when there is none.
    """
    if name not in METHODS:
        raise UnknownNameError("merge method", name, METHODS)
    return METHODS[name]


def metagpt(gram: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(models) lambda_t = ||tau_t||^2 / sum_k ||tau_k||^2 (Zhou et al., 2024, section 3).

    The minimiser of an upper bound of the average loss difference, not of the loss: it holds as far as the
    models are linear in their weights between theta_0 and theta_t and the tau_t are orthogonal. Both can be
    measured: the cosines are in every report, `arts merge --check-linearity` looks at the other.

    Args:
        gram: (models, models) inner products of the task vectors.

    Example:
        >>> metagpt(np.diag([1.0, 3.0]))
        array([0.25, 0.75])
    """
    squares = np.diagonal(gram)
    total = squares.sum()
    return squares / total if total else np.full(len(squares), 1 / len(squares))


def cosines(gram: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(models, models) the cosines of the task vectors; 0 with a vector that is 0."""
    norms = np.sqrt(np.diagonal(gram))
    products = np.outer(norms, norms)
    found: npt.NDArray[np.float64] = np.zeros_like(gram)
    np.divide(gram, products, out=found, where=products > 0)
    return found


def trimmed(task: Values, threshold: float) -> Values:
    """TIES: the numbers of at least a magnitude, the others 0."""
    return task * (np.abs(task).astype(np.float32, copy=False) >= np.float32(threshold))


def dropped(task: Values, kept: npt.NDArray[np.bool_], scale: float) -> Values:
    """DARE (Yu et al., 2024): tau * m / p, where m keeps the share p at random, so that the mean stays.

    Args:
        task: (n).
        kept: (n) the mask m.
        scale: 1 / p.
    """
    return task * (kept * task.dtype.type(scale))
