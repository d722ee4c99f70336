"""The trainer of unlearning: batches of what is to be forgotten between batches of what is to be kept."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import PrinterCallback, ProgressCallback, Trainer, TrainingArguments

from arts.data.errors import ArtsError
from arts.models.base import Progress
from arts.models.training import StepReport
from arts.models.training import _last_checkpoint as last_checkpoint
from arts.unlearning.objectives import (
    Objective,
    Rows,
    cross_entropy,
    divergence,
    find_objective,
    lower_bounded,
)
from arts.unlearning.reference import Reference, read_reference, write_reference
from arts.unlearning.report import Probe, Step
from arts.unlearning.settings import Material, Plan, Settings

ASKED = 8  # texts at a time


@dataclass
class Unlearned:
    """What came of it: steps, probes, the step that was kept, why it stopped, the tokens trained on."""

    steps: list[Step]
    probes: list[Probe]
    kept: int
    stopped: str
    tokens: int
    seconds: float


def keep_reference(folder: Path, model: Any, material: Material, settings: Settings) -> None:
    """Ask the original about every text of the plan whose answers the objective needs.

    Args:
        folder: to keep them in.
        model: the original.
        material: what is to be forgotten and kept.
        settings: of the run.

    Raises:
        ArtsError: when there is no room on the disk.
    """
    plan = Plan.of(material, settings)
    if settings.resolved.mitigation:
        chosen = plan.texts(forgets=False)
        path = folder / _RETAINED
        write_reference(path, model, material.retain, chosen, material.collate, classes=material.classes)
    if find_objective(settings.objective).compares:
        chosen = plan.texts(forgets=True)
        write_reference(
            folder / _FORGOTTEN,
            model,
            material.forget,
            chosen,
            material.collate,
            classes=material.classes,
            targets_only=True,
        )


_RETAINED, _FORGOTTEN = "retained.npy", "forgotten.npy"


def unlearn(
    model: Any,
    material: Material,
    settings: Settings,
    folder: Path,
    progress: Progress | None = None,
) -> Unlearned:
    """Unlearn, in place.

    Args:
        model: the original; at the end, it has the weights of the last step whose loss on what is kept was
            within the tolerance.
        material: what is to be forgotten and kept.
        settings: of the run.
        folder: where `keep_reference` kept what it needs, and checkpoints are kept: a run that was cut off is
            taken up from the last one.
        progress: called as it goes on.

    Raises:
        ArtsError: when the loss is not a number, or already the first look finds it beyond the tolerance.
    """
    plan = Plan.of(material, settings)
    references = {
        forgets: read_reference(path, texts, plan.texts(forgets=forgets))
        for forgets, name, texts in ((False, _RETAINED, material.retain), (True, _FORGOTTEN, material.forget))
        if (path := folder / name).exists()
    }
    return _Forgetter.made(model, plan, material, settings, references, folder, progress).run()


class _Batches(Dataset[dict[str, Any]]):
    """The batches of a plan, each with what the original said about it."""

    def __init__(self, plan: Plan, material: Material, references: dict[bool, Reference]) -> None:
        self.plan, self.material, self.references = plan, material, references

    def __len__(self) -> int:
        return len(self.plan.batches)

    def __getitem__(self, place: int) -> dict[str, Any]:
        batch = self.plan.batches[place]
        texts = self.material.forget if batch.forgets else self.material.retain
        made: dict[str, Any] = dict(self.material.collate([texts[text] for text in batch.texts]))
        if reference := self.references.get(batch.forgets):
            made["reference"] = reference.of(batch.texts)
        return {**made, "forgets": batch.forgets}


def _alone(batches: list[dict[str, Any]]) -> dict[str, Any]:
    return batches[0]


class _Forgetter(Trainer):
    """A trainer whose loss is an objective's."""

    plan: Plan
    material: Material
    settings: Settings
    objective: Objective
    before: Probe
    terms: dict[str, list[float]]

    @classmethod
    def made(
        cls,
        model: Any,
        plan: Plan,
        material: Material,
        settings: Settings,
        references: dict[bool, Reference],
        folder: Path,
        progress: Progress | None,
    ) -> _Forgetter:
        accelerator = torch.cuda.is_available()
        accumulated = len(plan.batches) // settings.steps_for(len(material.forget))
        arguments = TrainingArguments(
            output_dir=str(folder / "checkpoints"),
            seed=settings.seed,
            learning_rate=settings.rate,
            max_steps=settings.steps_for(len(material.forget)),
            per_device_train_batch_size=1,
            gradient_accumulation_steps=accumulated,
            bf16=accelerator and torch.cuda.is_bf16_supported(),
            eval_strategy="steps",
            eval_steps=settings.every,
            save_strategy="steps",
            save_steps=settings.every,
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
        batches = _Batches(plan, material, references)
        trainer = cls(
            model=model, args=arguments, train_dataset=batches, eval_dataset=batches, data_collator=_alone
        )
        trainer.add_callback(StepReport(progress))
        for callback in (ProgressCallback, PrinterCallback):  # they write to standard output
            trainer.remove_callback(callback)
        trainer.model_accepts_loss_kwargs = False
        trainer.plan, trainer.material, trainer.settings = plan, material, settings
        trainer.objective = find_objective(settings.objective)
        trainer.terms = {}
        trainer.before = trainer.probe(0)
        return trainer

    def run(self) -> Unlearned:
        """Train, and say what came of it."""
        started = time.perf_counter()
        self.train(resume_from_checkpoint=last_checkpoint(Path(str(self.args.output_dir))))
        history = self.state.log_history
        probes = [
            Probe(step=e["step"], forget=e["eval_forget"], retain=e["eval_retain"])
            for e in history
            if "eval_kept" in e
        ]
        steps = [
            Step(
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
        taken = self.plan.batches[: self.state.global_step * self.args.gradient_accumulation_steps]
        sides = {True: self.material.forget, False: self.material.retain}
        return Unlearned(
            steps,
            [self.before, *probes],
            kept=int(self.state.best_metric or 0),
            stopped=self._reason(probes[-1]),
            tokens=sum(len(sides[b.forgets][text]["input_ids"]) for b in taken for text in b.texts),
            seconds=time.perf_counter() - started,
        )

    def _reason(self, last: Probe) -> str:
        rise = last.retain - self.before.retain
        if not self._within(last):
            return (
                f"the loss on what is kept had risen by {rise:.3f} nats at step {last.step}, more than "
                f"{self.settings.tolerance:g}"
            )
        if self._reached(last):
            return f"the forgetting loss came down to {last.forget:.3f} nats at step {last.step}"
        return f"all {last.step} steps were taken"

    def _within(self, probe: Probe) -> bool:
        return probe.retain - self.before.retain <= self.settings.tolerance

    def _reached(self, probe: Probe) -> bool:
        return self.settings.until is not None and probe.forget <= self.settings.until

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """The terms of one batch, weighted; the trainer divides by the batches of an update."""
        forgets, labels, reference = (inputs.pop(n, None) for n in ("forgets", "labels", "reference"))
        rows = Rows.of(model(**inputs).logits, labels, reference)
        weights, ratio = (
            self.settings.resolved,
            self.args.gradient_accumulation_steps // self.settings.accumulate,
        )
        if forgets:
            terms = {"forget": self.objective.forgetting(rows)}
            share = float(ratio)
        else:
            terms = {"replay": cross_entropy(rows.logits, rows.targets)}
            if rows.reference is not None:
                terms["mitigation"] = divergence(rows.logits, rows.reference)
            share = ratio / (ratio - 1)
        for name, term in terms.items():
            self.terms.setdefault(name, []).append(term.item())
        loss = sum(getattr(weights, name) * term for name, term in terms.items()) * share
        if not math.isfinite(loss.item()):
            raise ArtsError(
                f"the loss is {loss.item()} at step {self.state.global_step + 1}; nothing was written. Lower "
                "the learning rate, or the weight of forgetting"
            )
        return loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Add the means of the terms since the last step to what is logged of it."""
        if "loss" in logs:
            logs = {**logs, **{name: sum(values) / len(values) for name, values in self.terms.items()}}
            self.terms.clear()
        super().log(logs, start_time)

    def evaluate(self, *args: Any, **options: Any) -> dict[str, float]:
        """A look at the stop: the state is the best so far if it is within the tolerance."""
        probe = self.probe(self.state.global_step)
        within = self._within(probe)
        metrics = {
            "eval_forget": probe.forget,
            "eval_retain": probe.retain,
            "eval_kept": float(probe.step if within else -1),
        }
        self.log(metrics)
        if not within and not self.state.best_metric:
            raise ArtsError(
                f"the loss on what is kept has risen by {probe.retain - self.before.retain:.3f} nats at step "
                f"{probe.step}, more than the tolerance of {self.settings.tolerance:g}, and no earlier state "
                "was looked at; nothing was written. Lower the learning rate, or look sooner"
            )
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        if not within or self._reached(probe):
            self.control.should_training_stop = True
        return metrics

    @torch.inference_mode()
    def probe(self, step: int) -> Probe:
        """The lower-bounded forgetting loss, and cross-entropy on texts to retain that are not trained on."""
        model: Any = self.model
        model.eval()
        found = []
        for texts, chosen, loss in (
            (self.material.forget, self.plan.forget_probe, lower_bounded),
            (self.material.retain, self.plan.retain_probe, cross_entropy),
        ):
            total, count = 0.0, 0
            for first in range(0, len(chosen), ASKED):
                batch = self.material.collate([texts[text] for text in chosen[first : first + ASKED]])
                batch = {name: tensor.to(model.device) for name, tensor in batch.items()}
                labels = batch.pop("labels")
                rows = Rows.of(model(**batch).logits, labels)
                total += loss(rows.logits, rows.targets).item() * len(rows.targets)
                count += len(rows.targets)
            found.append(total / count)
        return Probe(step=step, forget=found[0], retain=found[1])
