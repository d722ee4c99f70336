"""Language models that run here, asked which label they find likeliest."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Iterator, Sequence

import numpy as np

from arts.data.schema import Instance, Polarity
from arts.data.support.text_cache import TextCache
from arts.models.language_models.answer_store import keep_measured_seconds, measured_seconds
from arts.models.language_models.answers import LABELS, Answer
from arts.models.language_models.conversation_tokens import LabelledQuestion
from arts.models.language_models.language_model import DEFAULT_LANGUAGE_MODEL, LanguageModel, token_ids
from arts.models.language_models.prompts import Prompt
from arts.models.language_models.respondent import RespondentFacts

CHUNK = 64  # instances after which the answers are kept
HERE = "here"  # where a server has an address


class LocalRespondent:
    """A causal language model of transformers, which answers with the label that it finds likeliest.

    The likelihood of a label is that of all its tokens after the conversation; the probabilities of the
    labels are a softmax over the log-likelihoods. What conversations begin with, such as instructions and
    examples, is computed once. On a GPU the model runs in bf16, spread over all there are. Likelihoods are
    kept on disk as they come, by the model's files and the tokens, so that a run that was killed goes on.

    Args:
        name: the default model's name, a folder, a GGUF file or a Hub id.
        system: a system prompt.
        length_normalized: whether the log-likelihood of a label is divided by its number of tokens.

    Raises:
        ArtsError: when the model cannot be loaded; see `LanguageModel.load`.
    """

    def __init__(
        self,
        name: str = DEFAULT_LANGUAGE_MODEL,
        *,
        system: str | None = None,
        length_normalized: bool = True,
    ) -> None:
        self.name = name
        self.system = system
        self.length_normalized = length_normalized
        self.language_model = LanguageModel.load(name, for_inference=True)
        self._cache = TextCache("labels", self.language_model.cache.source)
        self._too_long = self._requests = self._prompt_tokens = self._completion_tokens = 0
        self._seconds = 0.0

    def answers(
        self,
        prompt: Prompt,
        instances: Sequence[Instance],
        examples: Sequence[tuple[Instance, ...]],
        *,
        labels: Sequence[str] = LABELS,
    ) -> Iterator[Answer]:
        """Yield one answer per instance, in the order of the instances, as they come.

        An instance whose conversation is longer than the model can read gets an invalid answer, and is
        counted in `facts`; nothing of it is cut off.

        Args:
            prompt: how the question is put.
            instances: n instances.
            examples: n tuples of examples, as `Shots.choose` returns them.
            labels: the names of positive, negative and neutral, in this order.

        Raises:
            ArtsError: when the prompt or the chat template cannot be rendered, or the tokenizer is that of
                another model.
        """
        pairs = [*zip(instances, examples, strict=True)]
        for first in range(0, len(pairs), CHUNK):
            start = time.monotonic()
            questions = [
                LabelledQuestion.of(
                    self.language_model.tokenizer,
                    prompt.messages(instance, shown, labels=labels, system=self.system),
                    labels,
                )
                for instance, shown in pairs[first : first + CHUNK]
            ]
            known = self._likelihoods([question for question in questions if self._fits(question)])
            self._seconds += time.monotonic() - start
            for question in questions:
                yield self._answer(question, known.get(_key(question)), labels)

    @property
    def parameters(self) -> int:
        """The number of the model's parameters."""
        return int(self.language_model.model.num_parameters())

    def count_tokens(self, text: str) -> int:
        """The number of tokens of a text."""
        return len(token_ids(self.language_model.tokenizer, text))

    def seconds_per_request(self) -> float | None:
        """The time that an answer took when one was last computed on this machine; None if none was."""
        return measured_seconds(HERE, self.language_model.checksum)

    def facts(self) -> RespondentFacts:
        """How the model was asked, and what that has taken so far."""
        template = self.language_model.tokenizer.chat_template
        remarks = []
        if self._too_long:
            remarks.append(
                f"{self._too_long:,} conversations have more than the {self.language_model.max_tokens:,} "
                "tokens that the model can read, and no answer"
            )
        if not template:
            remarks.append("the tokenizer has no chat template; conversations were rendered as plain text")
        return RespondentFacts(
            asked="log-likelihood",
            model=self.name,
            version=self.language_model.checksum,
            parameters={
                "length_normalized": self.length_normalized,
                "precision": str(self.language_model.model.dtype).removeprefix("torch."),
            },
            chat_template_checksum=hashlib.sha256(str(template).encode()).hexdigest() if template else None,
            system=self.system,
            refusals=tuple(remarks),
            requests=self._requests,
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
            seconds=self._seconds,
        )

    def _fits(self, question: LabelledQuestion) -> bool:
        """Whether the model can read a question with each label."""
        limit = self.language_model.max_tokens
        return limit is None or question.longest <= limit

    def _likelihoods(self, questions: Sequence[LabelledQuestion]) -> dict[str, list[float]]:
        """The log-likelihoods of the labels of each question, by its key; those not kept are computed."""
        asked = {_key(question): question for question in questions}
        known = self._cache.get(asked)
        missing = {key: question for key, question in asked.items() if key not in known}
        if not missing:
            return known
        start = time.monotonic()
        sequences = [sequence for question in missing.values() for sequence in question.sequences]
        starts = [question.start for question in missing.values() for _ in question.sequences]
        self.language_model.check_tokens(max(map(max, sequences)))
        scores = self.language_model.scorer.log_likelihoods(sequences, starts).tolist()
        sizes = [len(question.sequences) for question in missing.values()]
        ends = np.cumsum(sizes).tolist()
        fresh = {key: scores[end - size : end] for key, end, size in zip(missing, ends, sizes, strict=True)}
        self._cache.put(fresh)
        self._requests += len(fresh)
        seconds = (time.monotonic() - start) / len(fresh)
        keep_measured_seconds(HERE, self.language_model.checksum, seconds=seconds)
        return known | fresh

    def _answer(
        self, question: LabelledQuestion, likelihoods: list[float] | None, labels: Sequence[str]
    ) -> Answer:
        """The answer by the log-likelihoods of the labels; an invalid one without them."""
        if likelihoods is None:
            self._too_long += 1
            limit = self.language_model.max_tokens
            return Answer(None, f"(no answer: {question.longest:,} tokens, and the model can read {limit:,})")
        sizes = question.label_sizes
        scores = [
            likelihood / (size if self.length_normalized else 1)
            for likelihood, size in zip(likelihoods, sizes, strict=True)
        ]
        weights = [math.exp(score - max(scores)) for score in scores]
        positive, negative, neutral = (weight / sum(weights) for weight in weights)
        best = scores.index(max(scores))
        self._prompt_tokens += question.start
        self._completion_tokens += sizes[best]
        probabilities = (positive, negative, neutral)
        return Answer([*Polarity][best], labels[best], probabilities, question.start, sizes[best])


def _key(question: LabelledQuestion) -> str:
    """SHA-256 of the tokens of a question and its labels."""
    return hashlib.sha256(json.dumps([question.sequences, question.start]).encode()).hexdigest()
