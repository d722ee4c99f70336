"""Answers of language models, read strictly: an answer is exactly one label, or it is invalid."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from arts.data.errors import DataError
from arts.data.schema import Polarity
from arts.data.support.json_text import parse_json

LABELS = tuple(map(str, Polarity))  # the names of the labels where no others are given
FIELD = "label"  # the one key of an answer in JSON
_REASONING = re.compile(r"[<\[](/?)(?:think|thinking|reasoning)[>\]]", re.IGNORECASE)
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.IGNORECASE | re.DOTALL)  # JSON as Markdown quotes it


@dataclass(frozen=True, slots=True)
class Answer:
    """What a language model answered about one instance.

    Args:
        polarity: the label of the answer; None when the answer is invalid.
        text: the answer as the model gave it.
        probabilities: those of positive, negative and neutral, which sum to 1; None where they are unknown.
        prompt_tokens: number of tokens that the model read.
        completion_tokens: number of tokens that it wrote.
    """

    polarity: Polarity | None
    text: str
    probabilities: tuple[float, float, float] | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0


def parse_answer(text: str, labels: Sequence[str] = LABELS) -> Polarity | None:
    """The polarity that an answer names, or None for an invalid answer; there is no default label.

    A valid answer is exactly one label in any case, with any punctuation around it, as it is or as the value
    of ``{"label": ...}``. Reasoning between ``<think>`` and ``</think>`` is left out; an answer in which it
    does not end is invalid.

    Args:
        text: the answer.
        labels: the names of positive, negative and neutral, in this order.

    Example:
        >>> parse_answer('<think>Bad at first.</think> **Positive.**')
        <Polarity.POSITIVE: 'positive'>
        >>> parse_answer("<think>It may be positive") is parse_answer("not positive") is None
        True
    """
    answer = without_reasoning(text)
    if answer is None:
        return None
    fenced = _FENCE.fullmatch(answer.strip())
    content = fenced[1] if fenced else answer
    name = _plain(content if (label := _json_label(content)) is None else label)
    return {_plain(label): polarity for label, polarity in zip(labels, Polarity, strict=True)}.get(name)


def without_reasoning(text: str) -> str | None:
    """An answer without the reasoning before it; None when the reasoning does not end.

    What stands before an end without a beginning is reasoning, too: there the prompt has begun it.

    Example:
        >>> without_reasoning("The soup is praised.</think>positive")
        'positive'
    """
    depth, answer, end = 0, "", 0
    for tag in _REASONING.finditer(text):
        if depth == 0:
            answer += text[end : tag.start()]
        if not tag[1]:
            depth += 1
        elif depth:
            depth -= 1
        else:
            answer = ""
        end = tag.end()
    return None if depth else answer + text[end:]


def is_json_label(text: str) -> bool:
    """Whether an answer is JSON whose only key is ``label``, and nothing else but reasoning before it.

    Example:
        >>> is_json_label('{"label": "positive"}'), is_json_label("positive")
        (True, False)
    """
    return bool(_json_label(without_reasoning(text) or ""))


def may_be_json(text: str) -> bool:
    """Whether an answer is a JSON object, the beginning of one, or nothing but reasoning.

    Example:
        >>> may_be_json('{"lab'), may_be_json("<think>Let me see"), may_be_json("It is positive.")
        (True, True, False)
    """
    answer = (without_reasoning(text) or "").lstrip()
    return not answer or answer.startswith("{")


def _json_label(answer: str) -> str | None:
    """The label in an answer of JSON; empty where that has none, and None where it is no JSON object."""
    if not answer.lstrip().startswith("{"):
        return None
    try:
        value = parse_json(answer, "answer")
    except DataError:
        return None
    label = value.get(FIELD) if isinstance(value, dict) and len(value) == 1 else None
    return label if isinstance(label, str) else ""


def _plain(text: str) -> str:
    """A text in one case, without spaces and punctuation around it."""
    kept = [n for n, character in enumerate(text) if not _is_around(character)]
    return text[kept[0] : kept[-1] + 1].casefold() if kept else ""


def _is_around(character: str) -> bool:
    """Whether a character may stand around a label: a space or line end, punctuation, or a backtick."""
    return character.isspace() or character == "`" or unicodedata.category(character).startswith("P")
