"""Conversations as the tokens that a model reads, followed by those of each label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from arts.data.errors import ArtsError
from arts.models.language_models.prompts import Message
from arts.models.language_models.token_tree import shared_length

ANSWER = "\nAnswer:"  # after each question, for a model without a chat template


@dataclass(frozen=True)
class LabelledQuestion:
    """A question with each of its possible answers.

    Args:
        sequences: for each label, the tokens of the question and the label.
        start: the number of tokens with which all of them and the question alone begin; the label follows.
    """

    sequences: tuple[tuple[int, ...], ...]
    start: int

    @classmethod
    def of(cls, tokenizer: Any, messages: Sequence[Message], labels: Sequence[str]) -> LabelledQuestion:
        """Render a conversation by the tokenizer's chat template, or as plain text where it has none.

        A label is written as the template writes an answer; after plain text, after a space. Where its first
        letters make one token with the end of the question, the label begins with that token.

        Args:
            tokenizer: a tokenizer of transformers.
            messages: the conversation, whose last message is the user's.
            labels: the labels.

        Raises:
            ArtsError: when the chat template refuses the conversation, such as one with a system prompt.
        """
        if tokenizer.chat_template:
            question = _render(tokenizer, messages)
            texts = [question + _lead(tokenizer, messages, question, label) + label for label in labels]
            alone, *whole = (_ids(tokenizer, text, special=False) for text in (question, *texts))
        else:
            question = plain_text(messages)
            texts = [f"{question} {label}" for label in labels]
            alone, *whole = (_ids(tokenizer, text, special=True) for text in (question, *texts))
        start = min(shared_length(alone, sequence) for sequence in whole)
        return cls(tuple(whole), max(start, 1))

    @property
    def label_sizes(self) -> list[int]:
        """The number of tokens of each label."""
        return [len(sequence) - self.start for sequence in self.sequences]

    @property
    def longest(self) -> int:
        """The number of tokens of the question with its longest label."""
        return max(map(len, self.sequences))


def conversation_ids(tokenizer: Any, messages: Sequence[Message]) -> tuple[int, ...]:
    """The tokens of a conversation, ready for an answer, by the chat template or as plain text without one.

    Args:
        tokenizer: a tokenizer of transformers.
        messages: the conversation, whose last message is the user's.

    Raises:
        ArtsError: when the chat template refuses the conversation.
    """
    if tokenizer.chat_template:
        return _ids(tokenizer, _render(tokenizer, messages), special=False)
    return _ids(tokenizer, plain_text(messages), special=True)


def plain_text(messages: Sequence[Message]) -> str:
    r"""A conversation as text for a model without a chat template.

    Example:
        >>> plain_text([{"role": "user", "content": "Is it good?"}])
        'Is it good?\nAnswer:'
    """
    parts: list[str] = []
    for message in messages:
        content = message["content"]
        if message["role"] == "assistant":
            parts[-1] += f" {content}"
        else:
            parts.append(content + ANSWER if message["role"] == "user" else content)
    return "\n\n".join(parts)


def _render(tokenizer: Any, messages: Sequence[Message], **options: Any) -> str:
    """A conversation by the chat template; by default ready for an answer."""
    try:
        options = {"add_generation_prompt": True, **options}
        return str(tokenizer.apply_chat_template([*messages], tokenize=False, **options))
    except (TemplateError, TypeError, ValueError) as error:
        raise ArtsError(f"the chat template of the model refuses this conversation: {error}") from error


def _lead(tokenizer: Any, messages: Sequence[Message], question: str, label: str) -> str:
    """The space that the chat template puts before an answer, if any."""
    answered = [*messages, {"role": "assistant", "content": label}]
    text = _render(tokenizer, answered, add_generation_prompt=False)
    lead, found, _ = text.removeprefix(question).partition(label)
    return lead if text.startswith(question) and found and lead.isspace() else ""


def _ids(tokenizer: Any, text: str, *, special: bool) -> tuple[int, ...]:
    """The tokens of a text, after those with which texts begin (BOS) if `special`."""
    from arts.models.language_models.language_model import begin_ids, token_ids

    return (*(begin_ids(tokenizer) if special else ()), *token_ids(tokenizer, text))
