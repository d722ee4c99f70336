"""Retries: requests that fail for a moment are made again, a bounded number of times, and visibly."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from threading import Event, Lock
from typing import TypeVar

from arts.data.errors import ArtsError

Result = TypeVar("Result")
LONGEST_DELAY = 60.0  # seconds between two tries, where the server names no time


class TransientError(Exception):
    """A request failed in a way that may pass: a server that is busy, broken or out of reach.

    Args:
        text: what happened.
        retry_after: seconds that the server asks to wait; None where it does not say.
        is_fault: whether the server says that it is its own fault.
    """

    def __init__(self, text: str, *, retry_after: float | None = None, is_fault: bool = False) -> None:
        super().__init__(text)
        self.retry_after = retry_after
        self.is_fault = is_fault


class GaveUpError(ArtsError):
    """A request failed again and again; the message has the first failure and the last."""


class StoppedError(Exception):
    """The run has ended while a request waited."""


@dataclass
class Retries:
    """How often and how long requests are made again. Threads share it.

    A server that asks one request to wait (Retry-After) is sent no other before that time.

    Args:
        most: retries of a request.
        most_seconds: seconds that a request waits, over all its retries.
        first_delay: seconds before the first retry; each further delay is twice as long, less up to a quarter
            at random.
        on_wait: is told, in a text, of each wait.
        number: retries so far, of all requests.
    """

    most: int = 6
    most_seconds: float = 600.0
    first_delay: float = 0.5
    on_wait: Callable[[str], None] = field(default=lambda text: None, repr=False)
    number: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)
    _not_before: float = 0.0  # of the monotonic clock

    def call(self, request: Callable[[], Result], *, stop: Event | None = None) -> Result:
        """Make a request, again after a `TransientError`.

        Args:
            request: makes it.
            stop: ends the waiting when it is set.

        Raises:
            GaveUpError: when the bounds are reached.
            StoppedError: when `stop` is set.
        """
        failures: list[TransientError] = []
        stop, waited = stop or Event(), 0.0
        while True:
            self._wait_for_others(stop)
            try:
                return request()
            except TransientError as failure:
                failures.append(failure)
                delay = self._delay(len(failures), failure)
            if len(failures) > self.most or waited + delay > self.most_seconds:
                raise GaveUpError(self._reason(failures, delay)) from failures[0]
            waited += delay
            self._wait(delay, failures[-1], stop=stop)

    def _delay(self, failed: int, failure: TransientError) -> float:
        """Seconds to wait after a number of failures."""
        if failure.retry_after is not None:
            return max(failure.retry_after, 0.0)
        longest = min(self.first_delay * 2.0 ** (failed - 1), LONGEST_DELAY)
        return longest * (1 - random.random() / 4)

    def _wait(self, delay: float, failure: TransientError, *, stop: Event) -> None:
        """Wait before a retry, and say so."""
        with self._lock:
            self.number += 1
            if failure.retry_after is not None:
                self._not_before = max(self._not_before, time.monotonic() + delay)
        self.on_wait(f"{failure}; trying again in {delay:.0f} s")
        if stop.wait(delay):
            raise StoppedError

    def _wait_for_others(self, stop: Event) -> None:
        """Wait until the time that the server has named to any request."""
        while not stop.is_set() and (remaining := self._not_before - time.monotonic()) > 0:
            stop.wait(remaining)
        if stop.is_set():
            raise StoppedError

    def _reason(self, failures: list[TransientError], delay: float) -> str:
        """Why no further retry is made."""
        first, last = str(failures[0]), str(failures[-1])
        texts = first if first == last else f"first: {first}; last: {last}"
        if len(failures) > self.most:
            return f"gave up after {self.most} retries ({texts})"
        return (
            f"gave up: the next retry would be {delay:,.0f} s later, and a request waits at most "
            f"{self.most_seconds:,.0f} s ({texts})"
        )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait: in ``retry-after-ms`` or ``Retry-After``, a number or a date.

    Args:
        headers: the headers of a response, with names in lower case or in any case.

    Returns:
        Seconds, perhaps below 0; None where there are none, or they cannot be read.

    Example:
        >>> retry_after({"retry-after": "1.5"})
        1.5
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * unit
        except (KeyError, ValueError):
            continue
        if not math.isnan(seconds):
            return seconds
    try:
        return parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time()
    except (KeyError, ValueError, OverflowError):
        return None
