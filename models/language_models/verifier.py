"""A language model as a blind reader of texts that another, or itself, wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arts.data.schema import Instance
from arts.models.language_models.answers import LABELS, Answer
from arts.models.language_models.prompts import Prompt, built_in_template
from arts.models.language_models.respondent import Respondent

FLUENCY = ("yes", "no", "unsure")  # in the place of positive, negative and neutral


@dataclass(frozen=True)
class RespondentVerifier:
    """Asks a language model, by the benchmark's plain question, what is said; and whether it is fluent.

    The model sees texts and terms. Instances carry their intended polarity, which no prompt reads.

    Args:
        respondent: the language model.
    """

    respondent: Respondent

    def polarities(self, instances: Sequence[Instance]) -> Iterator[Answer]:
        """Yield an answer on the sentiment towards the target of each of n instances, in order.

        Raises:
            ArtsError: when the model cannot be asked.
        """
        return self._answers(Prompt.built_in("question"), instances, LABELS)

    def fluencies(self, instances: Sequence[Instance]) -> Iterator[Answer]:
        """Yield an answer on each of n texts, in order: positive where it is fluent, coherent English.

        Raises:
            ArtsError: when the model cannot be asked.
        """
        return self._answers(Prompt("fluency", built_in_template("fluency")), instances, FLUENCY)

    def _answers(
        self, prompt: Prompt, instances: Sequence[Instance], labels: Sequence[str]
    ) -> Iterator[Answer]:
        return self.respondent.answers(prompt, instances, [()] * len(instances), labels=labels)
