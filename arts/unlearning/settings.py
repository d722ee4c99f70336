"""The settings of an unlearning run, with their defaults; imports neither torch nor transformers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator

from arts.data.support.checked_fields import check_fields
from arts.data.support.field_types import NotNegative, Positive, Seed, check_whole
from arts.unlearning.objectives import LossWeights, find_objective

MAX_LENGTH = 1024  # default number of tokens that a text is truncated to

# The schedule of all batches is drawn before training, so none of these can be without bounds.
TextCount = Annotated[int, BeforeValidator(partial(check_whole, least=1, most=10_000))]
StepCount = Annotated[int, BeforeValidator(partial(check_whole, least=1, most=1_000_000))]


@dataclass(frozen=True)
class UnlearningSettings:
    """The settings of training in an unlearning run.

    Args:
        objective: name of the objective: lower-bounded, gradient-ascent, gradient-difference, npo or kl.
        weights: weights of the three loss terms. Default: the objective's own.
        learning_rate: learning rate at the first step; it falls linearly to 0.
        batch_size: number of texts per batch.
        retain_ratio: number of batches of the retain set that follow each batch of the forget set.
        gradient_accumulation_steps: number of batches of the forget set per optimizer step; each brings its
            batches of the retain set.
        steps: largest number of optimizer steps. Default: as many as one pass over the forget set takes.
        eval_steps: number of optimizer steps between two checks of the stopping criteria.
        stop_forget_loss: training stops when the lower-bounded forgetting loss, in nats per prediction, has
            fallen to this value. Default: it does not stop for this reason.
        tolerance: rise of the cross-entropy on the retain set that is allowed, in nats per prediction. When
            it has risen further, training stops, and the weights at the previous check are kept.
        seed: random seed of the order of texts and of dropout.

    Raises:
        ArtsError: when a value is out of range.
        UnknownNameError: when there is no such objective.
    """

    objective: str = "lower-bounded"
    weights: LossWeights | None = None
    learning_rate: Positive = 5e-5
    batch_size: TextCount = 4
    retain_ratio: TextCount = 1
    gradient_accumulation_steps: TextCount = 1
    steps: StepCount | None = None
    eval_steps: StepCount = 20
    stop_forget_loss: NotNegative | None = None
    tolerance: NotNegative = 0.1
    seed: Seed = 1

    def __post_init__(self) -> None:
        find_objective(self.objective)
        check_fields(self)

    @property
    def loss_weights(self) -> LossWeights:
        """The given weights of the loss terms, or else the objective's own."""
        return self.weights or find_objective(self.objective).weights

    def max_steps(self, forget_texts: int) -> int:
        """The largest number of optimizer steps.

        Args:
            forget_texts: number of texts in the forget set.
        """
        texts_per_step = self.batch_size * self.gradient_accumulation_steps
        return self.steps or math.ceil(forget_texts / texts_per_step)
