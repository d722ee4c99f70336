"""What is merged and what is not: every tensor of every model is accounted for before anything is written."""

from __future__ import annotations

import filecmp
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ijson
import numpy as np
import numpy.typing as npt

from arts.data.errors import ArtsError, DataError
from arts.merging.checkpoints.adapter import Adapter
from arts.merging.checkpoints.blocks import SIZES
from arts.merging.checkpoints.checkpoint import Checkpoint, Span, Tensor
from arts.merging.choices import Head, Vocab

TOKENIZER = "tokenizer.json"
_HEAD = re.compile(r"(.*\.)?(classifier|score|classification_head|qa_outputs|class_labels_classifier)\..+")
_OUTPUT_EMBEDDING = re.compile(r"(.*\.)?(lm_head|embed_out)\.weight|cls\.predictions\.decoder\.weight")
_SHOWN = 3  # examples in a message


class MergeError(ArtsError):
    """Checkpoints that cannot be merged as asked."""


@dataclass(frozen=True, eq=False)
class Part:
    """A tensor of the output.

    Args:
        tensor: the base's.
        merged: whether it is merged, or copied from the base.
        foreign: of each model, the rows that it has no part in; empty where all take part in all.
    """

    tensor: Tensor
    merged: bool
    foreign: tuple[npt.NDArray[np.int64], ...] = ()

    @property
    def name(self) -> str:
        """The tensor's."""
        return self.tensor.name

    def spans(self, size: int) -> Iterator[Span]:
        """The tensor in parts of up to `size` numbers."""
        for first in range(0, self.tensor.count, size):
            yield Span(self.name, first, min(size, self.tensor.count - first))


@dataclass(frozen=True)
class Plan:
    """What a merge will do, settled before it begins.

    Args:
        base: theta_0.
        models: theta_1, ..
        parts: the tensors of the output, by name.
        remarks: what is out of the ordinary, for the report.
        headless: whether a classifier head is left out.
    """

    base: Checkpoint
    models: tuple[Checkpoint, ...]
    parts: dict[str, Part]
    remarks: tuple[str, ...] = ()
    headless: bool = False

    @property
    def merged(self) -> list[Part]:
        """The parts that are merged."""
        return [part for part in self.parts.values() if part.merged]

    @property
    def base_bytes(self) -> int:
        """The bytes of the base that a pass reads."""
        return sum(part.tensor.nbytes for part in self.merged)

    @property
    def bytes(self) -> int:
        """The bytes of all models that a pass reads."""
        tensors = [model.tensors.get(part.name) for part in self.merged for model in self.models]
        return self.base_bytes + sum(tensor.nbytes for tensor in tensors if tensor)


@dataclass
class _Findings:
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    copied: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    short: set[str] = field(default_factory=set)  # tensors with rows for another number of tokens


def make_plan(
    base: Checkpoint,
    models: Sequence[Checkpoint],
    *,
    head: Head = Head.ERROR,
    vocab: Vocab = Vocab.ERROR,
) -> Plan:
    """Compare the models with the base, tensor by tensor.

    Raises:
        MergeError: with all that keeps them from being merged.
    """
    found = _Findings()
    tied = _tied(base, models, found)
    for model in models:
        _compare(base, model, head, vocab, tied, found)
    foreign = [_foreign(base, model, vocab, found) for model in models]
    if found.problems:
        raise MergeError(
            "these cannot be merged:\n" + "\n".join(f"  {problem}" for problem in found.problems)
        )
    if vocab is Vocab.INTERSECT:
        foreign = [_union(foreign)] * len(models)
    uneven = any(len(rows) for rows in foreign)
    parts = {}
    for name in sorted(base.tensors.keys() - found.dropped):
        tensor = base.tensors[name]
        rows = tuple(foreign) if uneven and _has_tokens(tensor, base) else ()
        parts[name] = Part(tensor, name not in found.copied and tensor.dtype in SIZES, rows)
    headless = any(_HEAD.fullmatch(name) for name in found.dropped)
    return Plan(base, tuple(models), parts, tuple(found.remarks), headless)


