"""The settings of an unlearning run, with their defaults; imports neither torch nor transformers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from arts.data.errors import ArtsError
from arts.unlearning.objectives import LossWeights, find_objective

MAX_LENGTH = 1024  # tokens that a text is truncated to, unless the user or the model says otherwise


@dataclass(frozen=True)
class UnlearningSettings:
    """How to unlearn.

    Args:
        objective: name of the objective, one of `arts.unlearning.objectives.OBJECTIVES`.
        weights: weights of its loss terms; by default, the objective's own.
        learning_rate: learning rate at the first step; it falls linearly to 0.
        batch_size: number of texts a batch.
        retain_ratio: number of batches of the retain set for each batch of the forget set.
        gradient_accumulation_steps: number of batches of the forget set for each optimizer step, each with
            its batches of the retain set.
        steps: number of optimizer steps at most; by default, one pass over the forget set.
        eval_steps: number of optimizer steps between two checks of the stopping criteria.
        stop_forget_loss: stop when the lower-bounded forgetting loss, in nats, has come down to this; by
            default, never.
        tolerance: nats by which the loss on the retain set may rise; beyond it, training stops and goes back
            to the last check within it.
        seed: random seed of the order of texts and of dropout.

    Raises:
        ArtsError: for a value out of range.
        UnknownNameError: for an objective that does not exist.
    """

    objective: str = "lower-bounded"
    weights: LossWeights | None = None
    learning_rate: float = 5e-5
    batch_size: int = 4
    retain_ratio: int = 1
    gradient_accumulation_steps: int = 1
    steps: int | None = None
    eval_steps: int = 20
    stop_forget_loss: float | None = None
    tolerance: float = 0.1
    seed: int = 1

    def __post_init__(self) -> None:
        find_objective(self.objective)
        for name in ("batch_size", "retain_ratio", "gradient_accumulation_steps", "steps", "eval_steps"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ArtsError(f"{name.replace('_', ' ')} {value}; expected 1 or more")
        if self.learning_rate <= 0 or self.tolerance < 0:
            raise ArtsError(
                f"learning rate {self.learning_rate}, tolerance {self.tolerance}; expected over 0, and 0 or "
                "more"
            )

    @property
    def loss_weights(self) -> LossWeights:
        """The given weights, or the objective's own."""
        return self.weights or find_objective(self.objective).weights

    def max_steps(self, forget_texts: int) -> int:
        """The number of optimizer steps at most.

        Args:
            forget_texts: number of texts in the forget set.
        """
        texts_per_step = self.batch_size * self.gradient_accumulation_steps
        return self.steps or math.ceil(forget_texts / texts_per_step)
