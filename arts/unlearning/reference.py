"""What the original model says, calculated once and kept on disk."""

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
from arts.models.base import Features
from arts.unlearning.objectives import IGNORED, Rows
from arts.unlearning.texts import Collate

BATCH = 8  # texts at a time


def count_rows(text: Features) -> int:
    """How many rows a text gives: one for an instance, one for each piece of an answer."""
    labels = text["labels"]
    return 1 if isinstance(labels, int) else sum(label != IGNORED for label in labels[1:])


@dataclass
class Reference:
    """Log-probabilities by the original model, read as they are needed.

    Args:
        values: (rows, classes) fp16, or (rows) fp32 for those of the targets alone; not in memory.
        starts: the first row of each text that is there.
        texts: that they are of.
    """

    values: Any
    starts: dict[int, int]
    texts: Sequence[Features]

    def of(self, chosen: Sequence[int]) -> Tensor:
        """The rows of texts, in their order; (rows, classes) are normalised, so a KL to them is 0 or more."""
        spans = [(self.starts[text], count_rows(self.texts[text])) for text in chosen]
        rows = torch.from_numpy(np.concatenate([self.values[start : start + n] for start, n in spans]))
        return rows.float().log_softmax(1) if rows.ndim == 2 else rows


def write_reference(
    path: Path,
    model: Any,
    texts: Sequence[Features],
    chosen: Sequence[int],
    collate: Collate,
    *,
    classes: int,
    targets_only: bool = False,
) -> None:
    """Ask a model about texts, and keep what it says, unless that was done before.

    Args:
        path: of the file, ``.npy``; it is there whole or not at all.
        model: the original.
        texts: of which some are asked about.
        chosen: their places in `texts`.
        collate: makes a batch.
        classes: how many there are.
        targets_only: whether to keep the log-probabilities of the targets, not those of every class.

    Raises:
        ArtsError: when there is no room on the disk.
    """
    if path.exists():
        return
    rows = sum(count_rows(texts[text]) for text in chosen)
    shape, kind = ((rows,), np.float32) if targets_only else ((rows, classes), np.float16)
    needed = int(np.prod(shape)) * np.dtype(kind).itemsize
    path.parent.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(path.parent).free) < needed:
        raise ArtsError(
            f"{path.parent}: the original's outputs on {len(chosen)} texts take {needed / 1e9:.1f} GB, and "
            f"{free / 1e9:.1f} GB are free; retain fewer texts, or take fewer steps"
        )
    with atomic_file(path) as partial:
        values = np.lib.format.open_memmap(partial, "w+", kind, shape)
        row = 0
        for first in range(0, len(chosen), BATCH):
            said = _said(
                model, collate([texts[text] for text in chosen[first : first + BATCH]]), targets_only
            )
            values[row : row + len(said)] = said.cpu().numpy()
            row += len(said)
        values.flush()
        del values


def read_reference(path: Path, texts: Sequence[Features], chosen: Sequence[int]) -> Reference:
    """What `write_reference` wrote of the same texts."""
    starts, row = {}, 0
    for text in chosen:
        starts[text] = row
        row += count_rows(texts[text])
    return Reference(np.load(path, mmap_mode="r"), starts, texts)


@torch.inference_mode()
def _said(model: Any, batch: dict[str, Tensor], targets_only: bool) -> Tensor:
    batch = {name: tensor.to(model.device) for name, tensor in batch.items()}
    labels = batch.pop("labels")
    model.eval()
    rows = Rows.of(model(**batch).logits, labels)
    said = rows.logits.float().log_softmax(1)
    if targets_only:
        return said.gather(1, rows.targets.unsqueeze(1)).squeeze(1)
    return said.half()