def _compare(
    base: Checkpoint, model: Checkpoint, head: Head, vocab: Vocab, tied: set[str], found: _Findings
) -> None:
    if isinstance(model, Adapter):
        shapes = model.adapted
        missing = set[str]()
    else:
        kinds = [checkpoint.config.get("model_type") for checkpoint in (base, model)]
        if kinds[0] != kinds[1]:
            found.problems.append(f"{model.name}: a {kinds[1]} model, and the base is a {kinds[0]} model")
            return
        shapes = {name: tensor.shape for name, tensor in model.tensors.items()}
        missing = base.tensors.keys() - shapes.keys() - tied
    extra = shapes.keys() - base.tensors.keys() - tied
    other = {
        name
        for name in shapes.keys() & base.tensors.keys() - tied
        if shapes[name] != base.tensors[name].shape
    }
    heads = {name for name in missing | extra | other if _HEAD.fullmatch(name)}
    if not isinstance(model, Adapter) and _labels(base) != _labels(model):
        heads |= {name for name in base.tensors if _HEAD.fullmatch(name)}
    if heads:
        _settle_head(base, model, heads, head, found)
    tokens = {name for name in other - heads if _is_vocabulary(base, model, name)}
    if tokens:
        found.short |= tokens
        if vocab is Vocab.ERROR:
            name = min(tokens)
            found.problems.append(
                f"{model.name}: {shapes[name][0]:,} rows in {name}, and the base has "
                f"{base.tensors[name].shape[0]:,}; --vocab base or intersect merges the tokens they share"
            )
    _tell(found, f"{model.name}: lacks", missing - heads)
    _tell(found, f"{model.name}: the base has no", extra - heads)
    for name in sorted(other - heads - tokens)[:_SHOWN]:
        found.problems.append(
            f"{model.name}: {name} is {_shape(shapes[name])}, and in the base "
            f"{_shape(base.tensors[name].shape)}"
        )
    _compare_numbers(base, model, found)


def _compare_numbers(base: Checkpoint, model: Checkpoint, found: _Findings) -> None:
    """Types that cannot be merged; and what is no floating-point number must be equal."""
    for tensor in (base.tensors[name] for name in base.tensors.keys() & model.tensors.keys()):
        other = model.tensors[tensor.name]
        odd = [t.dtype for t in (tensor, other) if t.dtype not in SIZES]
        if odd and odd[0].startswith("F"):
            found.problems.append(f"{model.name}: {tensor.name} is {odd[0]}; expected {', '.join(SIZES)}")
        elif odd and tensor.shape == other.shape and not _equal(base, model, tensor, other):
            found.problems.append(
                f"{model.name}: {tensor.name} ({odd[0]}) differs from the base's and cannot be averaged"
            )


def _equal(base: Checkpoint, model: Checkpoint, one: Tensor, other: Tensor) -> bool:
    if one.dtype != other.dtype:
        return False
    blocks = [np.empty(tensor.nbytes, np.uint8) for tensor in (one, other)]
    base.raw(one, 0, blocks[0])
    model.raw(other, 0, blocks[1])
    return bool((blocks[0] == blocks[1]).all())


def _tied(base: Checkpoint, models: Sequence[Checkpoint], found: _Findings) -> set[str]:
    """Output embeddings that some store beside the input embeddings, which they are tied to; merged once."""
    full = [model for model in (base, *models) if not isinstance(model, Adapter)]
    stored = {name for model in full for name in model.tensors if _OUTPUT_EMBEDDING.fullmatch(name)}
    tied = {name for name in stored if any(name not in model.tensors for model in full)}
    for model in full:
        if tied and model.config.get("tie_word_embeddings") is False:
            found.problems.append(
                f"{model.name}: its output embeddings ({min(tied)}) are its own, and others tie them to the "
                "input embeddings"
            )
    if tied and not found.problems:
        found.remarks.append(f"{', '.join(sorted(tied))}: tied to the input embeddings, and merged with them")
        found.dropped |= tied
    return tied


