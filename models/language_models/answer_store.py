"""Replies of served models, kept on disk as they come, so that no question is paid for twice.

A name says nothing about the weights behind it, so a reply is never found by the model's name alone. Its
place is a checksum of the server's address, the name that was asked for, what the server's list of models
says about it, the messages, and the form and parameters of the request. With the reply stand the name and the
fingerprint that the server gave with it; it is used again only in runs to which the server gives the same.

Where a server tells neither a fingerprint nor when the model was made (``created``), other weights could
stand under the name tomorrow. There, replies are kept for the run that asked for them: the same questions in
the same order, while no other such run is under way, up to a day later. Such a run goes on where it was cut
off; when it has ended well, its replies are removed, so that the next run asks anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

from arts.data.errors import DataError
from arts.data.support.atomic import cache_home
from arts.data.support.locks import exclusive_writing
from arts.data.support.text_cache import TextCache

logger = logging.getLogger(__name__)

KIND = "answers"  # the name of the cache
FORMAT = 1  # of the replies; those of another are not found
DAY = 24 * 3600.0  # seconds for which the replies of a run that was cut off are used


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of a served model, as it is kept.

    Args:
        text: what the model wrote.
        model: the name that the server gave with it.
        fingerprint: the fingerprint that the server gave with it; empty where it gives none.
        prompt_tokens: tokens read.
        completion_tokens: tokens written.
        is_estimated: whether the server did not count the tokens.
        is_cut_off: whether it has as many tokens as it may have.
        probabilities: those of the labels; None where they are unknown.
        time: when it came, in seconds since 1970.
    """

    text: str
    model: str
    fingerprint: str
    prompt_tokens: int
    completion_tokens: int
    is_estimated: bool
    is_cut_off: bool
    probabilities: tuple[float, float, float] | None
    time: float = field(default_factory=time.time, compare=False)

    @property
    def version(self) -> tuple[str, str]:
        """What the server says has answered: the name and the fingerprint."""
        return self.model, self.fingerprint

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Reply:
        """A reply from its JSON object."""
        probabilities = value["probabilities"]
        return cls(**{**value, "probabilities": tuple(probabilities) if probabilities else None})


class AnswerStore:
    """The replies of one model behind one server.

    Args:
        address: the server's address.
        model: the name that is asked for.
        facts: what the server's list of models says about it, less what changes from one look to the next.
    """

    def __init__(self, address: str, model: str, facts: Mapping[str, Any]) -> None:
        self._identity = checksum([FORMAT, address, model, facts])
        self._is_dated = bool(facts.get("created"))
        self._kept = TextCache(KIND, self._identity)
        self._runs: dict[str, TextCache] = {}  # of this process, by the checksum of their questions
        self._locks = ExitStack()

    def begin_run(self, keys: Sequence[str]) -> str | None:
        """Begin a run, or go on with one that was cut off.

        Args:
            keys: the checksums of its questions, in order.

        Returns:
            The checksum of the run, for `get` and `put`. None when another process is asking the same: then
            nothing is kept that only the run could use.
        """
        run = checksum([self._identity, *keys])
        if run in self._runs:
            return run
        place = cache_home() / f"{KIND}-{run[:32]}"
        try:
            self._locks.enter_context(exclusive_writing(place, wait=False))
        except DataError:
            logger.warning("another run asks the same; if this one is cut off, it starts over")
            return None
        self._runs[run] = TextCache(KIND, run)
        return run

    def get(self, keys: Iterable[str], run: str | None) -> dict[str, Reply]:
        """The replies to questions, by the questions' checksums, whatever version of the model gave them."""
        keys = [*keys]
        cut_off = self._runs[run].get(keys) if run else {}
        found = {key: Reply.of(value) for key, value in cut_off.items()}
        recent = {key: reply for key, reply in found.items() if 0 <= time.time() - reply.time <= DAY}
        return recent | {key: Reply.of(value) for key, value in self._kept.get(keys).items()}

    def put(self, replies: Mapping[str, Reply], run: str | None) -> None:
        """Keep replies, by the checksums of their questions."""
        values = {key: asdict(reply) for key, reply in replies.items()}
        lasting = {key: value for key, value in values.items() if self._is_dated or replies[key].fingerprint}
        self._kept.put(lasting)
        if run:
            self._runs[run].put({key: value for key, value in values.items() if key not in lasting})

    def refusals(self, form: str) -> dict[str, str]:
        """What the server refused before of a form of requests, given by its checksum."""
        return dict(self._kept.get([form]).get(form, {}))

    def keep_refusals(self, form: str, refusals: Mapping[str, str]) -> None:
        """Keep what the server refuses of a form of requests, so that it need not be asked again."""
        self._kept.put({form: dict(refusals)})

    def close(self, *, is_complete: bool) -> None:
        """End the runs of this process; the replies of complete ones that no other may use are removed."""
        for cache in self._runs.values() if is_complete else ():
            cache.clear()
        self._runs.clear()
        self._locks.close()


def measured_seconds(address: str, model: str) -> float | None:
    """The time that a request took in the last run that measured it, in seconds; None where none has.

    Args:
        address: the server's address.
        model: the name that is asked for.
    """
    seconds = TextCache(KIND, checksum([address, model])).get(["seconds"]).get("seconds")
    return seconds if isinstance(seconds, float) else None


def keep_measured_seconds(address: str, model: str, *, seconds: float) -> None:
    """Keep the time that a request took, with as many at once as there were."""
    TextCache(KIND, checksum([address, model])).put({"seconds": seconds})


def checksum(parts: object) -> str:
    """SHA-256 of a JSON value."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
