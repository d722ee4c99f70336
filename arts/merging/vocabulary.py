"""Comparing vocabularies: which rows of the base's embeddings belong to tokens that a model does not have."""

from __future__ import annotations

import filecmp
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from arts.data.errors import DataError
from arts.merging.checkpoints.checkpoint import Checkpoint, TensorEntry
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.checkpoints.tokenizer_file import read_tokens

TOKENIZER_FILE = "tokenizer.json"
_EXAMPLES = 3  # number of tokens that a message names

RowIndices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MissingTokens:
    """The token ids of the base that a model lacks, or uses for another token.

    Args:
        rows: the ids, a sorted integer array; they are the indices of rows of the embeddings.
        renamed: number of ids that the model uses for another token.
        examples: text for a message, with up to 3 of the ids that the model uses for another token, and both
            tokens of each; empty when there are none.
    """

    rows: RowIndices
    renamed: int = 0
    examples: str = ""


def missing_tokens(base: Checkpoint, model: Checkpoint, *, short: Iterable[str]) -> MissingTokens:
    """Find the token ids of the base that a model lacks, or uses for another token.

    Args:
        base: the checkpoint whose vocabulary the merged model gets.
        model: a fine-tuned model; an adapter counts as having the base's vocabulary.
        short: names of embeddings, and other tensors with one row per token, that have another number of rows
            in the model than in the base.
    """
    total = base.vocabulary_size
    rows = min((model.tensors[name].shape[0] for name in short), default=total)
    absent = set(range(min(rows, total), total))
    renamed = {}
    if not isinstance(model, LoraAdapter):
        renamed = _renamed_tokens(base, model.folder, size=model.vocabulary_size)
    examples = ", ".join(
        f"{token_id} is {renamed[token_id][1]!r}, in the base {renamed[token_id][0]!r}"
        for token_id in sorted(renamed)[:_EXAMPLES]
    )
    return MissingTokens(np.array(sorted(absent | renamed.keys()), np.int64), len(renamed), examples)


def check_tokenizer(base: Checkpoint, folder: Path) -> None:
    """Raise `DataError` when the merged model, which has the base's embeddings, cannot use a tokenizer.

    Args:
        base: the checkpoint whose vocabulary the merged model gets.
        folder: the folder of another model, whose tokenizer the merged model is to get.
    """
    renamed = _renamed_tokens(base, folder)
    if renamed:
        token_id = min(renamed)
        ours, theirs = renamed[token_id]
        raise DataError(
            folder / TOKENIZER_FILE,
            f"{len(renamed):,} tokens have other numbers than in the base ({token_id} is {theirs!r}, in the "
            f"base {ours!r}), whose embeddings the merged model has",
        )
    total = base.vocabulary_size
    if total and (folder / TOKENIZER_FILE).is_file():
        last = max(read_tokens(folder / TOKENIZER_FILE), default=0)
        if last >= total:
            raise DataError(
                folder / TOKENIZER_FILE,
                f"has a token {last}, and the base has embeddings for {total:,} tokens",
            )


def has_row_per_token(entry: TensorEntry, base: Checkpoint) -> bool:
    """Whether a tensor of the base has one row for each token of its vocabulary, as embeddings do."""
    return bool(entry.shape) and entry.shape[0] == base.vocabulary_size > 0


def _renamed_tokens(base: Checkpoint, model: Path, *, size: int = 0) -> dict[int, tuple[str, str]]:
    """Find the ids that two tokenizers use for different tokens.

    Args:
        base: the base.
        model: folder of the model.
        size: number of tokens that the model has embeddings for; 0 when it is not known.

    Returns:
        The base's token and the model's token, keyed by token id; empty when a folder has no tokenizer.json.
    """
    files = base.folder / TOKENIZER_FILE, model / TOKENIZER_FILE
    if not all(file.exists() for file in files) or filecmp.cmp(*files, shallow=False):
        return {}
    ours, theirs = read_tokens(files[0], size=base.vocabulary_size), read_tokens(files[1], size=size)
    return {
        token_id: (ours[token_id], theirs[token_id])
        for token_id in ours.keys() & theirs.keys()
        if ours[token_id] != theirs[token_id]
    }
