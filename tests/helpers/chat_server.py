"""An OpenAI-compatible server on this machine that does as it is told, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from helpers.servers import QuietHandler, serving

KEY = "sk-a-key-that-nobody-may-see"


@dataclass
class Say:
    """A sound reply."""

    text: str | None
    model: str = "tiny"
    fingerprint: str | None = None
    finish: str = "stop"
    usage: dict | None = field(default_factory=lambda: {"prompt_tokens": 50, "completion_tokens": 2})
    logprobs: list | None = None
    more: dict = field(default_factory=dict)

    def body(self) -> bytes:
        choice = {"message": {"role": "assistant", "content": self.text}, "finish_reason": self.finish}
        if self.logprobs is not None:
            choice["logprobs"] = {"content": self.logprobs}
        reply = {"id": "1", "object": "chat.completion", "model": self.model, "choices": [choice]}
        usage = {"usage": self.usage} if self.usage else {}
        fingerprint = {"system_fingerprint": self.fingerprint} if self.fingerprint else {}
        return json.dumps({**reply, **usage, **fingerprint, **self.more}).encode()


@dataclass
class Fail:
    """An answer that has the status of an error."""

    status: int
    message: object = "no"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Raw:
    """Bytes with status 200; `length` is the length that the header claims."""

    content: bytes
    length: int | None = None


@dataclass
class Slow:
    """Another answer, later."""

    seconds: float
    then: object


Script = Callable[[dict, int], object]


class ChatHandler(QuietHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.paths.append(self.path)
        listed = self.server.listed
        if not isinstance(listed, list):
            self._send(listed, b"{}")
        else:
            entries = [one() if callable(one) else one for one in listed]
            self._send(200, json.dumps({"object": "list", "data": entries}).encode())

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            self.server.requests.append(body)
            self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.server.under_way += 1
            self.server.most_under_way = max(self.server.most_under_way, self.server.under_way)
            number = len(self.server.requests)
        try:
            self._act(self.server.script(body, number))
        finally:
            with self.server.lock:
                self.server.under_way -= 1

    def _act(self, action):
        if isinstance(action, Slow):
            time.sleep(action.seconds)
            self._act(action.then)
        elif isinstance(action, Say):
            with self.server.lock:  # before the answer is out, so that the count is never behind
                self.server.answered += 1
            self._send(200, action.body())
        elif isinstance(action, Fail):
            body = json.dumps({"error": {"message": action.message, "code": None}}).encode()
            self._send(action.status, body, action.headers)
        else:
            self._send(200, action.content, length=action.length)
            if action.length is not None:
                self.close_connection = True

    def _send(self, status, content, headers=None, *, length=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def chatting(script: Script, listed: list | int = 404) -> Iterator:
    """A server whose replies a script gives, from the request's body and number, counted from 1.

    It has `base_url`, the bodies of all `requests`, their `headers`, the number `answered`, and how many were
    under way at once. `listed` is its list of models, or the status with which asking for it fails.
    """
    with serving(ChatHandler) as server:
        server.script, server.listed, server.lock = script, listed, threading.Lock()
        server.requests, server.headers, server.answered = [], [], 0
        server.under_way = server.most_under_way = 0
        server.base_url = f"{server.url}v1"
        yield server


def refusing(fields: set[str], otherwise: Script, message: str = "Unsupported fields: {}") -> Script:
    """The script of a server that does not take some fields of requests, and names those that it gets."""

    def script(body: dict, number: int) -> object:
        given = sorted(fields & body.keys())
        return Fail(422, message.format(", ".join(given))) if given else otherwise(body, number)

    return script
