"""Training a model of the zoo, and asking it: one trainer for all of them."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import f1_score
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
from arts.data.schema import Instance, Polarity
from arts.models.base import AspectModel, Features, Inputs

logger = logging.getLogger(__name__)

PREDICT_BATCH = 128
Progress = Callable[[int, int, str], None]  # steps done, steps in all, what to say beside them


def train(
    model_class: type[AspectModel],
    train: Sequence[Instance],
    dev: Sequence[Instance],
    *,
    encoder: Path,
    seed: int,
    folder: Path,
    progress: Progress | None = None,
) -> tuple[AspectModel, Inputs]:
    """Train a model on `train`, choosing the epoch with the best macro-F1 on `dev`.

    Args:
        model_class: the model.
        train: original instances to learn from.
        dev: original instances to choose by.
        encoder: folder of the pretrained encoder.
        seed: of initialisation, dropout and order.
        folder: for checkpoints; a run that was cut off is taken up from the last one there.
        progress: called as training goes on.

    Raises:
        ArtsError: when there is nothing to train on or to choose by.
    """
    if not train or not dev:
        raise ArtsError("training needs the splits train and dev; this dataset lacks one")
    set_seed(seed)
    inputs = model_class.inputs.load(encoder)
    recipe = model_class.recipe
    model = model_class.start(encoder)
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(folder),
            learning_rate=recipe.learning_rate,
            num_train_epochs=recipe.epochs_for(len(train)),
            per_device_train_batch_size=recipe.batch_size,
            per_device_eval_batch_size=PREDICT_BATCH,
            warmup_steps=recipe.warmup_ratio,
            weight_decay=recipe.weight_decay,
            train_sampling_strategy="group_by_length",
            bf16=torch.cuda.is_available() and torch.cuda.is_bf16_supported(),
            eval_strategy="epoch",
            save_strategy="epoch",
            logging_strategy="no",
            save_total_limit=1,
            load_best_model_at_end=True,
            metric_for_best_model="macro_f1",
            remove_unused_columns=False,
            dataloader_pin_memory=torch.cuda.is_available(),
            report_to="none",
            seed=seed,
        ),
        data_collator=inputs.collate,
        train_dataset=_labelled(inputs, train),
        eval_dataset=_labelled(inputs, dev),
        compute_metrics=_dev_scores,
        callbacks=[EarlyStoppingCallback(recipe.patience), _Report(progress)],
    )
    for callback in (ProgressCallback, PrinterCallback):  # they write to standard output
        trainer.remove_callback(callback)
    trainer.train(resume_from_checkpoint=_last_checkpoint(folder))
    return model, inputs


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


def _labelled(inputs: Inputs, instances: Sequence[Instance]) -> list[Features]:
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


class _Report(TrainerCallback):
    """Passes the steps done, and the scores on dev, on to a progress bar."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress
        self.dev = ""

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.progress:
            self.progress(state.global_step, state.max_steps, self.dev)

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        accuracy, f1 = (100 * kwargs["metrics"][f"eval_{name}"] for name in ("accuracy", "macro_f1"))
        self.dev = f"dev {accuracy:.1f}, macro-F1 {f1:.1f}"
        logger.info("epoch %.0f: %s", state.epoch, self.dev)
