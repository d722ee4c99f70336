"""Language models as writers: they answer with a text, not with a label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from arts.models.language_models.answers import without_reasoning
from arts.models.language_models.prompts import Message
from arts.models.language_models.respondent import RespondentFacts


@dataclass(frozen=True, slots=True)
class Written:
    """What a language model wrote.

    Args:
        text: the text, without the reasoning before it; empty where the reasoning does not end.
        prompt_tokens: number of tokens that the model read.
        completion_tokens: number of tokens that it wrote.
    """

    text: str
    prompt_tokens: int
    completion_tokens: int

    @classmethod
    def of(cls, text: str, *, prompt_tokens: int, completion_tokens: int) -> Written:
        """What a model wrote, less its reasoning.

        Args:
            text: all that it wrote.
            prompt_tokens: number of tokens that it read.
            completion_tokens: number of tokens that it wrote.
        """
        return cls((without_reasoning(text) or "").strip(), prompt_tokens, completion_tokens)


class LanguageWriter(Protocol):
    """A language model that writes, whatever runs it."""

    name: str

    def replies(self, conversations: Sequence[list[Message]], ids: Sequence[str]) -> Iterator[Written]:
        """Yield one reply per conversation, in order, as they come.

        Args:
            conversations: n conversations, whose last message is the user's.
            ids: n ids of what they are about, for error messages.

        Raises:
            ArtsError: when the model cannot be asked.
        """

    def facts(self) -> RespondentFacts:
        """How the model was asked, and what that has taken so far."""


WriterBlock = AbstractContextManager[LanguageWriter]
