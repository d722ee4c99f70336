"""What a report says of a language model: how it was asked, what it answered, and what that took."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np
from pydantic import Field

from arts.data.support.record import Count, Record
from arts.data.support.rounding import decimal_text, round_half_up
from arts.evaluation.scores import Percent, Scores
from arts.models.language_models.respondent import RespondentFacts
from arts.models.language_models.shots import ShotChoice, Shots

MOST_TEXTS = 10  # invalid answers that a report shows
MOST_CHARACTERS = 200  # of each


class ShotsInfo(Record):
    """The examples that a prompt showed.

    Args:
        number: examples in each prompt.
        by: how they were chosen from the training split: "label" or "nearest"; None if there were none.
        seed: random seed of the draw; None if nothing was drawn.
    """

    number: Count = 0
    by: ShotChoice | None = None
    seed: Count | None = None

    @classmethod
    def of(cls, shots: Shots) -> Self:
        """What is to be known of shots; the seed only where it decides something."""
        if not shots.number:
            return cls()
        return cls(
            number=shots.number, by=shots.by, seed=shots.seed if shots.by is ShotChoice.LABEL else None
        )

    @property
    def words(self) -> tuple[str, ...]:
        """What the name of a model says of them: ``4 shots`` or ``4 nearest shots``; empty for none."""
        which = "nearest " if self.by is ShotChoice.NEAREST else ""
        return (f"{self.number} {which}shot{'s' * (self.number > 1)}",) if self.number else ()


class PromptScore(Record):
    """The scores that one of several prompts gave, in percent.

    Args:
        prompt: name of the prompt.
        accuracy: accuracy on the originals.
        ars: Aspect Robustness Score.
        invalid: number of invalid answers.
    """

    prompt: str
    accuracy: Percent
    ars: Percent
    invalid: Count = 0

    @classmethod
    def of(cls, prompt: str, scores: Scores) -> Self:
        """The scores of a prompt of this name."""
        return cls(
            prompt=prompt, accuracy=scores.accuracy.value, ars=scores.ars.value, invalid=scores.invalid
        )


class PromptSpread(Record):
    """One score over several prompts, in percent.

    Args:
        mean: mean over the prompts.
        low: the lowest score of a prompt.
        high: the highest score of a prompt.
    """

    mean: Percent
    low: Percent
    high: Percent

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """The spread of a score from its values, one per prompt."""
        return cls(mean=round_half_up(float(np.mean(values))), low=min(values), high=max(values))

    def __str__(self) -> str:
        return f"{decimal_text(self.mean)} ({decimal_text(self.low, 1)} to {decimal_text(self.high, 1)})"


def spreads(scores: Sequence[PromptScore]) -> tuple[PromptSpread, PromptSpread]:
    """The spread of accuracy and that of ARS over several prompts."""
    accuracy, ars = zip(*((score.accuracy, score.ars) for score in scores), strict=True)
    return PromptSpread.of(accuracy), PromptSpread.of(ars)


class Expense(Record):
    """What the answers cost, at the prices that were given, in the currency of the prices.

    Args:
        price_in: price of a million tokens that the model reads.
        price_out: price of a million tokens that it writes.
        cost: the price of all answers of the report, those known from earlier runs included.
    """

    price_in: float = Field(ge=0, allow_inf_nan=False)
    price_out: float = Field(ge=0, allow_inf_nan=False)
    cost: float = Field(ge=0, allow_inf_nan=False)


class LanguageModelInfo(Record):
    """How a language model was asked by one prompt, what it answered, and what that took.

    Args:
        prompt: name of the prompt.
        prompt_checksum: SHA-256 of the prompt's template.
        rendered: the conversation of the first instance; None in a report that is to publish nothing of the
            corpus.
        shots: the examples that each prompt showed.
        facts: how the model was asked; its numbers are of this prompt alone.
        invalid_texts: the first ten invalid answers, at most 200 characters of each.
        expense: what the answers cost; None without prices.
        prompts: the scores of all prompts that were asked together, this one included.
        accuracy: accuracy over these prompts.
        ars: Aspect Robustness Score over these prompts.
    """

    prompt: str
    prompt_checksum: str
    rendered: str | None
    shots: ShotsInfo = ShotsInfo()
    facts: RespondentFacts
    invalid_texts: tuple[str, ...] = ()
    expense: Expense | None = None
    prompts: tuple[PromptScore, ...]
    accuracy: PromptSpread
    ars: PromptSpread

    def blind(self) -> Self:
        """The same without texts of the corpus, and without answers, which may repeat them."""
        return self.model_copy(update={"rendered": None, "invalid_texts": ()})

    @property
    def tokens(self) -> int:
        """Tokens that the model read and wrote."""
        return self.facts.prompt_tokens + self.facts.completion_tokens

    @property
    def identity(self) -> tuple[object, ...]:
        """What another measurement of the same model differs in: prompt, examples, and how it was asked."""
        facts = self.facts
        parameters = sorted(facts.parameters.items())
        return self.prompt_checksum, self.shots.model_dump(mode="json"), facts.asked, facts.system, parameters

    def faults(self, scores: Scores) -> Iterator[str]:
        """What contradicts itself or the scores of the report, as the ends of sentences that begin "its"."""
        own = [score for score in self.prompts if score.prompt == self.prompt]
        if len(own) != 1 or len({score.prompt for score in self.prompts}) != len(self.prompts):
            yield f"prompts are not all different, or lack {self.prompt}"
        elif own[0] != PromptScore.of(self.prompt, scores):
            yield "scores by prompt are not those of the report"
        elif (self.accuracy, self.ars) != spreads(self.prompts):
            yield "mean or spread over the prompts is not that of their scores"
        if len(self.invalid_texts) > min(MOST_TEXTS, scores.invalid):
            yield "invalid answers are more than there can be"
