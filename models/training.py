"""Training a model of the zoo, and asking it: one trainer for all of them."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import f1_score
from torch.nn import Parameter
from torch.optim import AdamW
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PrinterCallback,
    ProgressCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)
from transformers.trainer_utils import get_last_checkpoint

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity, Strategy
from arts.models.base import AspectModel, Features, Inputs, Progress, Recipe, Start

logger = logging.getLogger(__name__)

PREDICT_BATCH = 128


def train(
    model_class: type[AspectModel],
    train: Sequence[Instance],
    dev: Sequence[Instance],
    *,
    start: Start,
    seed: int,
    folder: Path,
    progress: Progress | None = None,
) -> tuple[AspectModel, Inputs, list[Epoch]]:
    """Train a model on `train`, looking at `dev` after each epoch, by the recipe of its class.

    Args:
        model_class: the model.
        train: instances to learn from.
        dev: instances for the learning curve, and to choose the epoch by where the recipe says so.
        start: what is pretrained.
        seed: of initialisation, dropout and order.
        folder: for checkpoints; a run that was cut off is taken up from the last one there.
        progress: called as training goes on.

    Returns:
        The model of the epoch that is kept, its inputs, and the learning curve.

    Raises:
        ArtsError: when there is nothing to train on or to choose by, or nothing to start from.
    """
    if not train or not dev:
        raise ArtsError("training needs the splits train and dev; this dataset lacks one")
    recipe = model_class.recipe
    model, inputs = begin(model_class, train, start=start, seed=seed, progress=progress)
    trainer = run(
        folder,
        seed,
        _DevReport(progress),
        {
            "learning_rate": recipe.learning_rate,
            "num_train_epochs": recipe.epochs_for(len(train)),
            "per_device_train_batch_size": recipe.batch_size,
            "per_device_eval_batch_size": PREDICT_BATCH,
            "warmup_steps": recipe.warmup_ratio,
            "weight_decay": recipe.weight_decay,
            "eval_strategy": "epoch",
            "logging_strategy": "epoch",
            "load_best_model_at_end": recipe.patience is not None,
            "metric_for_best_model": "macro_f1",
        },
        model=model,
        data_collator=inputs.collate,
        train_dataset=labelled(inputs, train),
        eval_dataset=labelled(inputs, dev),
        compute_metrics=_dev_scores,
        callbacks=[] if recipe.patience is None else [EarlyStoppingCallback(recipe.patience)],
        optimizer_cls_and_kwargs=(AdamW, {"params": _groups(model, recipe), "fused": True}),
    )
    return model, inputs, _curve(trainer.state.log_history)


def begin(
    model_class: type[AspectModel],
    train: Sequence[Instance],
    *,
    start: Start,
    seed: int,
    progress: Progress | None = None,
) -> tuple[AspectModel, Inputs]:
    """A model before training, with its inputs: the same for a seed, whatever variants are in `train`."""
    texts = list(dict.fromkeys(i.text for i in train if i.strategy is Strategy.ORIGINAL))
    set_seed(seed)
    return model_class.start(start, texts, progress)


def _groups(model: AspectModel, recipe: Recipe) -> list[dict[str, Any]]:
    """The weights by learning rate and decay; vectors (biases, normalisation) and scalars do not decay."""
    groups: dict[tuple[float, float], list[Parameter]] = {}
    for name, weight in model.named_parameters():
        on_top = not name.startswith("encoder.")
        rate = (on_top and recipe.head_learning_rate) or recipe.learning_rate
        decay = recipe.weight_decay if weight.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(weight)
    return [
        {"params": weights, "lr": rate, "weight_decay": decay} for (rate, decay), weights in groups.items()
    ]


def run(folder: Path, seed: int, report: StepReport, settings: dict[str, Any], **options: Any) -> Trainer:
    """Train with `transformers.Trainer`, batches grouped by length, silently, resuming what was cut off.

    Args:
        folder: for checkpoints, one an epoch; a run that was cut off is taken up from the last one there.
        seed: of dropout and order.
        report: told of each step.
        settings: of `TrainingArguments`.
        options: of the trainer.
    """
    accelerator = torch.cuda.is_available()
    arguments = TrainingArguments(
        **{
            "output_dir": str(folder),
            "seed": seed,
            "train_sampling_strategy": "group_by_length",
            "bf16": accelerator and torch.cuda.is_bf16_supported(),
            "save_strategy": "epoch",
            "save_total_limit": 1,
            "logging_strategy": "no",
            "remove_unused_columns": False,
            "dataloader_pin_memory": accelerator,
            "report_to": "none",
            **settings,
        }
    )
    trainer = Trainer(args=arguments, **options)
    trainer.add_callback(report)
    for callback in (ProgressCallback, PrinterCallback):  # they write to standard output
        trainer.remove_callback(callback)
    trainer.train(resume_from_checkpoint=_last_checkpoint(folder))
    return trainer


@dataclass(frozen=True)
class Epoch:
    """A point of a learning curve: mean loss on train; accuracy and macro-F1 on dev, in percent."""

    epoch: int
    loss: float
    accuracy: float
    macro_f1: float


def kept(model_class: type[AspectModel], curve: Sequence[Epoch]) -> int:
    """The epoch that the model of a learning curve is of."""
    if model_class.recipe.patience is None:
        return curve[-1].epoch
    return max(curve, key=lambda epoch: epoch.macro_f1).epoch


def _curve(history: list[dict[str, float]]) -> list[Epoch]:
    losses = {round(entry["epoch"]): entry["loss"] for entry in history if "loss" in entry}
    return [
        Epoch(
            number := round(entry["epoch"]),
            round(losses[number], 4),
            round(100 * entry["eval_accuracy"], 2),
            round(100 * entry["eval_macro_f1"], 2),
        )
        for entry in history
        if "eval_macro_f1" in entry
    ]


def predict_proba(
    model: AspectModel, inputs: Inputs, instances: Sequence[Instance]
) -> npt.NDArray[np.float64]:
    """(n, 3) the probability of each polarity; batches are made of instances of like length."""
    features = inputs.encode(instances)
    order = sorted(range(len(features)), key=lambda row: len(features[row]["input_ids"]))
    probabilities = np.empty((len(features), len(Polarity)))
    model.eval()
    for first in range(0, len(order), PREDICT_BATCH):
        rows = order[first : first + PREDICT_BATCH]
        batch = inputs.collate([features[row] for row in rows])
        with torch.inference_mode():
            logits = model(**{name: t.to(model.device) for name, t in batch.items()}).logits
        probabilities[rows] = logits.double().softmax(-1).cpu().numpy()
    return probabilities


def _last_checkpoint(folder: Path) -> str | None:
    """The newest complete checkpoint; the trainer's state is written last, so one without was cut off."""
    for path in folder.glob("checkpoint-*"):
        if not (path / "trainer_state.json").is_file():
            shutil.rmtree(path)
    return get_last_checkpoint(str(folder)) if folder.is_dir() else None


