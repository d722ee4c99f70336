"""The vocabulary in a tokenizer.json as a checked record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainValidator

from arts.data.errors import DataError
from arts.data.support.checked_fields import check_file_content
from arts.data.support.field_types import expected, expected_at
from arts.data.support.foreign_file import read_json_object
from arts.models.model_folder import TokenCount

_VOCABULARY = "ids keyed by token, or a list of tokens with their scores"


def _check_vocabulary(value: Any) -> dict[int, str]:
    """The tokens, keyed by id; of a unigram model, the id is the place in the list."""
    if isinstance(value, list):
        if not all(isinstance(pair, list) and pair and isinstance(pair[0], str) for pair in value):
            raise expected(_VOCABULARY)
        return {number: pair[0] for number, pair in enumerate(value)}
    if not isinstance(value, dict):
        raise expected(_VOCABULARY)
    for token, number in value.items():
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
            raise expected_at(f"[{token[:60]!r}]", number, "the id of a token, a whole number from 0")
    tokens: dict[int, str] = {}
    for token, number in value.items():
        if tokens.setdefault(number, token) != token:
            other = f"an id of its own, and it is that of {tokens[number][:60]!r}, too"
            raise expected_at(f"[{token[:60]!r}]", number, other)
    return tokens


class TokenizerModel(BaseModel):
    """The part of a tokenizer that has its vocabulary."""

    model_config = ConfigDict(frozen=True)

    vocab: Annotated[dict[int, str], PlainValidator(_check_vocabulary)] = {}


class AddedToken(BaseModel):
    """A token that was added to the vocabulary."""

    model_config = ConfigDict(frozen=True)

    id: TokenCount
    content: str


class TokenizerFile(BaseModel):
    """What is used of a tokenizer.json."""

    model_config = ConfigDict(frozen=True)

    model: TokenizerModel
    added_tokens: list[AddedToken] | None = None


def read_tokens(path: Path, *, size: int = 0) -> dict[int, str]:
    """Read the tokens in a tokenizer.json, keyed by token id.

    Args:
        path: the file.
        size: number of tokens that the model of this tokenizer has embeddings for; 0 when it is not known.

    Raises:
        DataError: when the file cannot be read, or is not a tokenizer whose vocabulary is known; or when its
            vocabulary, apart from tokens that were added later, has an id that is not under `size`.
    """
    content = check_file_content(TokenizerFile, read_json_object(path), path)
    last = max(content.model.vocab, default=-1)
    if size and last >= size:
        token = content.model.vocab[last][:60]
        raise DataError(path, f"model.vocab[{token!r}] is {last}; expected an id under {size:,} (vocab_size)")
    return content.model.vocab | {token.id: token.content for token in content.added_tokens or ()}
