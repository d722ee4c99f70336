"""What unlearning minimises: a loss on what is to be forgotten, and two on what is to be kept.

All losses are means over rows: the pieces of a causal language model's answers, or the instances of a
classifier. Padding and prompts are no rows, so they change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from arts.data.errors import UnknownNameError

IGNORED = -100  # the label of what does not count, as in transformers


@dataclass(frozen=True)
class Rows:
    """Predictions that count.

    Args:
        logits: (rows, classes).
        targets: (rows) the class of each.
        texts: (rows) the text of the batch that each belongs to, from 0.
        reference: log-probabilities by the original model: (rows, classes) all of them, or (rows) those of
            the targets; None where nothing needs them.
    """

    logits: Tensor
    targets: Tensor
    texts: Tensor
    reference: Tensor | None = None

    @classmethod
    def of(cls, logits: Tensor, labels: Tensor, reference: Tensor | None = None) -> Rows:
        """The rows of a batch, text by text.

        Args:
            logits: (batch, classes) of a classifier, or (batch, length, vocabulary) of a causal model, where
                each place predicts the next.
            labels: (batch), or (batch, length) with `IGNORED` where nothing counts.
            reference: as of the class.
        """
        if logits.ndim == 3:
            logits, labels = logits[:, :-1], labels[:, 1:]
        counts = labels != IGNORED
        return cls(logits[counts], labels[counts], counts.nonzero()[:, 0], reference)


@dataclass(frozen=True)
class Weights:
    """How much each term counts."""

    forget: float
    replay: float
    mitigation: float

    def __str__(self) -> str:
        return f"{self.forget:g} forget + {self.replay:g} replay + {self.mitigation:g} mitigation"


def lower_bounded(logits: Tensor, targets: Tensor) -> Tensor:
    """-mean log(1 - p(target)), the lower-bounded forgetting loss (Chen et al., 2024; a reading): 0 or more.

    It equals the unlikelihood loss of Welleck et al. (2020). Its gradient fades as p goes to 0, where that of
    gradient ascent never does. Calculated from p, it is inf for p near 1; from the logits it is
    logsumexp(z) - logsumexp(z without the target), in fp32, finite and exact for any gap.

    Args:
        logits: z, (rows, classes).
        targets: (rows).

    Returns:
        A scalar; 0 for no rows.

    Example:
        >>> round(lower_bounded(torch.tensor([[100.0, 0.0]]), torch.tensor([0])).item(), 3)
        100.0
    """
    logits = logits.float()
    chosen = targets.unsqueeze(1)
    others = logits.scatter(1, chosen, -torch.inf).logsumexp(1)
    gap = logits.gather(1, chosen).squeeze(1) - others  # log p - log(1 - p)
    return _mean(functional.softplus(gap))


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """-mean log p(target): replay on what is kept; 0 for no rows. Shapes as of `lower_bounded`."""
    return _mean(functional.cross_entropy(logits.float(), targets, reduction="none"))


def divergence(logits: Tensor, reference: Tensor) -> Tensor:
    """The mean over rows of KL(original || current): bias mitigation (Chen et al., 2024; a reading).

    Args:
        logits: (rows, classes) of the current model.
        reference: (rows, classes) log-probabilities by the original.

    Returns:
        A scalar; 0 for no rows.
    """
    reference = reference.float()
    return _mean((reference.exp() * (reference - logits.float().log_softmax(1))).sum(1))


def _mean(values: Tensor) -> Tensor:
    return values.mean() if len(values) else values.sum()


class Objective(Protocol):
    """How what is to be forgotten is forgotten, with the weights of the terms by default."""

    @property
    def name(self) -> str:
        """As the command calls it."""

    @property
    def weights(self) -> Weights:
        """Of the forgetting, replay and mitigation terms."""

    @property
    def compares(self) -> bool:
        """Whether forgetting needs the original's log-probabilities of the targets."""

    def forgetting(self, rows: Rows) -> Tensor:
        """The loss on what is to be forgotten, a scalar."""


class LowerBounded:
    """The objective of Chen et al. (2024): `lower_bounded`, replay, and mitigation.

    The weights are as PAPERS read the paper: 0.01, 1 and 1.
    """

    name = "lower-bounded"
    weights = Weights(0.01, 1, 1)
    compares = False

    def forgetting(self, rows: Rows) -> Tensor:
        """-mean log(1 - p)."""
        return lower_bounded(rows.logits, rows.targets)


class GradientAscent:
    """Gradient ascent on what is to be forgotten, and nothing else (Jang et al., 2023): has no bound."""

    name = "gradient-ascent"
    weights = Weights(1, 0, 0)
    compares = False

    def forgetting(self, rows: Rows) -> Tensor:
        """Mean log p."""
        return -cross_entropy(rows.logits, rows.targets)


class GradientDifference(GradientAscent):
    """Gradient ascent with replay (Liu et al., 2022)."""

    name = "gradient-difference"
    weights = Weights(1, 1, 0)


class KLMinimization(GradientAscent):
    """Gradient ascent held by mitigation alone (Maini et al., 2024)."""

    name = "kl"
    weights = Weights(1, 0, 1)


@dataclass(frozen=True)
class NPO:
    """Negative preference optimisation (Zhang et al., 2024), a text at a time.

    Args:
        beta: how soon it lets go; towards 0 it is gradient ascent.
    """

    beta: float = 0.1

    name = "npo"
    weights = Weights(1, 0, 0)
    compares = True

    def forgetting(self, rows: Rows) -> Tensor:
        """Mean over texts of 2/beta log(1 + (p(text) / p of the original)^beta)."""
        if rows.reference is None:
            raise ValueError("NPO needs the original's log-probabilities")
        log_p = -functional.cross_entropy(rows.logits.float(), rows.targets, reduction="none")
        texts = int(rows.texts.max()) + 1 if len(rows.texts) else 0
        ratio = log_p.new_zeros(texts).index_add(0, rows.texts, log_p - rows.reference)
        present = rows.texts.bincount(minlength=texts) > 0
        return _mean(functional.softplus(self.beta * ratio[present])) * 2 / self.beta


OBJECTIVES: Mapping[str, Objective] = {
    objective.name: objective
    for objective in (LowerBounded(), GradientAscent(), GradientDifference(), NPO(), KLMinimization())
}


def find_objective(name: str) -> Objective:
    """The objective of a name.

    Raises:
        UnknownNameError: when there is none.
    """
    if name not in OBJECTIVES:
        raise UnknownNameError("objective", name, OBJECTIVES)
    return OBJECTIVES[name]
