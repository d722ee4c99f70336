"""Text of others as it can be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arts.data.support.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("größe 模型 é", "größe 模型 é"),
        ("a\tb\u202ec\x00", r"a\tb\u202ec\x00"),
        ("soup\x1b[2J", r"soup\x1b[2J"),
        ("two\nlines\r\n", r"two\nlines\r\n"),
        ("a name that is not UTF-8: \udcff", r"a name that is not UTF-8: \udcff"),
        ("\U000e0041", r"\U000e0041"),
        ("", ""),
    ],
)
def test_printable_writes_an_escape_for_what_cannot_be_shown(text, shown):
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_printable_any_text_can_be_written_and_stays(text):
    shown = printable(text)
    assert shown.isprintable()
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert printable(shown) == shown
