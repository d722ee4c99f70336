"""The stopping criteria of unlearning: enough is forgotten, or too much of the rest is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from transformers import TrainerCallback

from arts.unlearning.objectives import cross_entropy, lower_bounded_loss
from arts.unlearning.reference import INFERENCE_BATCH_SIZE, predict_rows
from arts.unlearning.report import StopProbe
from arts.unlearning.schedule import BatchSchedule, UnlearningTexts
from arts.unlearning.settings import UnlearningSettings


def probe_losses(model: Any, texts: UnlearningTexts, *, schedule: BatchSchedule, step: int) -> StopProbe:
    """Calculate the two losses on which the stopping criteria are checked, in nats per prediction.

    They are the lower-bounded forgetting loss on texts of the forget set, and the cross-entropy on held-out
    texts of the retain set.

    Args:
        model: the model with its present weights.
        texts: the forget set and the retain set.
        schedule: its `forget_probe` and `retain_probe` are the indices of the texts to use.
        step: number of optimizer steps taken so far.
    """

    def mean_loss(indices: Sequence[int], loss: Callable[[Tensor, Tensor], Tensor], *, forget: bool) -> float:
        side = texts.texts(forget=forget)
        total, count = 0.0, 0
        for first in range(0, len(indices), INFERENCE_BATCH_SIZE):
            chunk = [side[index] for index in indices[first : first + INFERENCE_BATCH_SIZE]]
            rows = predict_rows(model, texts.collate(chunk))
            total += loss(rows.logits, rows.targets).item() * len(rows.targets)
            count += len(rows.targets)
        return total / count

    return StopProbe(
        step=step,
        forget=mean_loss(schedule.forget_probe, lower_bounded_loss, forget=True),
        retain=mean_loss(schedule.retain_probe, cross_entropy, forget=False),
    )


@dataclass(frozen=True)
class StoppingCriteria:
    """Decides when training stops.

    Args:
        before: the two losses of `probe_losses` before training.
        settings: the settings of training; `stop_forget_loss` and `tolerance` are the limits.
    """

    before: StopProbe
    settings: UnlearningSettings

    def rise(self, probe: StopProbe) -> float:
        """How much the cross-entropy on the retain set has risen since the start, in nats per prediction."""
        return probe.retain - self.before.retain

    def is_within_tolerance(self, probe: StopProbe) -> bool:
        """Whether the cross-entropy on the retain set has risen by no more than the tolerance."""
        return self.rise(probe) <= self.settings.tolerance

    def is_forgotten(self, probe: StopProbe) -> bool:
        """Whether the forgetting loss has fallen to the setting `stop_forget_loss`; False if that is None."""
        limit = self.settings.stop_forget_loss
        return limit is not None and probe.forget <= limit

    def reason(self, last: StopProbe) -> str:
        """Why training stopped, as the end of a sentence, such as "all 20 steps were taken".

        Args:
            last: the losses at the last check.
        """
        if not self.is_within_tolerance(last):
            return (
                f"the loss on what is kept had risen by {self.rise(last):.3f} nats at step {last.step}, more "
                f"than {self.settings.tolerance:g}"
            )
        if self.is_forgotten(last):
            return f"the forgetting loss came down to {last.forget:.3f} nats at step {last.step}"
        return f"all {last.step} steps were taken"


class LastStepCheck(TrainerCallback):
    """Has the stopping criteria checked, and a checkpoint saved, after the last step.

    Not every version of transformers does so by itself when the last step is no multiple of `eval_steps`. The
    weights of the last steps would then never be kept.
    """

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Ask the trainer for a check and a checkpoint if this was the last step."""
        if state.global_step >= state.max_steps:
            control.should_evaluate = control.should_save = True
