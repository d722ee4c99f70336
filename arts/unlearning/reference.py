"""The reference model's outputs, which are calculated before training and stored on disk.

The reference model is the model before unlearning, or another one that the user names. As its outputs are
stored, it need not be in memory beside the model that is trained.
"""

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
from arts.data.support.seal import is_intact, seal
from arts.models.base import TokenFeatures
from arts.unlearning.objectives import IGNORED_LABEL, PredictionRows, find_objective
from arts.unlearning.schedule import BatchSchedule, UnlearningTexts
from arts.unlearning.settings import UnlearningSettings
from arts.unlearning.tokenization import Collate

INFERENCE_BATCH_SIZE = 8  # number of texts
_FILES = {False: "retained.npy", True: "forgotten.npy"}  # True: outputs on the forget set


def count_prediction_rows(text: TokenFeatures) -> int:
    """Number of predictions for a text: 1 by a classifier, one per token of the answer by a causal model."""
    labels = text["labels"]
    return 1 if isinstance(labels, int) else sum(label != IGNORED_LABEL for label in labels[1:])


def predict_rows(model: Any, batch: dict[str, Tensor]) -> PredictionRows:
    """Run a model on a batch that has labels, without gradients, and return its predictions as rows."""
    batch = {name: tensor.to(model.device) for name, tensor in batch.items()}
    labels = batch.pop("labels")
    model.eval()
    with torch.inference_mode():
        return PredictionRows.from_batch(model(**batch).logits, labels)


@dataclass
class ReferenceOutputs:
    """Log-probabilities by the reference model for texts of one set, read from disk when they are needed.

    Args:
        values: a memory map, (rows, classes) in fp16 for all classes, or (rows,) in fp32 for the targets
            alone.
        starts: the first row of each stored text, keyed by the text's index in the set.
        texts: all texts of the set.
    """

    values: Any
    starts: dict[int, int]
    texts: Sequence[TokenFeatures]

    def rows_of(self, indices: Sequence[int]) -> Tensor:
        """Read the log-probabilities for some texts.

        Args:
            indices: indices of the texts in the set.

        Returns:
            The rows of the texts, text by text: (rows, classes) or, for the targets alone, (rows,). Where
            there are all classes, the probabilities of a row are made to sum to 1, so that a KL divergence is
            not negative.
        """
        starts = [(self.starts[index], count_prediction_rows(self.texts[index])) for index in indices]
        rows = torch.from_numpy(np.concatenate([self.values[first : first + n] for first, n in starts]))
        return rows.float().log_softmax(1) if rows.ndim == 2 else rows


def save_reference_outputs(
    folder: Path, model: Any, *, texts: UnlearningTexts, settings: UnlearningSettings
) -> None:
    """Store the reference model's outputs on the texts that are trained on.

    Those on the retain set are stored if the weight of bias mitigation is not 0, those on the forget set if
    the objective is NPO.

    Args:
        folder: the folder to write to.
        model: the reference model.
        texts: the forget set and the retain set.
        settings: the settings of training.

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
    """Open the reference model's outputs that `save_reference_outputs` stored.

    Args:
        folder: the folder with the stored outputs.
        texts: the forget set and the retain set.
        schedule: the batches of the run, which tell the texts that the stored outputs belong to.

    Returns:
        The outputs on the forget set under the key True, those on the retain set under False. A key is
        missing when the folder has no file of outputs on its set: True unless the objective is NPO, False
        when the weight of bias mitigation is 0.
    """
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
    """Store a model's outputs on some texts of a set in a file, unless the file exists and is intact.

    Args:
        path: the ``.npy`` file to write; it appears complete or not at all.
        model: the reference model.
        texts: all texts of the set.
        indices: sorted indices of the texts to predict.
        collate: function that makes a padded batch of texts.
        classes: number of classes.
        targets_only: whether only the log-probabilities of the targets are stored, not those of all classes.

    Raises:
        ArtsError: when the disk has too little room.
    """
    mark = path.with_suffix(".checksum")
    if path.exists() and is_intact(mark):
        return
    rows = sum(count_prediction_rows(texts[index]) for index in indices)
    shape, dtype = ((rows,), np.float32) if targets_only else ((rows, classes), np.float16)
    needed = int(np.prod(shape)) * np.dtype(dtype).itemsize
    path.parent.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(path.parent).free) < needed:
        raise ArtsError(
            f"{path.parent}: the reference model's outputs on {len(indices)} texts take {needed / 1e9:.1f} "
            f"GB, and {free / 1e9:.1f} GB are free; retain fewer texts, or take fewer steps"
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
    seal(mark, [path])


def read_reference(path: Path, texts: Sequence[TokenFeatures], *, indices: Sequence[int]) -> ReferenceOutputs:
    """Open a file of outputs that `write_reference` stored.

    Args:
        path: the ``.npy`` file.
        texts: all texts of the set.
        indices: sorted indices of the texts that were predicted.
    """
    starts, row = {}, 0
    for index in indices:
        starts[index] = row
        row += count_prediction_rows(texts[index])
    return ReferenceOutputs(np.load(path, mmap_mode="r"), starts, texts)


@torch.inference_mode()
def _log_probabilities(model: Any, batch: dict[str, Tensor], *, targets_only: bool) -> Tensor:
    """The log-probabilities that a model gives on a batch.

    Returns:
        The log-probabilities of all classes, (rows, classes) in fp16; with `targets_only`, those of the
        targets, (rows,) in fp32.
    """
    rows = predict_rows(model, batch)
    log_probabilities = rows.logits.float().log_softmax(1)
    if targets_only:
        return log_probabilities.gather(1, rows.targets.unsqueeze(1)).squeeze(1)
    return log_probabilities.half()
