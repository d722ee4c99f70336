"""Served models whose server misbehaves: every answer is kept, every failure said, and nothing is made up."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from helpers.chat_server import Fail, Raw, Say, Slow, chatting
from helpers.interviews import QUESTION, answers_of, respondent, run, soups

from arts.data.errors import ArtsError
from arts.data.schema import Polarity
from arts.models.language_models.cost import Budget, BudgetError
from arts.models.language_models.retries import Retries
from arts.models.language_models.served import ServedRespondent

JSON = Say('{"label": "positive"}')
WHOLE = JSON.body()
PASSING = {
    "busy": (Fail(429, "slow down"), "answered 429: slow down"),
    "busy with Retry-After": (Fail(429, "slow down", {"Retry-After": "0.05"}), "answered 429: slow down"),
    "broken": (Fail(500, "oh no"), "answered 500: oh no"),
    "overloaded": (Fail(503, "later"), "answered 503: later"),
    "slow": (Slow(1.0, JSON), "did not answer within 0.4 s"),
    "cut off": (Raw(WHOLE[:40], len(WHOLE)), "a reply of the server was cut off ("),
    "no JSON": (
        Raw(b"<html>Bad gateway</html>"),
        "a reply of the server is faulty (not valid JSON: Expecting value",
    ),
    "half JSON": (Raw(WHOLE[:40]), "a reply of the server is faulty (not valid JSON: "),
    "deep JSON": (
        Raw(b"[" * 10_000),
        "a reply of the server is faulty (the JSON is nested more than 100 deep",
    ),
    "no completion": (
        Raw(b'{"error": "x"}'),
        "is faulty (no completion: field choices: Field required); it begins '{",
    ),
    "no choice": (
        Raw(b'{"choices": []}'),
        "is faulty (no completion: field choices: List should have at least 1",
    ),
    "empty body": (Raw(b""), "a reply of the server is faulty (not valid JSON: "),
    "ten megabytes": (Raw(b" " * 10_000_000), "a reply of the server has more than 8 MiB"),
}


def timeout(kind: str) -> float:
    return 0.4 if kind == "slow" else 60.0


@pytest.mark.parametrize("kind", PASSING)
def test_served_a_failure_that_passes_is_retried_and_loses_nothing(kind):
    failure, message = PASSING[kind]
    waits = []
    retries = Retries(most=2, first_delay=0.01, on_wait=waits.append)
    with chatting(lambda body, number: failure if number in (1, 5) else JSON) as server:
        answers, served = run(server, 8, retries=retries, timeout=timeout(kind), concurrency=3)
        assert len(server.requests) == 10
    assert [answer.polarity for answer in answers] == [Polarity.POSITIVE] * 8
    assert served.facts().retries == len(waits) == 2
    assert all(message in text and "; trying again in 0 s" in text for text in waits)


@pytest.mark.parametrize("kind", PASSING)
def test_served_a_failure_that_stays_is_said_and_what_was_answered_is_kept(kind):
    failure, message = PASSING[kind]
    options = {"timeout": timeout(kind), "concurrency": 1}
    with chatting(lambda body, number: JSON if number <= 4 else failure) as server:
        with pytest.raises(ArtsError) as error:
            run(server, 8, **options)
        assert str(error.value).startswith("gave up after 2 retries (")
        assert message in str(error.value)
        assert str(error.value).endswith('(asked about instance "4_0"; what was answered before is kept)')
        assert len(server.requests) == 4 + 3
        server.requests.clear()
        server.script = lambda body, number: JSON
        answers, _ = run(server, 8, **options)
        assert (len(answers), len(server.requests)) == (8, 4)


def test_served_the_first_failure_is_not_hidden_by_the_last():
    retries = Retries(most=3, first_delay=0.01)
    with (
        chatting(lambda body, number: Fail(500, f"fault {number}")) as server,
        pytest.raises(ArtsError) as error,
    ):
        run(server, 1, retries=retries)
    text = str(error.value)
    assert "(first: http://127.0.0.1" in text
    assert f"fault 1; last: {server.base_url} answered 500: fault 4)" in text


def test_served_retry_after_is_honoured_by_all_requests():
    came = []

    def script(body, number):
        came.append(time.monotonic())
        return Fail(429, "slow down", {"Retry-After": "0.4"}) if number == 5 else JSON

    with chatting(script) as server:
        run(server, 30, concurrency=3)
    gaps = sorted(after - before for before, after in pairwise(came))
    assert len(came) == 31
    assert gaps[-1] > 0.3


@pytest.mark.parametrize("header", [{"Retry-After": "3600"}, {"retry-after-ms": "3600000"}])
def test_served_a_wait_that_is_too_long_is_refused_at_once(header):
    with chatting(lambda body, number: Fail(429, "slow down", header)) as server:
        with pytest.raises(ArtsError) as error:
            run(server, 1)
        assert len(server.requests) == 1
    assert "gave up: the next retry would be 3,600 s later, and a request waits at most 600 s (" in str(
        error.value
    )


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (Fail(401, "bad key"), "refuses the key: 401: bad key"),
        (Fail(403, "not yours"), "refuses the key: 403: not yours"),
        (Fail(404, "no model tiny"), "refused the request: 404: no model tiny"),
    ],
)
def test_served_a_failure_that_cannot_pass_is_not_retried(failure, message):
    with chatting(lambda body, number: JSON if number <= 4 else failure) as server:
        with pytest.raises(ArtsError, match=message):
            run(server, 8, concurrency=1)
        assert len(server.requests) == 5


def test_served_an_address_without_v1_is_hinted_at():
    with chatting(lambda body, number: Fail(404, "Not Found")) as server:
        server.base_url = server.url
        with pytest.raises(
            ArtsError, match="refused the request: 404: Not Found; addresses usually end in /v1"
        ):
            run(server, 1)


def test_served_a_server_out_of_reach_is_said():
    with chatting(lambda body, number: JSON) as server:
        served = respondent(server, retries=Retries(most=9, first_delay=0.01))
    with pytest.raises(
        ArtsError, match=r"gave up after 2 retries \(.*http://127.0.0.1:\d+/v1 cannot be reached \("
    ):
        answers_of(served, soups(1))


INVALID = {
    "another label": "mixed",
    "another label in JSON": '{"label": "mixed"}',
    "no label": '{"label": null}',
    "two labels": '{"label": "positive", "label": "negative"}',
    "unclosed think": '<think>Clearly {"label": "positive"}',
    "unclosed think, then the label": "<think>Clearly.\n\npositive",
    "empty": "",
    "nothing": None,
    "spaces": " \n ",
    "an essay": "positive " * 1000,
}


@pytest.mark.parametrize("kind", INVALID)
def test_served_an_answer_without_a_label_is_invalid_and_never_asked_again(kind):
    def script(body, number):
        wrong = body["messages"][-1]["content"].startswith(("Soup number 3 ", "Soup number 5 "))
        return Say(INVALID[kind]) if wrong else JSON

    with chatting(script) as server:
        answers, served = run(server, 8)
        assert len(server.requests) == 8
    invalid = [n for n, answer in enumerate(answers) if answer.polarity is None]
    assert invalid == [3, 5]
    assert {answers[n].text for n in invalid} == {INVALID[kind] or ""}
    assert answers[3].probabilities is None
    assert served.facts().retries == 0


def test_served_answers_that_are_cut_off_or_without_tokens_are_counted():
    def script(body, number):
        return Say('{"label": "posi', finish="length", usage=None) if number > 6 else JSON

    with chatting(script) as server:
        answers, served = run(server, 8, concurrency=1)
    assert [answer.polarity for answer in answers[-3:]] == [Polarity.POSITIVE, None, None]
    assert (answers[-1].prompt_tokens, answers[-1].completion_tokens) == (8, 4)  # 30 and 15 characters
    assert served.facts().refusals == (
        "2 answers were cut off at the tokens that they may have",
        "2 answers are not the JSON that was asked for",
        "2 answers came without their tokens, which are estimated as characters / 4",
    )


def test_served_another_name_of_the_model_is_reported():
    with chatting(lambda body, number: Say(JSON.text, model="tiny@main")) as server:
        _, served = run(server, 2)
    assert (served.facts().model, served.facts().reported_model) == ("tiny", "tiny@main")


def test_served_parts_of_content_are_joined():
    parts = [
        {"type": "thinking"},
        {"type": "text", "text": '{"label": '},
        {"type": "text", "text": '"negative"}'},
    ]
    with chatting(lambda body, number: Say(parts)) as server:
        (answer,), _ = run(server, 1)
    assert (answer.polarity, answer.text) == (Polarity.NEGATIVE, '{"label": "negative"}')


@pytest.mark.parametrize(
    ("budget", "answered", "spent"),
    [
        (Budget(max_tokens=52 * 5), 5, "260 tokens of --max-tokens 260"),
        (Budget(max_tokens=52 * 5 + 51), 5, "260 tokens of --max-tokens 311"),
        (Budget(max_cost=0.5, price_in=1000, price_out=5000), 8, "416 tokens for 0.48 of --max-cost 0.5"),
        (Budget(max_tokens=1), 0, "0 tokens of --max-tokens 1"),
    ],
)
@pytest.mark.parametrize("concurrency", [1, 4])
def test_served_a_budget_stops_in_order_and_the_run_goes_on(budget, answered, spent, concurrency):
    with chatting(lambda body, number: JSON) as server:
        answers = []
        with respondent(server, budget=budget, concurrency=concurrency) as served:
            with pytest.raises(BudgetError) as error:
                answers.extend(served.answers(QUESTION, soups(12), [()] * 12))
            served.close(is_complete=False)
        assert len(answers) == server.answered == answered
        assert str(error.value).startswith(
            f"stopped at {spent}: {answered} of 12 instances are answered and kept; "
        )
        run_on, _ = run(server, 12)
        assert (len(run_on), server.answered) == (12, 12)


def test_served_a_budget_without_a_first_request_says_what_is_known():
    with chatting(lambda body, number: Say(JSON.text, fingerprint="fp_1")) as server:
        run(server, 5)
        with pytest.raises(BudgetError, match="stopped at 0 tokens of --max-tokens 0: 5 of 5 instances are"):
            run(server, 5, budget=Budget(max_tokens=0))
        assert server.answered == 5


def test_served_no_key_is_needed_where_there_is_an_address(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(
        ArtsError, match="OPENAI_API_KEY is not set; expected a key, or --base-url for another"
    ):
        ServedRespondent("tiny")
    with chatting(lambda body, number: Fail(401, "who are you")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        with pytest.raises(ArtsError, match="refuses the key: 401: who are you; set OPENAI_API_KEY"):
            answers_of(ServedRespondent("tiny"), soups(1))
        assert json.dumps(server.headers[0]).count("none")
