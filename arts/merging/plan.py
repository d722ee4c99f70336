"""The plan of a merge: which tensors are merged, copied from the base or left out.

Every tensor of every model is compared with the base before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from arts.data.errors import ArtsError
from arts.merging.checkpoints.blocks import SIZES
from arts.merging.checkpoints.checkpoint import Checkpoint, TensorEntry, TensorSpan
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.comparison import Comparison
from arts.merging.heads import Heads, listing
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
        from_base: names of tensors that are as in the base, as a model lacks them or has them otherwise.
        config: the config.json of the merged model, but for the types of its weights.
    """

    base: Checkpoint
    models: tuple[Checkpoint, ...]
    tensors: dict[str, PlannedTensor]
    remarks: tuple[str, ...] = ()
    from_base: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def merged_tensors(self) -> list[PlannedTensor]:
        """The tensors that are merged; those that are copied from the base are left out."""
        return [tensor for tensor in self.tensors.values() if tensor.is_merged]

    def unmerged(self, model: Checkpoint) -> list[str]:
        """The names of a model's tensors that are not merged, such as a head that differs, in order.

        Args:
            model: one of the models.
        """
        merged = {tensor.name for tensor in self.merged_tensors}
        names = model.target_shapes if isinstance(model, LoraAdapter) else model.tensors
        return sorted(names.keys() - merged)

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
    comparison = Comparison(base, Heads(base, head), vocab)
    comparison.check_base()
    comparison.settle_tied_embeddings(models)
    for model in models:
        comparison.add(model)
    comparison.settle_heads(models[0])
    rows = [comparison.missing_rows(model) for model in models]
    if comparison.problems:
        raise MergeError("\n  ".join(["these cannot be merged:", *comparison.problems]))
    if vocab is VocabPolicy.INTERSECT:
        rows = [np.unique(np.concatenate(rows))] * len(models)
    uneven = any(len(model_rows) for model_rows in rows)
    tensors = {}
    taken = comparison.heads.taken
    for name in sorted((base.tensors.keys() | taken.keys()) - comparison.dropped):
        entry = taken.get(name) or base.tensors[name]
        is_merged = name not in comparison.copied | taken.keys() and entry.dtype in SIZES
        missing = tuple(rows) if uneven and is_merged and has_row_per_token(entry, base) else ()
        tensors[name] = PlannedTensor(entry, is_merged, missing)
    from_base = tuple(sorted(comparison.copied - comparison.dropped))
    remarks = [*_renaming_remarks(models), *comparison.remarks]
    if from_base:
        remarks.append(f"as they are in the base, for not all models have them alike: {listing(from_base)}")
    config = comparison.heads.config(models[0])
    if comparison.untied:
        config = config | {"tie_word_embeddings": False}
    return MergePlan(base, tuple(models), tensors, tuple(remarks), from_base, config)


def _renaming_remarks(models: Sequence[Checkpoint]) -> Iterator[str]:
    """A remark on each model some of whose tensors have other names in the base."""
    for model in models:
        if model.renamed:
            own, name = next(iter(model.renamed.items()))
            yield (
                f"{model.name}: {len(model.renamed):,} of its tensors have other names in the base, such as "
                f"{own}, there {name}; they are merged with these"
            )
