"""Writers behind OpenAI-compatible servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from arts.models.language_models.answers import may_be_json
from arts.models.language_models.cost import Spending, estimated_tokens
from arts.models.language_models.endpoint import Endpoint
from arts.models.language_models.interview import Interview
from arts.models.language_models.prompts import Message
from arts.models.language_models.questions import Questions
from arts.models.language_models.request_form import RequestForm
from arts.models.language_models.respondent import RespondentFacts
from arts.models.language_models.retries import Retries
from arts.models.language_models.served import ANSWER_TOKENS, CONCURRENCY
from arts.models.language_models.written import Written


class ServedWriter:
    """A language model behind a server that answers with JSON of a schema, where the server has that.

    It asks as `ServedRespondent` does: replies are kept on disk as they come, and a run that was cut off
    goes on. Use it in a ``with`` block.

    Args:
        name: the name that the server knows the model by.
        schema: the JSON schema of a reply.
        base_url: the address of the server. Default: OPENAI_BASE_URL, else OpenAI's.
        api_key: the key. Default: OPENAI_API_KEY.
        seed: random seed of sampling, at temperature 0.
        answer_tokens: tokens that a reply may have, with the reasoning before it.
        concurrency: requests at once.
        spending: what is spent, of which budget.
        retries: how often requests are made again, and who is told.

    Raises:
        ArtsError: when the address or the key cannot be one, or the package ``openai`` is not installed.
    """

    def __init__(
        self,
        name: str,
        *,
        schema: Mapping[str, Any],
        spending: Spending,
        base_url: str | None = None,
        api_key: str | None = None,
        seed: int = 0,
        answer_tokens: int = ANSWER_TOKENS,
        concurrency: int = CONCURRENCY,
        retries: Retries | None = None,
    ) -> None:
        self.name = name
        self._form = RequestForm.of_schema(schema, temperature=0.0, seed=seed, answer_tokens=answer_tokens)
        self._retries = retries or Retries()
        endpoint = Endpoint(name, base_url=base_url, api_key=api_key)
        self._interview = Interview(endpoint, self._retries, spending, concurrency)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._interview.close(is_complete=error is None)

    def replies(self, conversations: Sequence[list[Message]], ids: Sequence[str]) -> Iterator[Written]:
        """Yield one reply per conversation, in order, as they come.

        Args:
            conversations: n conversations, whose last message is the user's.
            ids: n ids of what they are about, for error messages.

        Raises:
            BudgetError: when another request could exceed the budget.
            ArtsError: when the server refuses a request, or fails again and again.
        """
        if not conversations:
            return
        sizes = [estimated_tokens(messages[-1]["content"]) for messages in conversations]
        questions = Questions([*conversations], [*ids], (), self._form, reply_tokens=max(sizes))
        self._interview.begin(questions)
        for reply in self._interview.replies(questions):
            self._interview.tally.add_reply(reply, in_form=may_be_json(reply.text))
            yield Written.of(
                reply.text, prompt_tokens=reply.prompt_tokens, completion_tokens=reply.completion_tokens
            )

    def facts(self) -> RespondentFacts:
        """How the model was asked, and what that has taken so far."""
        forms = [*self._interview.forms.values()]
        form, tally = forms[-1] if forms else self._form, self._interview.tally
        return RespondentFacts(
            asked="structured output" if form.is_structured else "text",
            model=self.name,
            reported_model=tally.model,
            version=tally.fingerprint,
            server=self._interview.endpoint.address,
            parameters=form.parameters,
            refusals=tuple(tally.remarks(form)),
            requests=tally.requests,
            retries=self._retries.number,
            prompt_tokens=tally.prompt_tokens,
            completion_tokens=tally.completion_tokens,
            seconds=tally.seconds,
        )
