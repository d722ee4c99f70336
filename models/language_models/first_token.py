"""Probabilities of the labels, from the log-probabilities of the token in which the label begins."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from arts.models.language_models.answers import FIELD

MOST_AMBIGUOUS = 0.01  # share of the labels' probability that may be on tokens which begin several labels
_JSON_START = re.compile(rf'"{FIELD}"\s*:\s*')
_REASONING_END = re.compile(r"[<\[]/(?:think|thinking|reasoning)[>\]]", re.IGNORECASE)
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


class _Alternative(BaseModel):
    """A token, and the natural logarithm of its probability."""

    token: str
    logprob: float


class _Token(_Alternative):
    """A token of an answer, with the likeliest alternatives at its place, itself included."""

    top_logprobs: list[_Alternative] = []


_TOKENS = TypeAdapter(list[_Token])


def label_probabilities(content: Any, labels: Sequence[str]) -> tuple[float, float, float] | None:
    """The probabilities of the labels, as far as the first token of the label tells.

    Args:
        content: the tokens of an answer, as chat completions have them in ``logprobs.content``.
        labels: the names of positive, negative and neutral, in this order.

    Returns:
        Probabilities that sum to 1. None when there are no log-probabilities, when a label has none, or when
        over 1% are on tokens in which several labels begin.

    Example:
        >>> tops = [{"token": t, "logprob": p} for t, p in [(" neg", -0.1), ("Pos", -3.0), ("neutral", -4.0)]]
        >>> probabilities = label_probabilities(
        ...     [{**tops[0], "top_logprobs": tops}], ("positive", "negative", "neutral")
        ... )
        >>> [round(probability, 3) for probability in probabilities]
        [0.051, 0.93, 0.019]
    """
    try:
        tokens = _TOKENS.validate_python(content)
    except ValidationError:
        return None
    token = _label_token(tokens)
    masses, ambiguous = [0.0] * len(labels), 0.0
    for alternative in token.top_logprobs if token else ():
        began = _begun(alternative.token, labels)
        mass = math.exp(min(alternative.logprob, 0.0))
        if len(began) == 1:
            masses[began[0]] += mass
        elif began:
            ambiguous += mass
    total = sum(masses)
    if not all(masses) or not ambiguous <= MOST_AMBIGUOUS * total:
        return None
    first, second, third = (mass / total for mass in masses)
    return first, second, third


def _label_token(tokens: Sequence[_Token]) -> _Token | None:
    """The token in which the label of an answer begins; None where there is no label."""
    text = "".join(token.token for token in tokens)
    starts = [match.end() for pattern in (_JSON_START, _REASONING_END) for match in pattern.finditer(text)]
    start = max(starts, default=0)
    begin = 0
    for token in tokens:
        if _plain(token.token[max(start - begin, 0) :]):
            return token
        begin += len(token.token)
    return None


def _begun(token: str, labels: Sequence[str]) -> list[int]:
    """The positions of the labels that a token begins."""
    piece = _plain(token)
    return [n for n, label in enumerate(labels) if piece and label.casefold().startswith(piece)]


def _plain(text: str) -> str:
    """A piece of text without what is no letter or digit at its ends, in one case."""
    return _AROUND.sub("", text).casefold()
