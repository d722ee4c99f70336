"""Foreign JSON is parsed within bounds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arts.data.errors import DataError
from arts.data.support.json_text import parse_json

FAULTS = {
    "deep lists": (b"[" * 60_000, "nested more than 100 deep"),
    "deep objects": (b'{"a":' * 200_000, "nested more than 100 deep"),
    "deep after an open string of escapes": (b'"' + b'\\"' * 200_000 + b"[" * 101, "not valid JSON"),
    "an integer of 5,000 digits": (b'{"seed": 1' + b"0" * 5000 + b"}", "more than 300 digits"),
    "a float of 5,000 digits": (b"[0." + b"1" * 5000 + b"]", "more than 300 digits"),
    "a key twice": (b'{"a": 1, "b": {"c": 1, "c": 2}}', 'the key "c" appears twice in one object'),
    "half a character, escaped": (rb'{"a": "\ud800"}', "half a character (surrogate U+D800)"),
    "half a character, as it is": ('["\ud800"]', "half a character (surrogate U+D800)"),
    "half a character in a key": (rb'{"\udfff": 1}', "half a character (surrogate U+DFFF)"),
    "not UTF-8": (b"{\xff}", "not UTF-8: invalid start byte at byte 1"),
    "nothing": (b"", "not valid JSON: Expecting value"),
    "NUL": (b"\0", "not valid JSON"),
    "cut off": (b'{"a": [1, 2', "not valid JSON"),
}


@pytest.mark.parametrize(("content", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_are_one_line_with_the_file_and_the_line(content: bytes | str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_json(content, "index.json", line=3)
    assert str(caught.value).startswith("index.json, line 3: ")
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "value",
    [
        {"brackets in a string": "[{" * 500},
        {"digits in a string": "1" * 5000},
        {"emoji": "\U0001f354"},
        [[1]] * 500,
        'text with a \\" quote',
    ],
)
def test_what_only_looks_like_a_fault_is_parsed(value: object) -> None:
    for content in (
        json.dumps(value),
        json.dumps(value).encode(),
        b"\xef\xbb\xbf" + json.dumps(value).encode(),
    ):
        assert parse_json(content, "f.json") == value


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='[]{}",:\\u0d8e1-. \ud800', max_size=60))
def test_any_content_is_a_value_or_a_data_error(content: bytes | str) -> None:
    fault = None
    try:
        assert json.dumps(parse_json(content, "f.json"))
    except DataError as error:
        fault = str(error)
    assert fault is None or (fault.startswith("f.json: ") and fault.isprintable())
