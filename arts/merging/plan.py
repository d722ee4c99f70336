"""What is merged and what is not: every tensor of every model is accounted for before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from arts.data.errors import ArtsError
from arts.merging.checkpoints.blocks import SIZES
from arts.merging.checkpoints.checkpoint import Checkpoint, TensorEntry, TensorSpan
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.policies import HeadPolicy, VocabPolicy
from arts.merging.vocabulary import RowIndices, has_row_per_token, missing_tokens

_HEAD = re.compile(r"(.*\.)?(classifier|score|classification_head|qa_outputs|class_labels_classifier)\..+")
_OUTPUT_EMBEDDING = re.compile(r"(.*\.)?(lm_head|embed_out)\.weight|cls\.predictions\.decoder\.weight")
_EXAMPLES = 3  # in a message


class MergeError(ArtsError):
    """Some checkpoints cannot be merged in the way that the user wants."""


@dataclass(frozen=True, eq=False)
class PlannedTensor:
    """A tensor of the output.

    Args:
        entry: the tensor in the base.
        is_merged: whether it is merged; if not, it is copied from the base.
        missing_rows: for each model, the rows of tokens that it lacks; empty when every model has all rows.
    """

    entry: TensorEntry
    is_merged: bool
    missing_rows: tuple[RowIndices, ...] = ()

    @property
    def name(self) -> str:
        """Name of the tensor."""
        return self.entry.name

    def spans(self, size: int) -> Iterator[TensorSpan]:
        """Split the tensor into spans of `size` elements; the last may be shorter."""
        for first in range(0, self.entry.count, size):
            yield TensorSpan(self.name, first, min(size, self.entry.count - first))


@dataclass(frozen=True)
class MergePlan:
    """What a merge will do, settled before it begins.

    Args:
        base: theta_0.
        models: theta_1, ..
        tensors: the tensors of the output, by name.
        remarks: what is unusual about the models, for the report.
        headless: whether a classifier head is left out.
    """

    base: Checkpoint
    models: tuple[Checkpoint, ...]
    tensors: dict[str, PlannedTensor]
    remarks: tuple[str, ...] = ()
    headless: bool = False

    @property
    def merged_tensors(self) -> list[PlannedTensor]:
        """The tensors that are merged, not copied."""
        return [tensor for tensor in self.tensors.values() if tensor.is_merged]

    @property
    def parameters(self) -> int:
        """Number of elements in the output."""
        return sum(tensor.entry.count for tensor in self.tensors.values())

    @property
    def base_bytes(self) -> int:
        """Number of bytes of the base that a pass reads."""
        return sum(tensor.entry.nbytes for tensor in self.merged_tensors)

    @property
    def bytes(self) -> int:
        """Number of bytes of the base and all models that a pass reads."""
        entries = [model.tensors.get(tensor.name) for tensor in self.merged_tensors for model in self.models]
        return self.base_bytes + sum(entry.nbytes for entry in entries if entry)


def make_plan(
    base: Checkpoint,
    models: Sequence[Checkpoint],
    *,
    head: HeadPolicy = HeadPolicy.ERROR,
    vocab: VocabPolicy = VocabPolicy.ERROR,
) -> MergePlan:
    """Compare the models with the base, tensor by tensor.

    Args:
        base: theta_0.
        models: theta_1, ..
        head: what to do with classifier heads that differ.
        vocab: what to do with vocabularies that differ.

    Raises:
        MergeError: listing everything that keeps them from being merged.
    """
    comparison = _Comparison(base, head, vocab)
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
    headless = any(_HEAD.fullmatch(name) for name in comparison.dropped)
    return MergePlan(base, tuple(models), tensors, tuple(comparison.remarks), headless)


@dataclass
class _Comparison:
    """Compares models with the base and collects what is to be done about their differences.

    Args:
        base: theta_0.
        head: what to do with classifier heads that differ.
        vocab: what to do with vocabularies that differ.
        problems: what keeps the models from being merged.
        remarks: what is unusual about the models, for the report.
        copied: names of tensors to copy from the base.
        dropped: names of tensors to leave out.
        tied: names of output embeddings that are tied to the input embeddings and merged with them.
        short: names of tensors that have rows for another number of tokens in some model.
    """

    base: Checkpoint
    head: HeadPolicy
    vocab: VocabPolicy
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    copied: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    tied: set[str] = field(default_factory=set)
    short: set[str] = field(default_factory=set)

    def find_tied_embeddings(self, models: Sequence[Checkpoint]) -> None:
        """Find output embeddings that only some models store, because they are the input embeddings."""
        full = [model for model in (self.base, *models) if not isinstance(model, LoraAdapter)]
        stored = {name for model in full for name in model.tensors if _OUTPUT_EMBEDDING.fullmatch(name)}
        self.tied = {name for name in stored if any(name not in model.tensors for model in full)}
        for model in full:
            if self.tied and model.config.get("tie_word_embeddings") is False:
                self.problems.append(
                    f"{model.name}: its output embeddings ({min(self.tied)}) are its own, and others tie "
                    "them to the input embeddings"
                )
        if self.tied and not self.problems:
            names = ", ".join(sorted(self.tied))
            self.remarks.append(f"{names}: tied to the input embeddings, and merged with them")
            self.dropped |= self.tied

    def add(self, model: Checkpoint) -> None:
        """Compare a model with the base: architecture, names, shapes, classifier head and types."""
        if isinstance(model, LoraAdapter):
            shapes = model.target_shapes
            lacking = set[str]()
        else:
            base_type, model_type = (c.config.get("model_type") for c in (self.base, model))
            if base_type != model_type:
                self.problems.append(
                    f"{model.name}: a {model_type} model, and the base is a {base_type} model"
                )
                return
            shapes = {name: entry.shape for name, entry in model.tensors.items()}
            lacking = self.base.tensors.keys() - shapes.keys() - self.tied
        extra = shapes.keys() - self.base.tensors.keys() - self.tied
        reshaped = {
            name
            for name in shapes.keys() & self.base.tensors.keys() - self.tied
            if shapes[name] != self.base.tensors[name].shape
        }
        heads = {name for name in lacking | extra | reshaped if _HEAD.fullmatch(name)}
        if not isinstance(model, LoraAdapter) and _label_names(self.base) != _label_names(model):
            heads |= {name for name in self.base.tensors if _HEAD.fullmatch(name)}
        if heads:
            self._settle_head(model, heads)
        vocabulary = self._compare_vocabulary_sizes(model, reshaped - heads)
        self._report_names(f"{model.name}: lacks", lacking - heads)
        self._report_names(f"{model.name}: the base has no", extra - heads)
        for name in sorted(reshaped - heads - vocabulary)[:_EXAMPLES]:
            self.problems.append(
                f"{model.name}: {name} is {_shape_text(shapes[name])}, and in the base "
                f"{_shape_text(self.base.tensors[name].shape)}"
            )
        self._compare_types(model)

    def missing_rows(self, model: Checkpoint) -> RowIndices:
        """The rows of the base's embeddings that stand for tokens which a model lacks."""
        short = [name for name in self.short if name in model.tensors]
        missing = missing_tokens(self.base, model, short=short)
        if missing.renamed and self.vocab is VocabPolicy.ERROR:
            self.problems.append(
                f"{model.name}: {missing.renamed:,} tokens have other numbers than in the base "
                f"({missing.examples}); --vocab base or intersect leaves them as they are in the base"
            )
        return missing.rows

    def _settle_head(self, model: Checkpoint, heads: set[str]) -> None:
        """Keep, drop or refuse a classifier head that differs, as the policy says."""
        if self.head is HeadPolicy.ERROR:
            self.problems.append(
                f"{model.name}: another classifier head ({min(heads)}; labels {_label_text(model)}, "
                f"the base's {_label_text(self.base)}); --head keep-base or drop settles it"
            )
        elif self.head is HeadPolicy.KEEP_BASE:
            self.copied |= heads
            self.remarks.append(f"{model.name}: its classifier head differs; the base's is kept")
        else:
            self.dropped |= heads
            self.remarks.append(f"{model.name}: its classifier head differs; it is left out")

    def _compare_vocabulary_sizes(self, model: Checkpoint, names: set[str]) -> set[str]:
        """The tensors, of those with other shapes, that only have rows for another number of tokens."""
        entries = {name: model.tensors[name] for name in names if name in model.tensors}
        short = {
            name
            for name, entry in entries.items()
            if has_row_per_token(self.base.tensors[name], self.base)
            and self.base.tensors[name].shape[1:] == entry.shape[1:]
        }
        self.short |= short
        if short and self.vocab is VocabPolicy.ERROR:
            name = min(short)
            self.problems.append(
                f"{model.name}: {entries[name].shape[0]:,} rows in {name}, and the base has "
                f"{self.base.tensors[name].shape[0]:,}; --vocab base or intersect merges the tokens they "
                "share"
            )
        return short

    def _compare_types(self, model: Checkpoint) -> None:
        """Refuse floating-point types that cannot be merged, and integers that differ."""
        for name in self.base.tensors.keys() & model.tensors.keys():
            ours, theirs = self.base.tensors[name], model.tensors[name]
            unmergeable = [entry.dtype for entry in (ours, theirs) if entry.dtype not in SIZES]
            if unmergeable and unmergeable[0].startswith("F"):
                self.problems.append(f"{model.name}: {name} is {unmergeable[0]}; expected {', '.join(SIZES)}")
            elif unmergeable and ours.shape == theirs.shape and not self._is_equal(model, name):
                self.problems.append(
                    f"{model.name}: {name} ({unmergeable[0]}) differs from the base's and cannot be averaged"
                )

    def _is_equal(self, model: Checkpoint, name: str) -> bool:
        """Whether a tensor of a model is stored with the same bytes as in the base."""
        entries = self.base.tensors[name], model.tensors[name]
        if entries[0].dtype != entries[1].dtype:
            return False
        blocks = [np.empty(entry.nbytes, np.uint8) for entry in entries]
        for checkpoint, entry, block in zip((self.base, model), entries, blocks, strict=True):
            checkpoint.read_raw(entry, block)
        return bool((blocks[0] == blocks[1]).all())

    def _report_names(self, problem: str, names: set[str]) -> None:
        """Add a problem with the first of the names."""
        if names:
            more = f" and {len(names) - _EXAMPLES} more" if len(names) > _EXAMPLES else ""
            self.problems.append(f"{problem} {', '.join(sorted(names)[:_EXAMPLES])}{more}")


def _label_names(model: Checkpoint) -> list[str]:
    """The names of a classifier's labels, in order."""
    names = model.config.get("id2label") or {}
    return [str(names[key]) for key in sorted(names, key=int)]


def _label_text(model: Checkpoint) -> str:
    return "/".join(_label_names(model)) or "unnamed"


def _shape_text(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
