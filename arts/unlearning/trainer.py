"""The trainer of unlearning: batches of the forget set alternate with batches of the retain set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor
from torch.utils.data import Dataset
from transformers import PrinterCallback, ProgressCallback, Trainer, TrainingArguments

from arts.data.errors import ArtsError
from arts.models.recipe import TrainingProgress
from arts.models.resuming import train_or_resume
from arts.models.runtime import trainer_options
from arts.models.training import StepCallback
from arts.provenance import Clock
from arts.unlearning.objectives import (
    ForgetObjective,
    PredictionRows,
    cross_entropy,
    find_objective,
    kl_divergence,
)
from arts.unlearning.reference import ReferenceOutputs, load_reference_outputs
from arts.unlearning.report import StepLosses, StopProbe
from arts.unlearning.schedule import BatchSchedule, UnlearningTexts
from arts.unlearning.settings import UnlearningSettings
from arts.unlearning.stopping import LastStepCheck, StoppingCriteria, probe_losses


@dataclass
class UnlearningOutcome:
    """What happened in an unlearning run.

    Args:
        kept: number of the optimizer step whose weights were kept.
        stopped: why training stopped, as the end of a sentence, such as "all 20 steps were taken".
        steps: the losses of each optimizer step.
        probes: the checks of the stopping criteria; the first was made before training.
        tokens: number of tokens trained on.
        seconds: duration of training.
    """

    kept: int
    stopped: str
    steps: list[StepLosses]
    probes: list[StopProbe]
    tokens: int
    seconds: float


def unlearn(
    model: Any,
    texts: UnlearningTexts,
    *,
    settings: UnlearningSettings,
    folder: Path,
    progress: TrainingProgress | None = None,
) -> UnlearningOutcome:
    """Train a model, in place, to forget the forget set and to stay as it is on the retain set.

    Args:
        model: the model to unlearn from. At the end, it has the weights of the last check at which the
            cross-entropy on the retain set was within the tolerance.
        texts: the forget set and the retain set.
        settings: the settings of training.
        folder: the folder that `save_reference_outputs` wrote to. Checkpoints are written there, too, and a
            run that was cut off resumes from the last one.
        progress: called after each optimizer step with the steps done, all steps, and a remark.

    Raises:
        ArtsError: when the loss is not a finite number, or the cross-entropy on the retain set has risen by
            more than the tolerance at the first check after the start of training.
    """
    schedule = BatchSchedule.draw(texts, settings)
    references = load_reference_outputs(folder, texts, schedule=schedule)
    batches = _ScheduledBatches(schedule, texts, references)
    trainer = _UnlearningTrainer(
        batches,
        settings,
        model=model,
        args=_training_arguments(schedule, texts, settings=settings, folder=folder / "checkpoints"),
        train_dataset=batches,
        eval_dataset=batches,
        data_collator=_single_batch,
    )
    trainer.add_callback(LastStepCheck())
    trainer.add_callback(StepCallback(progress))
    for callback in (ProgressCallback, PrinterCallback):  # they write to standard output
        trainer.remove_callback(callback)
    return trainer.run()


class _ScheduledBatches(Dataset[dict[str, Any]]):
    """The batches of a schedule, each with the reference model's outputs on it, if these are stored.

    Args:
        schedule: the schedule.
        texts: the forget set and the retain set.
        references: the reference model's outputs on the forget set under the key True, on the retain set
            under False; a key is missing when no such outputs are stored.
    """

    def __init__(
        self,
        schedule: BatchSchedule,
        texts: UnlearningTexts,
        references: dict[bool, ReferenceOutputs],
    ) -> None:
        self.schedule, self.texts, self.references = schedule, texts, references

    def __len__(self) -> int:
        return len(self.schedule.batches)

    def __getitem__(self, index: int) -> dict[str, Any]:
        scheduled = self.schedule.batches[index]
        texts = self.texts.texts(forget=scheduled.forget)
        batch: dict[str, Any] = dict(self.texts.collate([texts[i] for i in scheduled.indices]))
        if reference := self.references.get(scheduled.forget):
            batch["reference"] = reference.rows_of(scheduled.indices)
        return {**batch, "is_forget": scheduled.forget}

    def count_tokens(self, batches: int) -> int:
        """Number of tokens in the first `batches` batches."""
        return sum(
            len(self.texts.texts(forget=batch.forget)[index]["input_ids"])
            for batch in self.schedule.batches[:batches]
            for index in batch.indices
        )


def _single_batch(batches: list[dict[str, Any]]) -> dict[str, Any]:
    """Collate a list of one batch: return this batch, which the schedule has made already."""
    return batches[0]


def _training_arguments(
    schedule: BatchSchedule, texts: UnlearningTexts, *, settings: UnlearningSettings, folder: Path
) -> TrainingArguments:
    """Arguments of a trainer that takes the batches in the order of the schedule.

    When training ends, the trainer loads the last checkpoint that was within the tolerance.
    """
    steps = settings.max_steps(len(texts.forget))
    return TrainingArguments(
        output_dir=str(folder),
        seed=settings.seed,
        learning_rate=settings.learning_rate,
        max_steps=steps,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=len(schedule.batches) // steps,
        **trainer_options(),
        eval_strategy="steps",
        eval_steps=settings.eval_steps,
        save_strategy="steps",
        save_steps=settings.eval_steps,
        save_total_limit=1,
        load_best_model_at_end=True,
        metric_for_best_model="eval_kept",
        greater_is_better=True,
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,
        train_sampling_strategy="sequential",
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        report_to="none",
    )


class _UnlearningTrainer(Trainer):
    """A trainer of transformers whose loss is that of an unlearning objective.

    Args:
        batches: the batches of the schedule.
        settings: the settings of training.
        options: arguments of `transformers.Trainer`.
    """

    def __init__(self, batches: _ScheduledBatches, settings: UnlearningSettings, **options: Any) -> None:
        super().__init__(**options)
        self.model_accepts_loss_kwargs = False
        self.batches, self.settings = batches, settings
        self.objective: ForgetObjective = find_objective(settings.objective)
        self.terms: dict[str, list[float]] = {}  # values in the batches since the last step, keyed by name
        self.criteria = StoppingCriteria(self._probe(), settings)

    def run(self) -> UnlearningOutcome:
        """Train, or resume training, and collect the losses."""
        clock = Clock()
        train_or_resume(self)
        history = self.state.log_history
        probes = [
            StopProbe(step=entry["step"], forget=entry["eval_forget"], retain=entry["eval_retain"])
            for entry in history
            if "eval_kept" in entry
        ]
        steps = [
            StepLosses(
                step=entry["step"],
                total=entry["loss"],
                forget=entry.get("forget"),
                replay=entry.get("replay"),
                mitigation=entry.get("mitigation"),
                rate=entry["learning_rate"],
            )
            for entry in history
            if "loss" in entry
        ]
        return UnlearningOutcome(
            kept=int(self.state.best_metric or 0),
            stopped=self.criteria.reason(probes[-1]),
            steps=steps,
            probes=[self.criteria.before, *probes],
            tokens=self.batches.count_tokens(self.state.global_step * self.args.gradient_accumulation_steps),
            seconds=clock.seconds,
        )

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """The weighted sum of the loss terms of a batch, times a factor.

        The trainer takes the mean over all batches of a step. By the factor, that becomes the mean over the
        batches of the forget set plus the mean over those of the retain set.
        """
        is_forget, labels, reference = (inputs.pop(n, None) for n in ("is_forget", "labels", "reference"))
        rows = PredictionRows.from_batch(model(**inputs).logits, labels, reference=reference)
        batches_per_forget = (
            self.args.gradient_accumulation_steps // self.settings.gradient_accumulation_steps
        )
        if is_forget:
            terms = {"forget": self.objective.forget_loss(rows)}
            share = float(batches_per_forget)
        else:
            terms = {"replay": cross_entropy(rows.logits, rows.targets)}
            if rows.reference is not None:
                terms["mitigation"] = kl_divergence(rows.logits, rows.reference)
            share = batches_per_forget / (batches_per_forget - 1)
        for name, term in terms.items():
            self.terms.setdefault(name, []).append(term.item())
        weights = self.settings.loss_weights
        loss = sum(getattr(weights, name) * term for name, term in terms.items()) * share
        if not math.isfinite(loss.item()):
            raise ArtsError(
                f"the loss is {loss.item()} at step {self.state.global_step + 1}; nothing was written. Lower "
                "the learning rate, or the weight of forgetting"
            )
        return loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log the losses of a step: the total, and the mean of each term over the batches of the step."""
        if "loss" in logs:
            logs = {**logs, **{name: sum(values) / len(values) for name, values in self.terms.items()}}
            self.terms.clear()
        super().log(logs, start_time)

    def evaluate(self, *args: Any, **options: Any) -> dict[str, float]:
        """Check the stopping criteria; a checkpoint within the tolerance becomes the one to keep.

        Returns:
            The two losses (``eval_forget``, ``eval_retain``), and as ``eval_kept`` the number of the step, or
            -1 when the tolerance is exceeded.

        Raises:
            ArtsError: when the tolerance is exceeded and no checkpoint can be kept.
        """
        probe = self._probe()
        within = self.criteria.is_within_tolerance(probe)
        metrics = {
            "eval_forget": probe.forget,
            "eval_retain": probe.retain,
            "eval_kept": float(probe.step if within else -1),
        }
        self.log(metrics)
        if not within and not self.state.best_metric:
            raise ArtsError(
                f"the loss on what is kept has risen by {self.criteria.rise(probe):.3f} nats at step "
                f"{probe.step}, more than the tolerance of {self.settings.tolerance:g}, and there is no "
                "earlier checkpoint; nothing was written. Lower the learning rate, or check more often"
            )
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        if not within or self.criteria.is_forgotten(probe):
            self.control.should_training_stop = True
        return metrics

    def _probe(self) -> StopProbe:
        """The losses on which the stopping criteria are checked, with the present weights."""
        batches = self.batches
        return probe_losses(self.model, batches.texts, schedule=batches.schedule, step=self.state.global_step)
