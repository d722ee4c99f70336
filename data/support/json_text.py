"""JSON of others: parsed within bounds, so that no file can exhaust the memory or crash a parser."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import accumulate
from typing import Any

from arts.data.errors import DataError

MAX_DEPTH = 100
MAX_DIGITS = 300  # a float64 has at most 309 before its point
_TOO_MANY_DIGITS = re.compile(rb"\d{%d}" % (MAX_DIGITS + 1))
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_STEPS = bytes.maketrans(b"[{]}", bytes([2, 2, 0, 0]))  # down into a list or object, and up; minus 1
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))


def parse_json(content: bytes | str, source: object, *, line: int | None = None) -> Any:
    """Parse a JSON text.

    Args:
        content: The text; bytes are UTF-8, and may begin with a byte order mark.
        source: The file's path, or another name for where the text came from, for error messages.
        line: The line of the text in the file, counted from 1, where each line is a text of its own.

    Raises:
        DataError: The text is not JSON; it is not Unicode; it is nested more than 100 deep; a number has more
            than 300 digits; or an object has a key twice.

    Example:
        >>> parse_json('{"text": "Great battery."}', "reviews.json")
        {'text': 'Great battery.'}
    """
    check_json(content, source, line=line)
    try:
        value = json.loads(
            content.decode("utf-8-sig") if isinstance(content, bytes) else content, object_pairs_hook=_object
        )
    except UnicodeDecodeError as error:
        raise DataError(source, f"not UTF-8: {error.reason} at byte {error.start}", line=line) from error
    except ValueError as error:
        raise DataError(source, f"not valid JSON: {error}", line=line) from error
    _check_characters(value, content, source, line)
    return value


def check_json(content: bytes | str, source: object, *, line: int | None = None) -> None:
    """Check that a JSON text can be given to any parser: its depth and the digits of its numbers are bounded.

    The arguments and the errors are those of `parse_json`; whether the text is JSON is not checked.
    """
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH:  # else it cannot be deeper
        _check_depth(raw, source, line)
    if _TOO_MANY_DIGITS.search(raw) and _TOO_MANY_DIGITS.search(_without_strings(raw)):
        raise DataError(source, f"a number has more than {MAX_DIGITS} digits", line=line)


def _check_depth(raw: bytes, source: object, line: int | None) -> None:
    """Raise `DataError` when a JSON text is nested too deep."""
    steps = _without_strings(raw).translate(_STEPS, _NO_BRACKETS)
    for depth in accumulate(steps, lambda depth, step: depth + step - 1, initial=0):
        if depth > MAX_DEPTH:
            raise DataError(source, f"the JSON is nested more than {MAX_DEPTH} deep", line=line)


def _without_strings(raw: bytes) -> bytes:
    """A JSON text without its strings."""
    return _STRING.sub(b" ", raw)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object as a dict; a ValueError names a key that it has twice."""
    value = dict(pairs)
    if len(value) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {json.dumps(twice)} appears twice in one object")
    return value


def _check_characters(value: Any, content: bytes | str, source: object, line: int | None) -> None:
    r"""Raise `DataError` when a parsed text contains half a character, as the escape ``\ud800`` alone is."""
    if isinstance(content, bytes) and b"\\u" not in content:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"U+{ord(error.object[error.start]):04X}"
        raise DataError(source, f"not Unicode: half a character (surrogate {half})", line=line) from error