def _settle_head(base: Checkpoint, model: Checkpoint, heads: set[str], head: Head, found: _Findings) -> None:
    if head is Head.ERROR:
        found.problems.append(
            f"{model.name}: another classifier head ({min(heads)}; labels {_listed(_labels(model))}, "
            f"the base's {_listed(_labels(base))}); --head keep-base or drop settles it"
        )
    elif head is Head.KEEP_BASE:
        found.copied |= heads
        found.remarks.append(f"{model.name}: its classifier head differs; the base's is kept")
    else:
        found.dropped |= heads
        found.remarks.append(f"{model.name}: its classifier head differs; it is left out")


def _labels(model: Checkpoint) -> list[str]:
    named = model.config.get("id2label") or {}
    return [str(named[key]) for key in sorted(named, key=int)]


def _is_vocabulary(base: Checkpoint, model: Checkpoint, name: str) -> bool:
    one, other = base.tensors[name], model.tensors.get(name)
    return other is not None and _has_tokens(one, base) and one.shape[1:] == other.shape[1:]


def _has_tokens(tensor: Tensor, base: Checkpoint) -> bool:
    """Whether the rows of a tensor belong to tokens."""
    return bool(tensor.shape) and tensor.shape[0] == base.config.get("vocab_size")


def _foreign(base: Checkpoint, model: Checkpoint, vocab: Vocab, found: _Findings) -> npt.NDArray[np.int64]:
    """The tokens of the base that the model has not, or has another under the number of."""
    ours, theirs = base.folder / TOKENIZER, model.folder / TOKENIZER
    short = [name for name in found.short if name in model.tensors]
    rows = min((model.tensors[name].shape[0] for name in short), default=None)
    total = int(base.config.get("vocab_size") or 0)
    absent = set(range(min(rows, total), total)) if rows is not None else set()
    if isinstance(model, Adapter) or not (ours.is_file() and theirs.is_file()):
        return np.array(sorted(absent), np.int64)
    if not filecmp.cmp(ours, theirs, shallow=False):
        tokens, others = _tokens(ours), _tokens(theirs)
        renamed = {number for number in tokens.keys() & others.keys() if tokens[number] != others[number]}
        if renamed and vocab is Vocab.ERROR:
            examples = ", ".join(
                f"{number} is {others[number]!r}, in the base {tokens[number]!r}"
                for number in sorted(renamed)[:_SHOWN]
            )
            found.problems.append(
                f"{model.name}: {len(renamed):,} tokens have other numbers than in the base ({examples}); "
                "--vocab base or intersect leaves them as they are in the base"
            )
        absent |= renamed
    return np.array(sorted(absent), np.int64)


def _tokens(path: Path) -> dict[int, str]:
    """The tokens of a tokenizer.json by number, read as a stream."""
    tokens: dict[int, str] = {}
    try:
        with path.open("rb") as file:
            for key, value in ijson.kvitems(file, "model.vocab"):
                tokens[int(value)] = key
        if not tokens:  # unigram: pairs in order; of others, the prefix would be that of a token "item"
            with path.open("rb") as file:
                for number, item in enumerate(ijson.items(file, "model.vocab.item")):
                    tokens[number] = item[0]
        with path.open("rb") as file:
            for item in ijson.items(file, "added_tokens.item"):
                tokens[int(item["id"])] = item["content"]
    except (ijson.JSONError, KeyError, TypeError, ValueError) as error:
        raise DataError(path, "is not a tokenizer that the vocabulary can be read from") from error
    return tokens


def _union(rows: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    return np.unique(np.concatenate(rows))


def _tell(found: _Findings, what: str, names: set[str]) -> None:
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        found.problems.append(f"{what} {', '.join(sorted(names)[:_SHOWN])}{more}")


def _listed(labels: Any) -> str:
    return "/".join(labels) or "unnamed"


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
