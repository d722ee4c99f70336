"""Comparing models with the base: what differs, and whether they can be merged all the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from arts.merging.checkpoints.architecture import TensorRole
from arts.merging.checkpoints.blocks import SIZES
from arts.merging.checkpoints.checkpoint import ADAPTER_CONFIG, Checkpoint
from arts.merging.checkpoints.equality import are_equal
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.checkpoints.quantization import quantization_method
from arts.merging.configurations import differing_sizes
from arts.merging.heads import Heads, is_classifier, listing
from arts.merging.policies import VocabPolicy
from arts.merging.tied_embeddings import TiedEmbeddings
from arts.merging.vocabulary import RowIndices, has_row_per_token, missing_tokens

_EXAMPLES = 3  # number of tensors that a message names


@dataclass
class Comparison:
    """Compares models with the base, and collects what is to be done about their differences.

    Args:
        base: the checkpoint that the models were fine-tuned from.
        heads: the heads that differ from the base's, and the policy for them.
        vocab: what to do when a model's vocabulary differs from the base's.
        problems: reasons why the models cannot be merged, for the error message.
        remarks: sentences on what is unusual about the models, for the report.
        copied: names of tensors to copy from the base.
        dropped: names of tensors to leave out.
        tied: names of embeddings that are left out, because they are tied to the input embeddings.
        untied: names of output embeddings that are tied in the base, and not in the merged model.
        short: names of tensors with one row per token whose number of rows in some model is not the base's.
    """

    base: Checkpoint
    heads: Heads
    vocab: VocabPolicy
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    copied: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    tied: set[str] = field(default_factory=set)
    untied: set[str] = field(default_factory=set)
    short: set[str] = field(default_factory=set)

    def check_base(self) -> None:
        """Add a problem if the base is quantised."""
        self._check_quantization(self.base)

    def settle_tied_embeddings(self, models: Sequence[Checkpoint]) -> None:
        """Find embeddings that some models tie to others; call this before `add`."""
        ties = TiedEmbeddings(self.base, models)
        ties.find()
        self.tied = ties.dropped
        self.untied = ties.untied
        self.dropped |= ties.dropped
        self.problems += ties.problems
        self.remarks += ties.remarks

    def add(self, model: Checkpoint) -> None:
        """Compare a model's tensors, classifier head and types with the base's, and record differences."""
        if isinstance(model, LoraAdapter):
            shapes = model.target_shapes
            lacking = set[str]()
        else:
            self._check_quantization(model)
            base_type, model_type = (c.config.get("model_type") for c in (self.base, model))
            if base_type != model_type:
                self.problems.append(
                    f"{model.name}: a {model_type} model, and the base is a {base_type} model"
                )
                return
            self.problems += differing_sizes(self.base, model)
            shapes = {name: entry.shape for name, entry in model.tensors.items()}
            lacking = self.base.tensors.keys() - shapes.keys() - self.tied
        extra = shapes.keys() - self.base.tensors.keys() - self.tied
        reshaped = {
            name
            for name in shapes.keys() & self.base.tensors.keys() - self.tied
            if shapes[name] != self.base.tensors[name].shape
        }
        vocabulary = self._compare_vocabulary_sizes(model, {n for n in reshaped if not is_classifier(n)})
        differing = (lacking | extra | reshaped) - vocabulary
        roles = {name: self.base.architecture.role(name) for name in differing}
        if isinstance(model, LoraAdapter):  # matrices for what the base lacks have no weight to be added to
            roles |= {n: TensorRole.BODY for n in model.matrices if n in extra and not is_classifier(n)}
        unused = {name for name in differing if roles[name] is TensorRole.UNUSED}
        heads = {name for name in differing if roles[name] is TensorRole.HEAD}
        self._note_unused(model, unused)
        self.heads.add(model, lacking=heads & lacking, other=heads - lacking)
        parts = heads | unused
        self._report_names(f"{model.name}: lacks", lacking - parts)
        self._report_names(f"{model.name}: the base has no", extra - parts)
        for name in sorted(reshaped - parts - vocabulary)[:_EXAMPLES]:
            self.problems.append(
                f"{model.name}: {name} is {_shape_text(shapes[name])}, and in the base "
                f"{_shape_text(self.base.tensors[name].shape)}"
            )
        if isinstance(model, LoraAdapter):
            self._remark_on_adapter(model, shapes)
        self._compare_types(model, shapes.keys() & self.base.tensors.keys() - self.copied - self.dropped)

    def settle_heads(self, first: Checkpoint) -> None:
        """Decide which head the merged model has; call this after `add`.

        Args:
            first: the first model.
        """
        self.heads.settle(first)
        self.copied |= self.heads.copied
        self.dropped |= self.heads.dropped
        self.problems += self.heads.problems
        self.remarks += self.heads.remarks

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

    def _note_unused(self, model: Checkpoint, names: set[str]) -> None:
        """Keep the base's buffers that no version of a model needs, and leave out those of a model."""
        self.copied |= names & self.base.tensors.keys()
        if extra := names - self.base.tensors.keys():
            self.remarks.append(
                f"{model.name}: left out, as transformers does not read them from a file: {listing(extra)}"
            )

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

        A tensor is no problem when a model has the base's type and values, or transformers does not read it
        from a file: it is copied.

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
            if not isinstance(model, LoraAdapter) and are_equal(
                (self.base, self.base.tensors[name]), (model, model.tensors[name])
            ):
                continue
            if self.base.architecture.role(name) is TensorRole.UNUSED:
                self.copied.add(name)
            elif isinstance(model, LoraAdapter) or types[0].startswith("F"):
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

    def _report_names(self, problem: str, names: set[str]) -> None:
        """Add a problem unless `names` is empty: the text `problem` and the first 3 names in sorted order."""
        if names:
            self.problems.append(f"{problem} {listing(names)}")


def _shape_text(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
