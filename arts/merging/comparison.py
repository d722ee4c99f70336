"""Comparing models with the base: what differs, and whether they can be merged all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from arts.merging.checkpoints.blocks import SIZES
from arts.merging.checkpoints.checkpoint import ADAPTER_CONFIG, Checkpoint
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.checkpoints.quantization import quantization_method
from arts.merging.policies import HeadPolicy, VocabPolicy
from arts.merging.vocabulary import RowIndices, has_row_per_token, missing_tokens

_HEAD = re.compile(r"(.*\.)?(classifier|score|classification_head|qa_outputs|class_labels_classifier)\..+")
_OUTPUT_EMBEDDING = re.compile(r"(.*\.)?(lm_head|embed_out)\.weight|cls\.predictions\.decoder\.weight")
_EXAMPLES = 3  # number of tensors that a message names


@dataclass
class Comparison:
    """Compares models with the base, and collects what is to be done about their differences.

    Args:
        base: the checkpoint that the models were fine-tuned from.
        head: what to do when a model's classifier head differs from the base's.
        vocab: what to do when a model's vocabulary differs from the base's.
        problems: reasons why the models cannot be merged, for the error message.
        remarks: sentences on what is unusual about the models, for the report.
        copied: names of tensors to copy from the base.
        dropped: names of tensors to leave out.
        tied: names of output embeddings that are left out, because they are tied to the input embeddings.
        short: names of tensors with one row per token whose number of rows in some model is not the base's.
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

    @property
    def is_headless(self) -> bool:
        """Whether the classifier head is left out."""
        return any(_HEAD.fullmatch(name) for name in self.dropped)

    def check_base(self) -> None:
        """Add a problem if the base is quantised."""
        self._check_quantization(self.base)

    def find_tied_embeddings(self, models: Sequence[Checkpoint]) -> None:
        """Set `tied`: output embeddings that a checkpoint does not store, as it uses the input embeddings."""
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
        """Compare a model's tensors, classifier head and types with the base's, and record differences."""
        if isinstance(model, LoraAdapter):
            shapes = model.target_shapes
            lacking = set[str]()
            self._report_names(
                f"{model.name}: changes output embeddings that are tied to the input embeddings:",
                shapes.keys() & self.tied,
            )
        else:
            self._check_quantization(model)
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
        if isinstance(model, LoraAdapter):
            self._remark_on_adapter(model, shapes)
        self._compare_types(model, shapes.keys() & self.base.tensors.keys() - self.copied - self.dropped)

    def missing_rows(self, model: Checkpoint) -> RowIndices:
        """The sorted indices of the base's tokens that a model lacks, or has under another index."""
        short = [name for name in self.short if name in model.tensors]
        missing = missing_tokens(self.base, model, short=short)
        if missing.renamed and self.vocab is VocabPolicy.ERROR:
            self.problems.append(
                f"{model.name}: {missing.renamed:,} tokens have other numbers than in the base "
                f"({missing.examples}); --vocab base or intersect leaves them as they are in the base"
            )
        return missing.rows

    def _settle_head(self, model: Checkpoint, heads: set[str]) -> None:
        """Refuse the merge, keep the base's head or drop it, as `HeadPolicy` says, when a model's differs.

        Args:
            heads: names of the tensors of the classifier head.
        """
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
        """Return those of the named tensors that differ from the base's only in the number of tokens."""
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

    def _remark_on_adapter(self, model: LoraAdapter, names: Iterable[str]) -> None:
        """Add remarks if an adapter was trained on another base, or changes tied embeddings.

        Args:
            model: the adapter.
            names: names of the tensors that it changes.
        """
        trained_on = model.settings.base_model_name_or_path
        if trained_on and Path(trained_on).name != Path(self.base.name.partition("@")[0]).name:
            self.remarks.append(
                f"{model.name}: was trained on {trained_on}, by its {ADAPTER_CONFIG}, and the base is "
                f"{self.base.name}"
            )
        embeddings = [
            name
            for name in names
            if name in self.base.tensors and has_row_per_token(self.base.tensors[name], self.base)
        ]
        if embeddings and self.base.config.get("tie_word_embeddings"):
            self.remarks.append(
                f"{model.name}: changes {min(embeddings)}, which is the output embeddings, too; both change"
            )

    def _check_quantization(self, model: Checkpoint) -> None:
        """Add a problem if a checkpoint holds codes of a quantisation instead of weights."""
        method = quantization_method(model.config)
        if method:
            self.problems.append(
                f"{model.name}: is quantised ({method}, by its config.json), and codes cannot be merged; "
                "dequantise it first, for example with dequantize() of transformers, and save it in bfloat16"
            )

    def _compare_types(self, model: Checkpoint, names: Iterable[str]) -> None:
        """Add problems for tensors in types that cannot be merged.

        A tensor is no problem when a model has the base's type and values: it is copied.

        Args:
            model: the model.
            names: names of the tensors that it changes.
        """
        wrong: dict[str, set[str]] = {}
        for name in names:
            entries = [c.tensors[name] for c in (self.base, model) if name in c.tensors]
            types = [entry.dtype for entry in entries if entry.dtype not in SIZES]
            if not types or entries[0].shape != entries[-1].shape:
                continue
            if not isinstance(model, LoraAdapter) and self._is_equal(model, name):
                continue
            if isinstance(model, LoraAdapter) or types[0].startswith("F"):
                wrong.setdefault(types[0], set()).add(name)
            else:
                self.problems.append(
                    f"{model.name}: {name} ({types[0]}) differs from the base's and cannot be averaged"
                )
        for dtype, tensors in sorted(wrong.items()):
            self._report_names(
                f"{model.name}: is to change tensors that are stored as {dtype}, which cannot be merged; "
                f"convert them to {', '.join(SIZES)} first, for example with from_pretrained(.., dtype=..) "
                "and save_pretrained(..):",
                tensors,
            )

    def _is_equal(self, model: Checkpoint, name: str) -> bool:
        """Whether a tensor has the same type and the same bytes in a model as in the base."""
        entries = self.base.tensors[name], model.tensors[name]
        if entries[0].dtype != entries[1].dtype:
            return False
        blocks = [np.empty(entry.nbytes, np.uint8) for entry in entries]
        for checkpoint, entry, block in zip((self.base, model), entries, blocks, strict=True):
            checkpoint.read_raw(entry, block)
        return bool((blocks[0] == blocks[1]).all())

    def _report_names(self, problem: str, names: set[str]) -> None:
        """Add a problem unless `names` is empty: the text `problem` and the first 3 names in sorted order."""
        if names:
            more = f" and {len(names) - _EXAMPLES} more" if len(names) > _EXAMPLES else ""
            self.problems.append(f"{problem} {', '.join(sorted(names)[:_EXAMPLES])}{more}")


def _label_names(model: Checkpoint) -> list[str]:
    """The names of a classifier's labels in the order of the classes; empty when it names none."""
    names = {} if isinstance(model, LoraAdapter) else model.config.get("id2label") or {}
    return [str(names[key]) for key in sorted(names, key=int)]


def _label_text(model: Checkpoint) -> str:
    return "/".join(_label_names(model)) or "unnamed"


def _shape_text(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
