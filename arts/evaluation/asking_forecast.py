"""The forecast of what asking a language model takes: calls, tokens, time and money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from arts.data.schema import Instance
from arts.models.language_models.answers import LABELS
from arts.models.language_models.cost import Budget, Estimate, estimate
from arts.models.language_models.prompts import Prompt
from arts.models.language_models.respondent import Respondent


@runtime_checkable
class TokenCounting(Protocol):
    """A respondent that has the model's tokenizer."""

    def count_tokens(self, text: str) -> int:
        """The number of tokens of a text."""


@runtime_checkable
class TimeMeasuring(Protocol):
    """A respondent that knows how long requests took."""

    def seconds_per_request(self) -> float | None:
        """The time that a request took in the last run that measured it, in seconds; None if none has."""


def forecast_prompt(
    respondent: Respondent,
    prompt: Prompt,
    instances: Sequence[Instance],
    examples: Sequence[tuple[Instance, ...]],
    *,
    prices: Budget,
    answer_tokens: int,
) -> Estimate:
    """Forecast what asking about n instances by a prompt takes.

    Args:
        respondent: the model.
        prompt: the prompt.
        instances: the n instances.
        examples: n tuples of examples.
        prices: the prices of tokens.
        answer_tokens: tokens that an answer may have; 0 for a model that writes none.
    """
    system = respondent.facts().system
    conversations = [
        prompt.messages(instance, shown, labels=LABELS, system=system)
        for instance, shown in zip(instances, examples, strict=True)
    ]
    return estimate(
        conversations,
        budget=prices,
        answer_tokens=answer_tokens,
        count=respondent.count_tokens if isinstance(respondent, TokenCounting) else None,
        seconds_per_call=(
            respondent.seconds_per_request() if isinstance(respondent, TimeMeasuring) else None
        ),
    )
