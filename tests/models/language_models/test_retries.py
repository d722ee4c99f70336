"""Retries: how long a server asks to wait, and bounds."""

from __future__ import annotations

import time
from email.utils import formatdate
from threading import Event, Timer

import pytest

from arts.models.language_models.retries import (
    GaveUpError,
    Retries,
    StoppedError,
    TransientError,
    retry_after,
)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "3"}, 3),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retries_read_how_long_a_server_asks_to_wait(headers, seconds):
    assert retry_after(headers) == seconds


def test_retries_read_until_when_a_server_asks_to_wait():
    date = formatdate(time.time() + 100, usegmt=True)
    assert retry_after({"retry-after": date}) == pytest.approx(100, abs=10)


def failing(*delays: float | None):
    """A request that fails with each delay in turn, and then returns the number of tries."""
    tries = []

    def request() -> int:
        tries.append(1)
        if len(tries) <= len(delays):
            raise TransientError(f"fault {len(tries)}", retry_after=delays[len(tries) - 1])
        return len(tries)

    return request


def test_retries_end_with_the_reply_and_are_told_and_counted():
    texts = []
    retries = Retries(first_delay=0.001, on_wait=texts.append)
    assert retries.call(failing(None, 0.0, -5.0)) == 4
    assert (retries.number, len(texts)) == (3, 3)
    assert texts[0] == "fault 1; trying again in 0 s"


def test_retries_wait_twice_as_long_each_time(monkeypatch):
    delays = []
    monkeypatch.setattr(Event, "wait", lambda self, timeout=None: delays.append(timeout))
    Retries(most=9).call(failing(*[None] * 9))
    assert all(0.75 * 0.5 * 2**n <= delay <= 0.5 * 2**n for n, delay in enumerate(delays[:7]))
    assert all(45 <= delay <= 60 for delay in delays[7:])
    assert len(delays) == 9


@pytest.mark.parametrize(
    ("delays", "message"),
    [
        ([None] * 5, "gave up after 2 retries (first: fault 1; last: fault 3)"),
        ([11.0], "gave up: the next retry would be 11 s later, and a request waits at most 10 s (fault 1)"),
        ([float("inf")], "gave up: the next retry would be inf s later, and a request waits at most 10 s"),
    ],
)
def test_retries_are_bounded_in_number_and_time(delays, message):
    with pytest.raises(GaveUpError) as error:
        Retries(most=2, most_seconds=10, first_delay=0.001).call(failing(*delays))
    assert str(error.value).startswith(message)
    assert str(error.value.__cause__) == "fault 1"


def test_retries_end_when_the_run_ends():
    stop, started = Event(), time.monotonic()
    Timer(0.05, stop.set).start()
    with pytest.raises(StoppedError):
        Retries().call(failing(30.0), stop=stop)
    assert time.monotonic() - started < 10
