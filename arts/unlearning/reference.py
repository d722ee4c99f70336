"""The original model's outputs, calculated once and stored on disk, so that one model is in memory."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from arts.data.errors import ArtsError
from arts.data.support.atomic import atomic_file
from arts.models.base import TokenFeatures
from arts.unlearning.objectives import IGNORED_LABEL, PredictionRows, find_objective
from arts.unlearning.schedule import BatchSchedule, UnlearningTexts
from arts.unlearning.settings import UnlearningSettings
from arts.unlearning.tokenization import Collate

INFERENCE_BATCH_SIZE = 8  # texts
_FILES = {False: "retained.npy", True: "forgotten.npy"}  # by whether it is of the forget set


def count_prediction_rows(text: TokenFeatures) -> int:
    """Number of predictions for a text: one for an instance, or one for each token of an answer."""
    labels = text["labels"]
    return 1 if isinstance(labels, int) else sum(label != IGNORED_LABEL for label in labels[1:])


def predict_rows(model: Any, batch: dict[str, Tensor]) -> PredictionRows:
    """Run a model, in inference mode, on a batch with labels."""
    batch = {name: tensor.to(model.device) for name, tensor in batch.items()}
    labels = batch.pop("labels")
    model.eval()
    with torch.inference_mode():
        return PredictionRows.from_batch(model(**batch).logits, labels)


@dataclass
class ReferenceOutputs:
    """Log-probabilities by the original model, read from disk as they are needed.

    Args:
        values: (rows, classes) fp16 of all classes, or (rows) fp32 of the targets; a memory map.
        starts: the first row of each text, by the text's index.
        texts: all texts of the set.
    """

    values: Any
    starts: dict[int, int]
    texts: Sequence[TokenFeatures]

    def rows_of(self, indices: Sequence[int]) -> Tensor:
        """The rows of texts, in their order; those of all classes sum to 1, so that a KL is 0 or more."""
        starts = [(self.starts[index], count_prediction_rows(self.texts[index])) for index in indices]
        rows = torch.from_numpy(np.concatenate([self.values[first : first + n] for first, n in starts]))
        return rows.float().log_softmax(1) if rows.ndim == 2 else rows


def save_reference_outputs(
    folder: Path, model: Any, *, texts: UnlearningTexts, settings: UnlearningSettings
) -> None:
    """Store the original's outputs on every text of the schedule for which a loss needs them.

    Args:
        folder: the folder to write to.
        model: the original.
        texts: the forget set and the retain set.
        settings: the settings of the run.

    Raises:
        ArtsError: when the disk has too little room.
    """
    schedule = BatchSchedule.draw(texts, settings)
    is_needed = {
        False: bool(settings.loss_weights.mitigation),
        True: find_objective(settings.objective).needs_reference,
    }
    for forget, name in _FILES.items():
        if is_needed[forget]:
            write_reference(
                folder / name,
                model,
                texts=texts.texts(forget=forget),
                indices=schedule.trained_texts(forget=forget),
                collate=texts.collate,
                classes=texts.classes,
                targets_only=forget,
            )


def load_reference_outputs(
    folder: Path, texts: UnlearningTexts, *, schedule: BatchSchedule
) -> dict[bool, ReferenceOutputs]:
    """Open what `save_reference_outputs` stored, by whether it is of the forget set."""
    return {
        forget: read_reference(
            folder / name, texts.texts(forget=forget), indices=schedule.trained_texts(forget=forget)
        )
        for forget, name in _FILES.items()
        if (folder / name).exists()
    }


def write_reference(
    path: Path,
    model: Any,
    *,
    texts: Sequence[TokenFeatures],
    indices: Sequence[int],
    collate: Collate,
    classes: int,
    targets_only: bool = False,
) -> None:
    """Store a model's outputs on some texts, unless the file is there already.

    Args:
        path: the file to write, ``.npy``; it is there whole or not at all.
        model: the original.
        texts: all texts of the set.
        indices: which of them to predict, sorted.
        collate: makes a padded batch of texts.
        classes: number of classes.
        targets_only: whether to store the log-probabilities of the targets, not those of every class.

    Raises:
        ArtsError: when the disk has too little room.
    """
    if path.exists():
        return
    rows = sum(count_prediction_rows(texts[index]) for index in indices)
    shape, dtype = ((rows,), np.float32) if targets_only else ((rows, classes), np.float16)
    needed = int(np.prod(shape)) * np.dtype(dtype).itemsize
    path.parent.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(path.parent).free) < needed:
        raise ArtsError(
            f"{path.parent}: the original's outputs on {len(indices)} texts take {needed / 1e9:.1f} GB, and "
            f"{free / 1e9:.1f} GB are free; retain fewer texts, or take fewer steps"
        )
    with atomic_file(path) as partial:
        values = np.lib.format.open_memmap(partial, "w+", dtype, shape)
        row = 0
        for first in range(0, len(indices), INFERENCE_BATCH_SIZE):
            batch = collate([texts[index] for index in indices[first : first + INFERENCE_BATCH_SIZE]])
            outputs = _log_probabilities(model, batch, targets_only=targets_only)
            values[row : row + len(outputs)] = outputs.cpu().numpy()
            row += len(outputs)
        values.flush()
        del values


def read_reference(path: Path, texts: Sequence[TokenFeatures], *, indices: Sequence[int]) -> ReferenceOutputs:
    """Open what `write_reference` stored for the same texts."""
    starts, row = {}, 0
    for index in indices:
        starts[index] = row
        row += count_prediction_rows(texts[index])
    return ReferenceOutputs(np.load(path, mmap_mode="r"), starts, texts)


@torch.inference_mode()
def _log_probabilities(model: Any, batch: dict[str, Tensor], *, targets_only: bool) -> Tensor:
    """(rows) log-probabilities of the targets, fp32, or (rows, classes) those of every class, fp16."""
    rows = predict_rows(model, batch)
    log_probabilities = rows.logits.float().log_softmax(1)
    if targets_only:
        return log_probabilities.gather(1, rows.targets.unsqueeze(1)).squeeze(1)
    return log_probabilities.half()
