"""Asks a language model about the instances of a benchmark, and turns its answers into predictions."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from arts.data.schema import Instance
from arts.data.support.arrays import FloatArray, IntArray
from arts.data.support.printable import printable
from arts.evaluation.benchmark_layout import POLARITIES
from arts.evaluation.language_model_record import (
    MOST_CHARACTERS,
    MOST_TEXTS,
    Expense,
    LanguageModelInfo,
    PromptScore,
    ShotsInfo,
    spreads,
)
from arts.evaluation.metrics import INVALID
from arts.evaluation.predictions import Predictions
from arts.evaluation.report_record import ModelInfo
from arts.models.language_models.answers import LABELS, Answer
from arts.models.language_models.cost import Budget
from arts.models.language_models.prompts import Prompt, conversation_text
from arts.models.language_models.respondent import Respondent, RespondentFacts
from arts.models.language_models.shots import Shots

logger = logging.getLogger(__name__)

AnswerProgress = Callable[[int, int, str], object]  # told answers so far, answers in the end, and a remark
ChooseExamples = Callable[[Sequence[Instance]], Sequence[tuple[Instance, ...]]]
COUNTERS = ("requests", "retries", "prompt_tokens", "completion_tokens", "seconds")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Exchange:
    """What a language model answered to one prompt about n instances.

    Args:
        prompt: the prompt.
        answers: the n answers.
        rendered: the conversation of the first instance.
        facts: how the model was asked; its numbers are of this prompt alone.
    """

    prompt: Prompt
    answers: Sequence[Answer]
    rendered: str
    facts: RespondentFacts

    def predictions(self, instances: Sequence[Instance]) -> Predictions:
        """The answers as predictions for the n instances."""
        labels = np.array([_position(answer) for answer in self.answers], int)
        probabilities = _probabilities(self.answers, labels, name=self.facts.model)
        return Predictions.of(instances, labels, probabilities=probabilities)

    def predictor(
        self, respondent: Respondent, choose: ChooseExamples, progress: AnswerProgress | None
    ) -> Callable[[Sequence[Instance]], FloatArray]:
        """A function that asks the model about n further instances by the same prompt.

        Args:
            respondent: the model.
            choose: chooses the examples that the prompt shows for each instance.
            progress: told of every answer.

        Returns:
            A function from n instances to an array (n, 3): 1 for the label of the answer and 0 for the
            others, NaN for an invalid answer.
        """

        def predict(instances: Sequence[Instance]) -> FloatArray:
            exchange = Questioning(respondent, instances, choose(instances), progress).ask(self.prompt)
            labels = exchange.predictions(instances).labels
            return np.where(labels[:, None] == INVALID, np.nan, np.eye(len(POLARITIES))[labels])

        return predict

    def info(self, shots: Shots, prices: Budget, *, scores: Sequence[PromptScore]) -> LanguageModelInfo:
        """What the report says of it.

        Args:
            shots: how the examples were chosen.
            prices: the prices of tokens.
            scores: the scores of all prompts that were asked together.
        """
        invalid = [answer.text for answer in self.answers if answer.polarity is None]
        accuracy, ars = spreads(scores)
        return LanguageModelInfo(
            prompt=self.prompt.name,
            prompt_checksum=self.prompt.checksum,
            rendered=self.rendered,
            shots=ShotsInfo.of(shots),
            facts=self.facts,
            invalid_texts=tuple(printable(text)[:MOST_CHARACTERS] for text in invalid[:MOST_TEXTS]),
            expense=_expense(prices, self.facts),
            prompts=tuple(scores),
            accuracy=accuracy,
            ars=ars,
        )


@dataclass
class Questioning:
    """A language model that is asked about the instances of a test split, by one prompt after another.

    Args:
        respondent: the model.
        instances: the n instances.
        examples: n tuples of examples, which the prompts show.
        progress: told of every answer.
    """

    respondent: Respondent
    instances: Sequence[Instance]
    examples: Sequence[tuple[Instance, ...]]
    progress: AnswerProgress | None = None
    _before: RespondentFacts | None = field(default=None, init=False)

    def ask(self, prompt: Prompt) -> Exchange:
        """Ask about all instances by a prompt.

        Raises:
            ArtsError: when the model cannot be asked, or another answer would exceed the budget.
        """
        answers, invalid = list[Answer](), 0
        if self.progress:
            self.progress(0, len(self.instances), prompt.name)
        for answer in self.respondent.answers(prompt, self.instances, self.examples, labels=LABELS):
            answers.append(answer)
            invalid += answer.polarity is None
            if self.progress:
                remark = f"{prompt.name}, {invalid:,} invalid" if invalid else prompt.name
                self.progress(len(answers), len(self.instances), remark)
        facts = self._facts_of_prompt()
        shown = prompt.messages(self.instances[0], self.examples[0], labels=LABELS, system=facts.system)
        return Exchange(prompt, answers, conversation_text(shown), facts)

    def _facts_of_prompt(self) -> RespondentFacts:
        """The facts with the numbers of what was asked since the last prompt."""
        facts, before = self.respondent.facts(), self._before
        self._before = facts
        if before is None:
            return facts
        return facts.model_copy(
            update={name: getattr(facts, name) - getattr(before, name) for name in COUNTERS}
        )


def language_model_info(
    id: str, facts: RespondentFacts, shots: Shots, *, parameters: int | None = None
) -> ModelInfo:
    """What a report says of a language model itself.

    Args:
        id: the model, as the user named it.
        facts: what is known of it.
        shots: how examples are chosen; their seed is that of the model.
        parameters: number of the model's parameters; None where it is not known.
    """
    return ModelInfo(
        kind="language-model",
        id=id,
        checksum=facts.version if SHA256.fullmatch(facts.version or "") else None,
        seed=ShotsInfo.of(shots).seed,
        parameters=parameters,
    )


def _position(answer: Answer) -> int:
    """The predicted label of an answer as a position in `Polarity`; `INVALID` where it names none."""
    return INVALID if answer.polarity is None else POLARITIES.index(answer.polarity)


def _probabilities(answers: Sequence[Answer], labels: IntArray, *, name: str) -> FloatArray | None:
    """The probabilities (n, 3), NaN for invalid answers; None unless all other answers have them.

    They are left out, with a warning, where only some answers have them, or the label of an answer is not
    the most probable one: then they are not those that the predictions come from.
    """
    unknown = (np.nan,) * len(POLARITIES)
    rows = np.array([answer.probabilities or unknown for answer in answers], float)
    valid = labels != INVALID
    rows[~valid] = np.nan
    known = ~np.isnan(rows).any(1)
    likeliest = known & (np.nan_to_num(rows, nan=-1).argmax(1) == labels)
    if not known.any():
        return None
    if (likeliest == valid).all():
        return rows
    logger.warning(
        "%s: no probabilities are kept; %d of %d valid answers have them, %d with the answered label the "
        "most probable one",
        *(name, known.sum(), valid.sum(), likeliest.sum()),
    )
    return None


def _expense(prices: Budget, facts: RespondentFacts) -> Expense | None:
    """What tokens cost; None without prices."""
    cost = prices.cost(facts.prompt_tokens, facts.completion_tokens)
    if prices.price_in is None or prices.price_out is None or cost is None:
        return None
    return Expense(price_in=prices.price_in, price_out=prices.price_out, cost=cost)
