"""The interview with a served model: how it is asked is settled once, each question asked once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Event

from arts.data.errors import ArtsError
from arts.data.support.display import shortened
from arts.models.language_models.answer_store import AnswerStore, Reply, checksum, keep_measured_seconds
from arts.models.language_models.answers import may_be_json
from arts.models.language_models.cost import BudgetError, Spending, estimated_tokens
from arts.models.language_models.endpoint import Endpoint, RefusedError
from arts.models.language_models.first_token import label_probabilities
from arts.models.language_models.prompts import Message
from arts.models.language_models.questions import Questions
from arts.models.language_models.request_form import RequestForm
from arts.models.language_models.request_pool import RequestPool
from arts.models.language_models.retries import Retries
from arts.models.language_models.tally import Tally

BETWEEN_LOOKS = 1.1  # seconds; servers tell the time of day in whole ones
FIRST_RETRIES = 2  # of the first request to a server; an address may be wrong
FEWEST_MEASURED = 8  # requests that tell a rate


@dataclass
class Interview:
    """The requests to a served model, and their replies.

    The first request of a run is made alone. It settles the form of all others, and tells which version of
    the model answers: replies of other versions, known from before, are not used.

    Args:
        endpoint: the model.
        retries: how often requests are made again.
        spending: what has been spent, of which budget.
        concurrency: requests at once.
        tally: counts what happens.
        forms: the forms that the server takes, by the labels.
    """

    endpoint: Endpoint
    retries: Retries
    spending: Spending
    concurrency: int
    tally: Tally = field(default_factory=Tally)
    forms: dict[tuple[str, ...], RequestForm] = field(default_factory=dict)

    def close(self, *, is_complete: bool) -> None:
        """End the run; see `AnswerStore.close`."""
        if "_store" in vars(self):
            self._store.close(is_complete=is_complete)

    @cached_property
    def _store(self) -> AnswerStore:
        """The replies that are known; opened when the first question is asked."""
        retries = replace(self.retries, most=min(self.retries.most, FIRST_RETRIES))
        facts = retries.call(self.endpoint.model_facts)
        if facts:
            time.sleep(BETWEEN_LOOKS)  # what has another value then, such as the time of day, is no fact
            second = retries.call(self.endpoint.model_facts)
            facts = {name: value for name, value in facts.items() if second.get(name) == value}
        return AnswerStore(self.endpoint.address, self.endpoint.model, facts)

    def begin(self, questions: Questions) -> None:
        """Settle the form of the requests, and find the replies that are known already."""
        self.spending.expect(max(map(_estimated_prompt, questions.messages)), questions.reply_tokens)
        if questions.labels in self.forms:
            self._find(questions, self.forms[questions.labels])
        else:
            self._settle(questions)
        known, versions = questions.replies, self.tally.versions
        questions.replies = {key: reply for key, reply in known.items() if reply.version in versions}
        self.tally.outdated += len(known) - len(questions.replies)

    def _settle(self, questions: Questions) -> None:
        """Ask the first question without a reply. In the form in which the server takes it, all are asked."""
        form = questions.form
        place = checksum([questions.labels, form.fields])
        if refused := self._store.refusals(place):
            self._find(questions, replace(form, refused=refused))
        if not questions.replies:
            self._find(questions, form)  # what the server refused before, it may take now
        if not self.spending.allows_another(0):
            raise BudgetError(self.spending, answered=questions.answered, asked=len(questions.keys))
        n = min(questions.missing(), default=0)
        started = time.monotonic()
        reply = self._first_reply(n, questions)
        self.tally.seconds += time.monotonic() - started
        self._store.keep_refusals(place, questions.form.refused)
        self.forms[questions.labels] = questions.form
        self._keep({n: reply}, questions)

    def _find(self, questions: Questions, form: RequestForm) -> None:
        """Take a form, and find the replies to the questions in it."""
        questions.take_form(form)
        questions.run = self._store.begin_run(questions.keys)
        questions.replies = self._store.get(questions.keys, questions.run)

    def _first_reply(self, n: int, questions: Questions) -> Reply:
        """The reply to question n, in a form that the server takes; the questions take this form."""
        form, refusals = questions.form, list[ArtsError]()
        while True:
            try:
                reply = self._request(questions.messages[n], form, questions=questions)
            except ArtsError as refusal:
                refusals.append(refusal)
                is_about_form = isinstance(refusal, RefusedError) or form.names_feature(str(refusal))
                shorter = form.without(str(refusal)) if is_about_form else None
                if shorter is None:
                    raise self._located(refusals[0], questions.ids[n]) from refusal
                form = shorter
            else:
                break
        if form.is_structured and not may_be_json(reply.text):  # then it is what a request without it gives
            form = form.unstructured(f"the server ignores it: it answered {shortened(reply.text)!r}")
        if form != questions.form:
            self._find(questions, form)
        return reply

    def replies(self, questions: Questions) -> Iterator[Reply]:
        """Yield the replies to the questions, which `begin` has got, in their order and as they come.

        Raises:
            BudgetError: when another request could exceed the budget.
            ArtsError: when the server refuses a request, or fails again and again.
        """
        keys, position = questions.keys, 0
        for _ in self._ask(questions):
            while position < len(keys) and (reply := questions.replies.get(keys[position])):
                yield reply
                position += 1
        if position < len(keys):
            raise BudgetError(self.spending, answered=questions.answered, asked=len(keys))

    def _ask(self, questions: Questions) -> Iterator[None]:
        """Ask the questions without a reply; yield at first, and after each batch of replies that is kept."""
        yield
        stop = Event()

        def request(n: int) -> Reply:
            try:
                return self._request(questions.messages[n], questions.form, questions=questions, stop=stop)
            except ArtsError as error:
                raise self._located(error, questions.ids[n]) from error

        before, seconds = self.tally.requests, 0.0
        pool = RequestPool(request, self.concurrency, self.spending.allows_another, stop)
        started = time.monotonic()
        for replies in pool.replies(questions.missing()):
            self._keep(replies, questions)
            seconds += time.monotonic() - started
            yield
            started = time.monotonic()
        self.tally.seconds += seconds
        if (asked := self.tally.requests - before) >= FEWEST_MEASURED:
            keep_measured_seconds(self.endpoint.address, self.endpoint.model, seconds=seconds / asked)

    def _request(
        self,
        messages: Sequence[Message],
        form: RequestForm,
        *,
        questions: Questions,
        stop: Event | None = None,
    ) -> Reply:
        """Ask a question, again where a failure may pass."""
        completion = self.retries.call(lambda: self.endpoint.complete(messages, form.fields), stop=stop)
        usage, text = completion.usage, completion.text
        counted = usage is not None and usage.prompt_tokens > 0
        return Reply(
            text=text,
            model=completion.model or "",
            fingerprint=completion.system_fingerprint or "",
            prompt_tokens=usage.prompt_tokens if usage and counted else _estimated_prompt(messages),
            completion_tokens=usage.completion_tokens if usage and counted else estimated_tokens(text),
            is_estimated=not counted,
            is_cut_off=completion.is_cut_off,
            probabilities=label_probabilities(completion.logprobs, questions.labels),
        )

    def _keep(self, replies: Mapping[int, Reply], questions: Questions) -> None:
        """Keep replies on disk, and count them."""
        by_key = {questions.keys[n]: reply for n, reply in replies.items()}
        self._store.put(by_key, questions.run)
        questions.replies.update(by_key)
        for reply in replies.values():
            self.tally.add_request(reply)
            self.spending.add(reply.prompt_tokens, reply.completion_tokens)

    def _located(self, error: ArtsError, id: str) -> ArtsError:
        """An error with the server and the instance that was asked about."""
        address, refused = self.endpoint.address, isinstance(error, RefusedError)
        message = f"{address} refused the request: {error}" if refused else str(error)
        return ArtsError(f'{message} (asked about instance "{id}"; what was answered before is kept)')


def _estimated_prompt(messages: Sequence[Message]) -> int:
    """The tokens of a conversation where nobody counts them."""
    return sum(estimated_tokens(message["content"]) for message in messages)
