"""Respondents: language models that are asked about instances, whatever runs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Protocol

from pydantic import Field

from arts.data.schema import Instance
from arts.data.support.record import Count, JsonValue, Record
from arts.models.language_models.answers import Answer
from arts.models.language_models.prompts import Prompt

WayOfAsking = Literal["log-likelihood", "structured output", "text"]


class RespondentFacts(Record):
    """How a language model was asked, and what that took.

    Args:
        asked: the way: LOG-LIKELIHOOD takes the label that the model finds likeliest; STRUCTURED OUTPUT lets
            a server write nothing but a label; TEXT is whatever the model writes.
        model: the name of the model as it was given.
        reported_model: the name that the server gives to it.
        version: SHA-256 of the weights of a model that runs here, or the fingerprint that the server reports;
            None if it reports none.
        server: the name and version of the server, or its address where it does not say.
        parameters: what the model was asked with, such as temperature, seed and maximum of tokens.
        chat_template_checksum: SHA-256 of the chat template; None where it is the server's.
        system: the system prompt.
        refusals: what the server refused, in its words, and what else is to be known about how it was asked.
        requests: answers that were asked for in this run; the others were known from before.
        retries: requests that were made again.
        prompt_tokens: tokens that the model read, over all answers.
        completion_tokens: tokens that the model wrote, over all answers.
        seconds: the time that asking took in this run.
    """

    asked: WayOfAsking
    model: str
    reported_model: str | None = None
    version: str | None = None
    server: str | None = None
    parameters: Mapping[str, JsonValue] = Field(default_factory=dict)
    chat_template_checksum: str | None = None
    system: str | None = None
    refusals: tuple[str, ...] = ()
    requests: Count = 0
    retries: Count = 0
    prompt_tokens: Count = 0
    completion_tokens: Count = 0
    seconds: float = Field(default=0.0, ge=0, allow_inf_nan=False)


class Respondent(Protocol):
    """A language model that can be asked about instances."""

    name: str

    def answers(
        self,
        prompt: Prompt,
        instances: Sequence[Instance],
        examples: Sequence[tuple[Instance, ...]],
        *,
        labels: Sequence[str],
    ) -> Iterator[Answer]:
        """Yield one answer per instance, in the order of the instances, as they come.

        Args:
            prompt: how the question is put.
            instances: n instances.
            examples: n tuples of examples, as `Shots.choose` returns them.
            labels: the names of positive, negative and neutral, in this order.

        Raises:
            ArtsError: when the model cannot be asked.
        """

    def facts(self) -> RespondentFacts:
        """How the model was asked, and what that has taken so far."""
