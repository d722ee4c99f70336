"""An OpenAI-compatible server: one request at a time, its errors sorted, its replies bounded."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from arts.data.errors import ArtsError, DataError, MissingDependencyError
from arts.data.support.display import shortened
from arts.data.support.json_text import parse_json
from arts.data.support.printable import printable
from arts.data.support.record import first_fault
from arts.models.language_models.retries import TransientError, retry_after

DEFAULT_ADDRESS = "https://api.openai.com/v1"
NO_KEY = "none"  # what a server is told that needs no key
MOST_BYTES = 8 << 20  # of a reply; the largest with log-probabilities have about 2 MiB
TIMEOUT = 300.0  # seconds for a request
CONNECT_TIMEOUT = 10.0  # seconds until a server takes a connection
SHOWN = 300  # characters of what a server says
SHORTEST_SECRET = 6  # characters; what is shorter cannot be told from other text
_NEVER_PASSES = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
_PASSES = (408, 409, 425, 429)  # and 500 and above


class RefusedError(ArtsError):
    """The server refused a request as it is.

    Args:
        text: the status and what the server says.
    """


class _Message(BaseModel):
    content: Any = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None
    logprobs: Any = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(0, ge=0)
    completion_tokens: int = Field(0, ge=0)


class Completion(BaseModel):
    """A reply of a server to a chat; what else it says is left out."""

    model: str | None = None
    system_fingerprint: str | None = None
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None

    @property
    def text(self) -> str:
        """What the model wrote; parts of text are joined, anything else is left out."""
        content = self.choices[0].message.content
        parts = content if isinstance(content, list) else [{"text": content}]
        texts = (part.get("text") for part in parts if isinstance(part, dict))
        return "".join(text for text in texts if isinstance(text, str))

    @property
    def is_cut_off(self) -> bool:
        """Whether the answer has as many tokens as it may have."""
        return self.choices[0].finish_reason == "length"

    @property
    def logprobs(self) -> Any:
        """The log-probabilities of the tokens, unchecked; None where there are none."""
        logprobs = self.choices[0].logprobs
        return logprobs.get("content") if isinstance(logprobs, dict) else None


class Endpoint:
    """A model behind an OpenAI-compatible server.

    Args:
        model: the name that the server knows the model by.
        base_url: the address, which usually ends in ``/v1``. Default: OPENAI_BASE_URL, else OpenAI's.
        api_key: the key. Default: OPENAI_API_KEY; where there is an address, a server may need none.
        timeout: seconds for a request.

    Raises:
        MissingDependencyError: when the package ``openai`` is not installed.
        ArtsError: when the address is none, or there is no key, or it cannot be one.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self.model = model
        self._timeout = timeout
        given = base_url or os.environ.get("OPENAI_BASE_URL") or ""
        key = (api_key or os.environ.get("OPENAI_API_KEY") or "").strip()
        self._has_key = bool(key)
        self.address, passwords = _public_address(given or DEFAULT_ADDRESS)
        if not key and not given:
            raise ArtsError("OPENAI_API_KEY is not set; expected a key, or --base-url for another server")
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ArtsError("OPENAI_API_KEY has characters that no key has; expected ASCII without spaces")
        self._secrets = [text for text in (key, *passwords) if len(text) >= SHORTEST_SECRET]
        self._client = _client(given or DEFAULT_ADDRESS, key or NO_KEY, timeout)

    def __repr__(self) -> str:
        return f"<Endpoint {self.model} at {self.address}>"

    def complete(self, messages: Sequence[Mapping[str, str]], fields: Mapping[str, Any]) -> Completion:
        """Ask the model once.

        Args:
            messages: the conversation.
            fields: what the request has beside model and messages.

        Raises:
            TransientError: when the server is busy, out of reach or too slow, or the reply is cut off, too
                large or no completion.
            RefusedError: when it refuses the request as it is.
            ArtsError: when it refuses the key or has no such model.
        """
        with self._sorted_errors():
            create = self._client.chat.completions.with_streaming_response.create
            with create(model=self.model, messages=[*messages], **fields) as response:
                content = self._body(response)
        content = self.without_secrets(content)
        try:
            return Completion.model_validate(parse_json(content, "reply"))
        except DataError as error:
            fault = str(error).partition(": ")[2]
        except ValidationError as error:
            fault = f"no completion: {first_fault(error)}"
        raise TransientError(f"a reply of the server is faulty ({fault}); it begins {self._shown(content)!r}")

    def model_facts(self) -> dict[str, Any]:
        """What the server says of the model in its list of models; empty where it says nothing.

        Raises:
            TransientError: when the server is busy or out of reach.
        """
        try:
            with self._sorted_errors(), self._client.models.with_streaming_response.list() as response:
                content = self._body(response)
            listing = parse_json(content, "models")
        except ArtsError:  # a key may be one for chats only
            return {}
        except TransientError as error:
            if error.is_fault:  # some servers have no list, and fail
                return {}
            raise
        entries = listing.get("data") if isinstance(listing, dict) else None
        named = [one for one in entries or () if isinstance(one, dict) and one.get("id") == self.model]
        return named[0] if named else {}

    def without_secrets(self, text: str) -> str:
        """A text without the key and without the password of the address."""
        for secret in self._secrets:
            text = text.replace(secret, "[key]")
        return text

    def _shown(self, text: str) -> str:
        return shortened(printable(" ".join(self.without_secrets(text).split())), SHOWN)

    def _body(self, response: Any) -> str:
        """The body of a response, which is read as it comes, up to a size and a time."""
        deadline, content = time.monotonic() + self._timeout, b""
        try:
            for part in response.iter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    raise TransientError(f"a reply of the server has more than {MOST_BYTES >> 20} MiB")
                if time.monotonic() > deadline:
                    raise TransientError(f"a reply of the server took more than {self._timeout:g} s")
        except TransientError:
            raise
        except Exception as error:  # of the library that transports it: httpx, or another
            raise TransientError(f"a reply of the server was cut off ({self._shown(str(error))})") from error
        return content.decode("utf-8", "replace")

    @contextmanager
    def _sorted_errors(self) -> Iterator[None]:
        """Turn the errors of the client into ours."""
        import openai

        try:
            yield
        except openai.APITimeoutError as error:
            raise TransientError(f"{self.address} did not answer within {self._timeout:g} s") from error
        except openai.APIConnectionError as error:
            reason = self._shown(str(error.__cause__ or error))
            raise TransientError(f"{self.address} cannot be reached ({reason})") from error
        except openai.APIStatusError as error:
            raise self._status_error(error) from None  # it holds the request, with the key

    def _status_error(self, error: Any) -> Exception:
        """The error for an answer that has the status of an error."""
        status, body = error.status_code, error.body
        text = f"{status}: {self._shown(_message(body))}"
        if status in (401, 403):
            hint = "" if self._has_key else "; set OPENAI_API_KEY"
            return ArtsError(f"{self.address} refuses the key: {text}{hint}")
        if getattr(error, "code", None) in _NEVER_PASSES:
            return ArtsError(f"{self.address} refuses: {text}")
        if status in _PASSES or (status >= 500 and status != 501):
            seconds = retry_after(error.response.headers)
            text = f"{self.address} answered {text}"
            return TransientError(text, retry_after=seconds, is_fault=status >= 500)
        is_root = status == 404 and not self.address.rpartition("/")[2].startswith("v")
        return RefusedError(f"{text}; addresses usually end in /v1" if is_root else text)


def _client(address: str, key: str, timeout: float) -> Any:
    """The client of the package ``openai``; retries are ours."""
    try:
        import openai
    except ImportError as error:
        raise MissingDependencyError("openai, for models behind servers,", "llm") from error
    limits = openai.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT))
    return openai.OpenAI(base_url=address, api_key=key, timeout=limits, max_retries=0)


def _public_address(address: str) -> tuple[str, list[str]]:
    """An address as reports may show it, and what else is in it: a user's password, the query."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in ("http", "https") or not host:
        shown = re.sub(r"//[^/@]*@", "//", address).partition("?")[0]
        raise ArtsError(
            f"--base-url {printable(shown)}; expected an address such as http://127.0.0.1:8000/v1"
        )
    shown = f"[{host}]" if ":" in host else host
    public = f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
    return public, [
        text for text in (parts.password or "", *parts.query.replace("&", "=").split("=")) if text
    ]


def _message(body: object) -> str:
    """What a server says in the body of an error: its message, or all of it."""
    if isinstance(body, dict):
        return str(next((body[name] for name in ("message", "detail", "error") if body.get(name)), body))
    return str(body or "no reason given")
