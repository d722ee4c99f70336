"""The losses that unlearning minimises: one on the forget set, and two on the retain set.

All losses are in nats, and means over predictions; only NPO's is a mean over texts. A causal language
model makes one prediction per token of an answer, a classifier one per text. Padding and prompts are not
predicted, so they change nothing. torch is imported when a loss is calculated, so that names and default
weights of the objectives are available without it.

The reference model is the model before unlearning, or another one that the user names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from arts.data.errors import ArtsError, lookup
from arts.data.support.checked_fields import check_fields
from arts.data.support.field_types import NotNegative

if TYPE_CHECKING:
    from torch import Tensor

IGNORED_LABEL = -100  # label of tokens that are not predicted, as in transformers


@dataclass(frozen=True)
class PredictionRows:
    """The predictions for a batch on which a loss is calculated; each prediction is a row.

    A causal language model makes one prediction per token of an answer, a classifier one per text.

    Args:
        logits: scores of the classes by the model, (rows, classes).
        targets: the classes that the labels name, (rows,); on the forget set, what is to be unlearned.
        texts: for each row, the index within the batch of the text that it belongs to, (rows,).
        reference: log-probabilities by the reference model: for bias mitigation on the retain set, those of
            all classes, (rows, classes); for NPO on the forget set, those of the targets, (rows,). None for
            all other losses.
    """

    logits: Tensor
    targets: Tensor
    texts: Tensor
    reference: Tensor | None = None

    @classmethod
    def from_batch(cls, logits: Tensor, labels: Tensor, *, reference: Tensor | None = None) -> PredictionRows:
        """Collect the predictions for a batch, text by text; positions without a label are left out.

        Args:
            logits: (batch, classes) from a classifier; (batch, length, vocabulary) from a causal language
                model, in which each position predicts the next token.
            labels: (batch,) or (batch, length), with `IGNORED_LABEL` where nothing is predicted.
            reference: log-probabilities by the reference model, as in the field `reference`.
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
        replay: weight of the cross-entropy on the retain set.
        mitigation: weight of the KL divergence from the reference model's predictions, on the retain set.

    Raises:
        ArtsError: when one is not a finite number from 0, or all are 0.
    """

    forget: NotNegative
    replay: NotNegative
    mitigation: NotNegative

    def __post_init__(self) -> None:
        check_fields(self)
        if not (self.forget or self.replay or self.mitigation):
            raise ArtsError("all weights of the losses are 0, so that nothing would be unlearned")

    def __str__(self) -> str:
        return f"{self.forget:g} forget + {self.replay:g} replay + {self.mitigation:g} mitigation"


def lower_bounded_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """The lower-bounded forgetting loss, -mean log(1 - p), where p is the probability of the target.

    This is our reading of Chen et al. (2024). It equals the unlikelihood loss of Welleck et al. (2020). It is
    never below 0. Its gradient fades as p goes to 0; that of gradient ascent does not. It is calculated in
    fp32 as the logsumexp of all logits, minus that of all but the target's. So it is finite and exact where p
    rounds to 1.

    Args:
        logits: scores of the classes, (rows, classes).
        targets: the classes that the labels name, (rows,).

    Returns:
        A scalar in nats; 0 for no rows.

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
    """The cross-entropy, -mean log p, where p is the probability of the target: the replay loss.

    Args:
        logits: scores of the classes, (rows, classes).
        targets: the classes that the labels name, (rows,).

    Returns:
        A scalar in nats; 0 for no rows.
    """
    return _mean(_row_losses(logits, targets))


def kl_divergence(logits: Tensor, reference: Tensor) -> Tensor:
    """The mean of KL(reference || current) over rows: the loss of bias mitigation.

    This is our reading of Chen et al. (2024).

    Args:
        logits: scores of the classes by the current model, (rows, classes).
        reference: log-probabilities of the classes by the reference model, (rows, classes).

    Returns:
        A scalar in nats; 0 for no rows.
    """
    reference = reference.float()
    return _mean((reference.exp() * (reference - logits.float().log_softmax(1))).sum(1))


def _row_losses(logits: Tensor, targets: Tensor) -> Tensor:
    """The value of -log p(target) of each row, in nats, (rows,)."""
    from torch.nn import functional

    return functional.cross_entropy(logits.float(), targets, reduction="none")


def _mean(values: Tensor) -> Tensor:
    return values.mean() if len(values) else values.sum()


class ForgetObjective(Protocol):
    """An unlearning objective: a loss on the forget set, and the default weights of all three loss terms."""

    @property
    def name(self) -> str:
        """Name of the objective on the command line."""

    @property
    def weights(self) -> LossWeights:
        """The default weights of the forgetting, replay and mitigation terms."""

    @property
    def needs_reference(self) -> bool:
        """Whether the forgetting loss needs the reference model's log-probabilities of the targets."""

    def forget_loss(self, rows: PredictionRows) -> Tensor:
        """The forgetting loss on predictions for the forget set, a scalar in nats."""


class LowerBounded:
    """The objective of Chen et al. (2024): the lower-bounded forgetting loss, replay, and bias mitigation.

    The weights of these terms are our reading of the paper: 0.01, 1 and 1.
    """

    name = "lower-bounded"
    weights = LossWeights(0.01, 1, 1)
    needs_reference = False

    def forget_loss(self, rows: PredictionRows) -> Tensor:
        """The lower-bounded forgetting loss, -mean log(1 - p), where p is the probability of the target."""
        return lower_bounded_loss(rows.logits, rows.targets)


class GradientAscent:
    """The objective of Jang et al. (2023): gradient ascent on the forget set, and no term on the retain set.

    Its loss has no lower bound.
    """

    name = "gradient-ascent"
    weights = LossWeights(1, 0, 0)
    needs_reference = False

    def forget_loss(self, rows: PredictionRows) -> Tensor:
        """The mean of log p, where p is the probability of the target: the negative cross-entropy."""
        return -cross_entropy(rows.logits, rows.targets)


class GradientDifference(GradientAscent):
    """The objective of Liu et al. (2022): gradient ascent on the forget set, and replay on the retain set."""

    name = "gradient-difference"
    weights = LossWeights(1, 1, 0)


class KLMinimization(GradientAscent):
    """The objective of Maini et al. (2024): gradient ascent, and on the retain set bias mitigation."""

    name = "kl"
    weights = LossWeights(1, 0, 1)


@dataclass(frozen=True)
class NPO:
    """Negative preference optimisation (Zhang et al., 2024), whose loss has one term per text.

    Args:
        beta: inverse temperature. The greater it is, the faster the gradient fades once a text is less
            probable than it is under the reference model. As it goes to 0, the gradient approaches that of
            the texts' mean log-probability, as in gradient ascent.
    """

    beta: float = 0.1

    name = "npo"
    weights = LossWeights(1, 0, 0)
    needs_reference = True

    def forget_loss(self, rows: PredictionRows) -> Tensor:
        """The mean over texts of (2 / beta) * log(1 + (p(text) / p_reference(text))^beta).

        p(text) and p_reference(text) are the products of the probabilities of the text's targets, by the
        model and by the reference model.
        """
        from torch.nn import functional

        if rows.reference is None:
            raise ValueError("NPO needs the log-probabilities of the reference model")
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
    """Return the objective with a name, such as ``npo``.

    Raises:
        UnknownNameError: when no objective has this name.
    """
    return lookup(name, OBJECTIVES, kind="objective")
