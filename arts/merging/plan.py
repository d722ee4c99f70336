"""The plan of a merge: which tensors are merged, copied from the base or left out.

Every tensor of every model is compared with the base before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from arts.data.errors import ArtsError
from arts.merging.checkpoints.blocks import SIZES
from arts.merging.checkpoints.checkpoint import Checkpoint, TensorEntry, TensorSpan
from arts.merging.comparison import Comparison
from arts.merging.policies import HeadPolicy, VocabPolicy
from arts.merging.vocabulary import RowIndices, has_row_per_token


class MergeError(ArtsError):
    """Raised when checkpoints cannot be merged in the way that the user asked for."""


@dataclass(frozen=True, eq=False)
class PlannedTensor:
    """A tensor of the merged model, and what is to be done to make it.

    Args:
        entry: the header entry of this tensor in the base's file.
        is_merged: whether the tensor is merged; if not, it is copied from the base.
        missing_rows: for each model, the sorted indices of the rows in which it is not merged: those of the
            tokens that it lacks or, with `VocabPolicy.INTERSECT`, that any model lacks. Empty when all models
            have all tokens, or the tensor has no row per token.
    """

    entry: TensorEntry
    is_merged: bool
    missing_rows: tuple[RowIndices, ...] = ()

    @property
    def name(self) -> str:
        """Name of the tensor."""
        return self.entry.name

    def spans(self, size: int) -> Iterator[TensorSpan]:
        """Split the tensor into spans of `size` consecutive elements; the last one may be shorter."""
        for first in range(0, self.entry.count, size):
            yield TensorSpan(self.name, first, min(size, self.entry.count - first))


@dataclass(frozen=True)
class MergePlan:
    """The checkpoints of a merge, and what is to be done with each tensor.

    Args:
        base: the checkpoint that the models were fine-tuned from.
        models: the fine-tuned models.
        tensors: the tensors of the merged model, keyed by name.
        remarks: sentences on what is unusual about the models, for the report.
        headless: whether the merged model is written without a classifier head.
    """

    base: Checkpoint
    models: tuple[Checkpoint, ...]
    tensors: dict[str, PlannedTensor]
    remarks: tuple[str, ...] = ()
    headless: bool = False

    @property
    def merged_tensors(self) -> list[PlannedTensor]:
        """The tensors that are merged; those that are copied from the base are left out."""
        return [tensor for tensor in self.tensors.values() if tensor.is_merged]

    @property
    def parameters(self) -> int:
        """Number of elements in all tensors of the merged model."""
        return sum(tensor.entry.count for tensor in self.tensors.values())

    @property
    def bytes(self) -> int:
        """Number of bytes that are read from base and models when all merged tensors are read once."""
        entries = [model.tensors.get(tensor.name) for tensor in self.merged_tensors for model in self.models]
        own = sum(tensor.entry.nbytes for tensor in self.merged_tensors)
        return own + sum(entry.nbytes for entry in entries if entry)


def make_plan(
    base: Checkpoint,
    models: Sequence[Checkpoint],
    *,
    head: HeadPolicy = HeadPolicy.ERROR,
    vocab: VocabPolicy = VocabPolicy.ERROR,
) -> MergePlan:
    """Compare the models with the base, and decide for each tensor whether it is merged, copied or left out.

    Args:
        base: the checkpoint that the models were fine-tuned from.
        models: the fine-tuned models.
        head: what to do when a model's classifier head differs from the base's.
        vocab: what to do when a model's vocabulary differs from the base's.

    Raises:
        MergeError: when the models cannot be merged; the message lists all reasons.
    """
    comparison = Comparison(base, head, vocab)
    comparison.check_base()
    comparison.find_tied_embeddings(models)
    for model in models:
        comparison.add(model)
    rows = [comparison.missing_rows(model) for model in models]
    if comparison.problems:
        raise MergeError("\n  ".join(["these cannot be merged:", *comparison.problems]))
    if vocab is VocabPolicy.INTERSECT:
        rows = [np.unique(np.concatenate(rows))] * len(models)
    uneven = any(len(model_rows) for model_rows in rows)
    tensors = {}
    for name in sorted(base.tensors.keys() - comparison.dropped):
        entry = base.tensors[name]
        is_merged = name not in comparison.copied and entry.dtype in SIZES
        missing = tuple(rows) if uneven and has_row_per_token(entry, base) else ()
        tensors[name] = PlannedTensor(entry, is_merged, missing)
    return MergePlan(base, tuple(models), tensors, tuple(comparison.remarks), comparison.is_headless)
