"""What unlearning minimises: a loss on the forget set, and two on the retain set.

All losses are means over prediction rows: the tokens of a causal language model's answers, or the instances
of a classifier. Padding and prompts are not predicted, so they change nothing. torch is imported when a loss
is calculated: the names and default weights of the objectives are there without it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from arts.data.errors import lookup

if TYPE_CHECKING:
    from torch import Tensor

IGNORED_LABEL = -100  # label of what is not predicted, as in transformers


@dataclass(frozen=True)
class PredictionRows:
    """The predictions of a batch that a loss is calculated on, one a row.

    Args:
        logits: (rows, classes) scores by the model.
        targets: (rows) the right class of each row.
        texts: (rows) the index of the text, within the batch, that each row belongs to.
        reference: log-probabilities by the original model: (rows, classes) of all classes, or (rows) of the
            targets; None if no loss needs them.
    """

    logits: Tensor
    targets: Tensor
    texts: Tensor
    reference: Tensor | None = None

    @classmethod
    def from_batch(cls, logits: Tensor, labels: Tensor, *, reference: Tensor | None = None) -> PredictionRows:
        """The rows of a batch, text by text.

        Args:
            logits: (batch, classes) of a classifier, or (batch, length, vocabulary) of a causal model, where
                each position predicts the next token.
            labels: (batch), or (batch, length) with `IGNORED_LABEL` where nothing is predicted.
            reference: log-probabilities by the original model, as in the class.
        """
        if logits.ndim == 3:
            logits, labels = logits[:, :-1], labels[:, 1:]
        mask = labels != IGNORED_LABEL
        return cls(logits[mask], labels[mask], mask.nonzero()[:, 0], reference)


@dataclass(frozen=True)
class LossWeights:
    """The weights of the three loss terms.

    Args:
        forget: weight of the forgetting loss.
        replay: weight of cross-entropy on the retain set.
        mitigation: weight of the KL divergence from the original on the retain set.
    """

    forget: float
    replay: float
    mitigation: float

    def __str__(self) -> str:
        return f"{self.forget:g} forget + {self.replay:g} replay + {self.mitigation:g} mitigation"


def lower_bounded_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """-mean log(1 - p(target)), the lower-bounded forgetting loss (Chen et al., 2024; a reading): 0 or more.

    It equals the unlikelihood loss of Welleck et al. (2020). Its gradient fades as p goes to 0, where that of
    gradient ascent never does. Calculated from p, it is inf for p near 1; from the logits it is
    logsumexp(z) - logsumexp(z without the target), in fp32, finite and exact for any gap.

    Args:
        logits: z, (rows, classes).
        targets: (rows) the right class of each row.

    Returns:
        A scalar; 0 for no rows.

    Example:
        >>> import torch
        >>> round(lower_bounded_loss(torch.tensor([[100.0, 0.0]]), torch.tensor([0])).item(), 3)
        100.0
    """
    from torch.nn import functional

    logits = logits.float()
    column = targets.unsqueeze(1)
    others = logits.scatter(1, column, -math.inf).logsumexp(1)
    gap = logits.gather(1, column).squeeze(1) - others  # log p - log(1 - p)
    return _mean(functional.softplus(gap))


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """-mean log p(target): the replay loss on the retain set.

    Args:
        logits: (rows, classes).
        targets: (rows) the right class of each row.

    Returns:
        A scalar; 0 for no rows.
    """
    return _mean(_row_losses(logits, targets))


def kl_divergence(logits: Tensor, reference: Tensor) -> Tensor:
    """The mean over rows of KL(original || current): bias mitigation (Chen et al., 2024; a reading).

    Args:
        logits: (rows, classes) of the current model.
        reference: (rows, classes) log-probabilities by the original.

    Returns:
        A scalar; 0 for no rows.
    """
    reference = reference.float()
    return _mean((reference.exp() * (reference - logits.float().log_softmax(1))).sum(1))


def _row_losses(logits: Tensor, targets: Tensor) -> Tensor:
    """(rows) -log p(target) of each row."""
    from torch.nn import functional

    return functional.cross_entropy(logits.float(), targets, reduction="none")


def _mean(values: Tensor) -> Tensor:
    return values.mean() if len(values) else values.sum()


class ForgetObjective(Protocol):
    """An unlearning objective: the forgetting loss, and the default weights of all three terms."""

    @property
    def name(self) -> str:
        """Its name on the command line."""

    @property
    def weights(self) -> LossWeights:
        """The default weights of the forgetting, replay and mitigation terms."""

    @property
    def needs_reference(self) -> bool:
        """Whether the forgetting loss needs the original's log-probabilities of the targets."""

    def forget_loss(self, rows: PredictionRows) -> Tensor:
        """The loss on predictions for the forget set, a scalar."""


class LowerBounded:
    """The objective of Chen et al. (2024): the lower-bounded forgetting loss, replay, and mitigation.

    The weights are a reading of the paper: 0.01, 1 and 1.
    """

    name = "lower-bounded"
    weights = LossWeights(0.01, 1, 1)
    needs_reference = False

    def forget_loss(self, rows: PredictionRows) -> Tensor:
        """-mean log(1 - p)."""
        return lower_bounded_loss(rows.logits, rows.targets)


class GradientAscent:
    """Gradient ascent on the forget set and nothing else (Jang et al., 2023): its loss has no bound."""

    name = "gradient-ascent"
    weights = LossWeights(1, 0, 0)
    needs_reference = False

    def forget_loss(self, rows: PredictionRows) -> Tensor:
        """Mean log p."""
        return -cross_entropy(rows.logits, rows.targets)


class GradientDifference(GradientAscent):
    """Gradient ascent with replay (Liu et al., 2022)."""

    name = "gradient-difference"
    weights = LossWeights(1, 1, 0)


class KLMinimization(GradientAscent):
    """Gradient ascent held near the original by mitigation alone (Maini et al., 2024)."""

    name = "kl"
    weights = LossWeights(1, 0, 1)


@dataclass(frozen=True)
class NPO:
    """Negative preference optimisation (Zhang et al., 2024), with one term a text.

    Args:
        beta: inverse temperature; as it goes to 0, the loss becomes that of gradient ascent.
    """

    beta: float = 0.1

    name = "npo"
    weights = LossWeights(1, 0, 0)
    needs_reference = True

    def forget_loss(self, rows: PredictionRows) -> Tensor:
        """Mean over texts of 2/beta log(1 + (p(text) / p of the original)^beta)."""
        from torch.nn import functional

        if rows.reference is None:
            raise ValueError("NPO needs the original's log-probabilities")
        log_p = -_row_losses(rows.logits, rows.targets)
        texts = int(rows.texts.max()) + 1 if len(rows.texts) else 0
        ratio = log_p.new_zeros(texts).index_add(0, rows.texts, log_p - rows.reference)
        present = rows.texts.bincount(minlength=texts) > 0
        return _mean(functional.softplus(self.beta * ratio[present])) * 2 / self.beta


OBJECTIVES: Mapping[str, ForgetObjective] = {
    objective.name: objective
    for objective in (LowerBounded(), GradientAscent(), GradientDifference(), NPO(), KLMinimization())
}


def find_objective(name: str) -> ForgetObjective:
    """The objective of a name.

    Raises:
        UnknownNameError: when there is none.
    """
    return lookup(name, OBJECTIVES, kind="objective")
