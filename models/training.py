"""The training loop and the prediction loop that all models share."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity, Strategy
from arts.models.base import AspectModel, Inputs, TokenFeatures
from arts.models.learning_curve import EpochScores, kept_epoch, learning_curve
from arts.models.memory_saving import PartsTrainer, checkpointed_layers
from arts.models.objectives import Objective, ObjectiveTrainer, UnitCollator, unit_examples
from arts.models.precision import PrecisionChoice, training_precision
from arts.models.recipe import Recipe, TrainingProgress, TrainingRequest
from arts.models.resuming import train_or_resume
from arts.models.runtime import Device, batch_options, device, trainer_options
from arts.models.training_plan import TrainingPlan

logger = logging.getLogger(__name__)

PREDICTION_BATCH_SIZE = 128  # instances


def train_model(
    model_class: type[AspectModel], request: TrainingRequest, *, plan: TrainingPlan, folder: Path
) -> TrainingOutcome:
    """Train a model with the recipe of its class, and evaluate it on the dev split after each epoch.

    Args:
        model_class: the class of the model.
        request: seed, starting point and progress callback.
        plan: what it is trained on, and how.
        folder: folder for checkpoints; training resumes from the last complete one in it.

    Raises:
        ArtsError: when a split is empty, or the starting point cannot be loaded.
    """
    if not plan.train or not plan.dev:
        empty = "dev" if plan.train else "train"
        raise ArtsError(f"training needs the splits train and dev; {empty} is empty")
    recipe = model_class.recipe
    choice = training_precision(model_class, request.start, train=plan.train)
    model, inputs = initialise_model(model_class, request, train=plan.train)
    if plan.initial:
        model.load_state_dict(plan.initial.state_dict(), strict=False)  # a switch may add weights of its own
    examples, collate = features_with_labels(inputs, plan.train), inputs.collate
    if plan.objective:
        examples = unit_examples(plan.train, examples)
        collate = UnitCollator(inputs, plan.objective.alternative_share).collate
    trainer = run_trainer(
        folder,
        _DevScoreCallback(request.progress),
        seed=request.seed,
        objective=plan.objective,
        settings={
            **_recipe_settings(recipe, examples=len(examples), units=bool(plan.objective)),
            **trainer_options(choice.precision),
        },
        model=model,
        data_collator=collate,
        train_dataset=examples,
        eval_dataset=features_with_labels(inputs, plan.dev),
        compute_metrics=_dev_scores,
        callbacks=[] if recipe.patience is None else [EarlyStoppingCallback(recipe.patience)],
        optimizer_cls_and_kwargs=(AdamW, {"params": _parameter_groups(model, recipe), "fused": True}),
    )
    history = trainer.state.log_history
    best_was_loaded = recipe.patience is not None and trainer.state.best_model_checkpoint
    kept_step = trainer.state.best_global_step if best_was_loaded else None
    curve, epoch = learning_curve(history), kept_epoch(history, kept_step)
    settled = model.settle(partial(_accuracy, model, inputs, instances=plan.dev))
    return TrainingOutcome(model, inputs, curve, epoch, choice, settled)


def _recipe_settings(recipe: Recipe, *, examples: int, units: bool) -> dict[str, Any]:
    """Keyword arguments of `TrainingArguments` for a recipe and a training set with so many examples.

    If the examples are units of two or three instances each, a batch has half as many of them, so that it has
    about as many instances; the number of epochs stays.
    """
    return {
        "learning_rate": recipe.learning_rate,
        "num_train_epochs": recipe.epochs_for(examples),
        **batch_options(max(1, recipe.batch_size // 2) if units else recipe.batch_size),
        "per_device_eval_batch_size": PREDICTION_BATCH_SIZE,
        "warmup_steps": recipe.warmup_ratio,  # a number below 1 is a fraction of all steps
        "weight_decay": recipe.weight_decay,
        "eval_strategy": "epoch",
        "logging_strategy": "epoch",
        "load_best_model_at_end": recipe.patience is not None,
        "metric_for_best_model": "macro_f1",
    }


def initialise_model(
    model_class: type[AspectModel], request: TrainingRequest, *, train: Sequence[Instance]
) -> tuple[AspectModel, Inputs]:
    """Create a model before training, and its inputs.

    Only the originals in `train` are used. So models with equal seeds start from equal weights, whatever
    variants they are then trained on.

    Args:
        model_class: the class of the model.
        request: seed, starting point and progress callback.
        train: the training instances.
    """
    texts = list(dict.fromkeys(i.text for i in train if i.strategy is Strategy.ORIGINAL))
    set_seed(request.seed)
    return model_class.from_start(request.start, texts, progress=request.progress)


def _parameter_groups(model: AspectModel, recipe: Recipe) -> list[dict[str, Any]]:
    """The parameter groups for AdamW, one per combination of learning rate and weight decay.

    Each group is a dict with the keys ``params`` (a list of weights), ``lr`` and ``weight_decay``. Biases,
    normalisation weights and scalars have no weight decay.
    """
    groups: dict[tuple[float, float], list[Parameter]] = {}
    for name, weight in model.named_parameters():
        in_head = not name.startswith("encoder.")
        rate = (in_head and recipe.head_learning_rate) or recipe.learning_rate
        decay = recipe.weight_decay if weight.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(weight)
    return [
        {"params": weights, "lr": rate, "weight_decay": decay} for (rate, decay), weights in groups.items()
    ]


def run_trainer(
    folder: Path,
    callback: StepCallback,
    *,
    seed: int,
    settings: Mapping[str, Any],
    objective: Objective | None = None,
    **options: Any,
) -> Trainer:
    """Train with `transformers.Trainer`, with nothing printed, and return the trainer.

    Batches consist of instances of similar length.

    Args:
        folder: folder for checkpoints, written once per epoch. Training resumes from the last complete one.
        callback: called after each optimizer step.
        seed: random seed of dropout and batch order.
        settings: keyword arguments of `TrainingArguments`; they override those that this function sets.
        objective: the loss that is minimised. None: the model's own.
        options: keyword arguments of `Trainer`, such as the model and the data.
    """
    arguments = TrainingArguments(
        **{
            "output_dir": str(folder),
            "seed": seed,
            "train_sampling_strategy": "group_by_length",
            **trainer_options(),
            "save_strategy": "epoch",
            "save_total_limit": 1,
            "restore_callback_states_from_checkpoint": True,  # how long the patience has lasted
            "logging_strategy": "no",
            "remove_unused_columns": False,
            "dataloader_pin_memory": device() is Device.CUDA,
            "report_to": "none",
            **settings,
        }
    )
    options["args"] = arguments
    trainer = ObjectiveTrainer(objective, **options) if objective else PartsTrainer(**options)
    trainer.add_callback(callback)
    for printer in (ProgressCallback, PrinterCallback):  # they write to standard output
        trainer.remove_callback(printer)
    with checkpointed_layers(trainer.model):
        train_or_resume(trainer)
    trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)  # it predicts in fp32 from here
    return trainer


@dataclass(frozen=True)
class TrainingOutcome:
    """A trained model and how its training went.

    Args:
        model: the network, with the weights of the epoch that was kept.
        inputs: converts instances to the network's tensors.
        curve: the scores of each epoch.
        epoch: number (from 1) of the epoch whose weights were kept.
        precision: the precision of the training.
        settled: what was then chosen on dev, as `AspectModel.settle` returned it.
    """

    model: AspectModel
    inputs: Inputs
    curve: list[EpochScores]
    epoch: int
    precision: PrecisionChoice
    settled: Mapping[str, Any]


def predict_proba(
    model: AspectModel, inputs: Inputs, *, instances: Sequence[Instance]
) -> npt.NDArray[np.float64]:
    """Predict the probability of each polarity for n instances, in batches of similar length.

    Args:
        model: the network.
        inputs: converts the instances to the network's tensors.
        instances: the n instances.

    Returns:
        An array (n, 3), with columns in the order of `Polarity` and rows in the order of the instances.
    """
    features = inputs.encode(instances)
    order = sorted(range(len(features)), key=lambda row: len(features[row]["input_ids"]))
    probabilities = np.empty((len(features), len(Polarity)))
    model.eval()
    for first in range(0, len(order), PREDICTION_BATCH_SIZE):
        rows = order[first : first + PREDICTION_BATCH_SIZE]
        batch = inputs.collate([features[row] for row in rows])
        with torch.inference_mode():
            logits = model(**{name: tensor.to(model.device) for name, tensor in batch.items()}).logits
        probabilities[rows] = logits.double().softmax(-1).cpu().numpy()
    return probabilities


def _accuracy(model: AspectModel, inputs: Inputs, *, instances: Sequence[Instance]) -> float:
    """The accuracy of a model on instances, from 0 to 1."""
    best = predict_proba(model, inputs, instances=instances).argmax(1)
    labels = list(Polarity)
    return float(np.mean([labels[n] == i.polarity for n, i in zip(best, instances, strict=True)]))


def features_with_labels(inputs: Inputs, instances: Sequence[Instance]) -> list[TokenFeatures]:
    """Tokenise instances for training: one dict of features per instance, with its gold label.

    Each dict is what `Inputs.encode` returns, and has the key ``labels``: the position of the gold label in
    `Polarity`.
    """
    labels = list(Polarity)
    return [
        {**features, "labels": labels.index(instance.polarity)}
        for features, instance in zip(inputs.encode(instances), instances, strict=True)
    ]


def _dev_scores(prediction: EvalPrediction) -> dict[str, float]:
    """Scores on the dev split, as fractions from 0 to 1, keyed ``accuracy`` and ``macro_f1``."""
    labels = np.asarray(prediction.predictions).argmax(-1)
    return {
        "accuracy": float((labels == prediction.label_ids).mean()),
        "macro_f1": float(f1_score(prediction.label_ids, labels, average="macro")),
    }


class StepCallback(TrainerCallback):
    """Calls the progress callback after each optimizer step.

    Args:
        progress: called with the steps done, the number of all steps, and the remark. None: nothing is
            called.
        remark: status text that is shown beside the progress bar.
    """

    def __init__(self, progress: TrainingProgress | None, remark: str = "") -> None:
        self.progress = progress
        self.remark = remark

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.progress:
            self.progress(state.global_step, state.max_steps, self.remark)


class _DevScoreCallback(StepCallback):
    """Calls the progress callback after each optimizer step; the status text is the last scores on dev."""

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        accuracy, f1 = (100 * kwargs["metrics"][f"eval_{name}"] for name in ("accuracy", "macro_f1"))
        self.remark = f"dev {accuracy:.1f}, macro-F1 {f1:.1f}"
        logger.info("epoch %.0f: %s", state.epoch, self.remark)
