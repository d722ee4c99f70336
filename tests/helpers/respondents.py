"""Language models by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from arts.data.schema import Instance, Polarity
from arts.models.language_models.answers import Answer, parse_answer
from arts.models.language_models.prompts import Prompt
from arts.models.language_models.respondent import RespondentFacts


@dataclass
class Scripted:
    """A language model that says what a function of prompt and instance gives."""

    say: Callable[[Prompt, Instance], str]
    name: str = "scripted"
    probabilities: Callable[[Polarity | None], tuple[float, float, float] | None] = lambda polarity: None
    further: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    seen: list[tuple[Instance, ...]] = field(default_factory=list)

    def answers(
        self,
        prompt: Prompt,
        instances: Sequence[Instance],
        examples: Sequence[tuple[Instance, ...]],
        *,
        labels: Sequence[str],
    ) -> Iterator[Answer]:
        self.asked.append((prompt.name, len(instances)))
        self.seen += examples
        for instance in instances:
            text = self.say(prompt, instance)
            polarity = parse_answer(text, labels)
            yield Answer(polarity, text, self.probabilities(polarity), 10, 2)

    def facts(self) -> RespondentFacts:
        answered = sum(number for _, number in self.asked)
        numbers = {"requests": answered, "prompt_tokens": 10 * answered, "completion_tokens": 2 * answered}
        given = {"asked": "text", "model": self.name, "seconds": 0.5 * len(self.asked), **numbers}
        return RespondentFacts(**given | self.further)


def right(prompt: Prompt, instance: Instance) -> str:
    return str(instance.polarity)


def sure(polarity: Polarity | None) -> tuple[float, float, float] | None:
    """Probabilities of 0.8 for a label and 0.1 for the others."""
    if polarity is None:
        return None
    a, b, c = (0.8 if one is polarity else 0.1 for one in Polarity)
    return a, b, c
