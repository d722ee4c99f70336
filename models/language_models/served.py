"""Language models behind OpenAI-compatible servers, such as vLLM, llama.cpp, Ollama and the vendors'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.models.language_models.answer_store import Reply, measured_seconds
from arts.models.language_models.answers import LABELS, Answer, is_json_label, parse_answer
from arts.models.language_models.cost import Budget, Spending
from arts.models.language_models.endpoint import TIMEOUT, Endpoint
from arts.models.language_models.interview import Interview
from arts.models.language_models.prompts import Prompt
from arts.models.language_models.questions import Questions
from arts.models.language_models.request_form import RequestForm
from arts.models.language_models.respondent import RespondentFacts
from arts.models.language_models.retries import Retries

ANSWER_TOKENS = 1024  # of an answer, with the reasoning before it
CONCURRENCY = 8


class ServedRespondent:
    """A language model behind an OpenAI-compatible server, asked by chat completions.

    The first request settles the form of all others: JSON with one of the labels, and log-probabilities,
    unless the server refuses them. Replies are kept on disk as they come; see `AnswerStore`. Use it in a
    ``with`` block, which covers all that one result is made of: a block that ends with an exception, or is
    killed, can be gone on from.

    Args:
        name: the name that the server knows the model by.
        base_url: the address of the server. Default: OPENAI_BASE_URL, else OpenAI's.
        api_key: the key. Default: OPENAI_API_KEY.
        system: a system prompt.
        temperature: the temperature of sampling.
        seed: random seed of sampling.
        answer_tokens: tokens that an answer may have, with the reasoning before it.
        concurrency: requests at once.
        timeout: seconds for a request; one that takes longer is made again.
        budget: what a run may cost at most; replies that are known from before cost nothing.
        retries: how often requests are made again, and who is told (`on_wait`).
        spending: what is spent together with others, in place of a `budget` of its own.

    Raises:
        ArtsError: when the address or the key cannot be one, `concurrency` or `answer_tokens` is below 1, or
            the package ``openai`` is not installed.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        system: str | None = None,
        temperature: float = 0.0,
        seed: int = 0,
        answer_tokens: int = ANSWER_TOKENS,
        concurrency: int = CONCURRENCY,
        timeout: float = TIMEOUT,
        budget: Budget | None = None,
        retries: Retries | None = None,
        spending: Spending | None = None,
    ) -> None:
        for option, number in (("--concurrency", concurrency), ("--answer-tokens", answer_tokens)):
            if number < 1:
                raise ArtsError(f"{option} {number}; expected 1 or more")
        self.name = name
        self.system = system
        self.concurrency = concurrency
        self.retries = retries or Retries()
        self.spending = spending or Spending(budget or Budget())
        self._parameters: dict[str, Any] = {
            "temperature": temperature,
            "seed": seed,
            "answer_tokens": answer_tokens,
        }
        self._interview = Interview(
            Endpoint(name, base_url=base_url, api_key=api_key, timeout=timeout),
            self.retries,
            self.spending,
            concurrency,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(is_complete=error is None)

    def close(self, *, is_complete: bool = True) -> None:
        """End the run. Of an incomplete one all replies are kept, so that it can be gone on from."""
        self._interview.close(is_complete=is_complete)

    def seconds_per_request(self) -> float | None:
        """The time that a request took in the last run with this server; None if none has measured it."""
        return measured_seconds(self._interview.endpoint.address, self.name)

    def answers(
        self,
        prompt: Prompt,
        instances: Sequence[Instance],
        examples: Sequence[tuple[Instance, ...]],
        *,
        labels: Sequence[str] = LABELS,
    ) -> Iterator[Answer]:
        """Yield one answer per instance, in the order of the instances, as they come.

        Args:
            prompt: how the question is put.
            instances: n instances.
            examples: n tuples of examples.
            labels: the names of positive, negative and neutral, in this order.

        Raises:
            BudgetError: when another request could exceed the budget.
            ArtsError: when the server refuses a request, or fails again and again. What was answered before
                is kept.
        """
        messages = [
            prompt.messages(instance, shown, labels=labels, system=self.system)
            for instance, shown in zip(instances, examples, strict=True)
        ]
        if not messages:
            return
        form = RequestForm.of(labels, **self._parameters)
        questions = Questions(messages, [one.id for one in instances], tuple(labels), form)
        self._interview.begin(questions)
        for reply in self._interview.replies(questions):
            yield self._answer(reply, questions)

    def facts(self) -> RespondentFacts:
        """How the model was asked, and what that has taken so far."""
        forms = [*self._interview.forms.values()]
        form = forms[-1] if forms else RequestForm.of(LABELS, **self._parameters)
        tally = self._interview.tally
        return RespondentFacts(
            asked="structured output" if form.is_structured else "text",
            model=self.name,
            reported_model=tally.model,
            version=tally.fingerprint,
            server=self._interview.endpoint.address,
            parameters={**form.parameters, "concurrency": self.concurrency},
            system=self.system,
            refusals=tuple(tally.remarks(form)),
            requests=tally.requests,
            retries=self.retries.number,
            prompt_tokens=tally.prompt_tokens,
            completion_tokens=tally.completion_tokens,
            seconds=tally.seconds,
        )

    def _answer(self, reply: Reply, questions: Questions) -> Answer:
        """A reply, read."""
        in_form = not questions.form.is_structured or is_json_label(reply.text)
        self._interview.tally.add_reply(reply, in_form=in_form)
        polarity = parse_answer(reply.text, questions.labels)
        return Answer(
            polarity,
            reply.text,
            None if polarity is None else reply.probabilities,
            reply.prompt_tokens,
            reply.completion_tokens,
        )