def recipe_of(model_class: type[AspectModel]) -> dict[str, Any]:
    """The recipe as it is recorded in reports and in the cache's keys."""
    return asdict(model_class.recipe)


def labelled(inputs: Inputs, instances: Sequence[Instance]) -> list[Features]:
    """The features of instances, with the position in `Polarity` of each one's label."""
    labels = list(Polarity)
    return [
        {**features, "labels": labels.index(instance.polarity)}
        for features, instance in zip(inputs.encode(instances), instances, strict=True)
    ]


def _dev_scores(prediction: EvalPrediction) -> dict[str, float]:
    predicted = np.asarray(prediction.predictions).argmax(-1)
    return {
        "accuracy": float((predicted == prediction.label_ids).mean()),
        "macro_f1": float(f1_score(prediction.label_ids, predicted, average="macro")),
    }


class StepReport(TrainerCallback):
    """Passes the steps done, and a remark, on to a progress bar."""

    def __init__(self, progress: Progress | None, remark: str = "") -> None:
        self.progress = progress
        self.remark = remark

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.progress:
            self.progress(state.global_step, state.max_steps, self.remark)


class _DevReport(StepReport):
    """With the scores on dev as the remark."""

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        accuracy, f1 = (100 * kwargs["metrics"][f"eval_{name}"] for name in ("accuracy", "macro_f1"))
        self.remark = f"dev {accuracy:.1f}, macro-F1 {f1:.1f}"
        logger.info("epoch %.0f: %s", state.epoch, self.remark)
