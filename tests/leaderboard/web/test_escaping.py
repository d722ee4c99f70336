"""Text of others in Markdown."""

from __future__ import annotations

import pytest

from arts.data.errors import DataError
from arts.leaderboard.web.escaping import error_markdown, escape_markdown


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("td-lstm, seed 1", "td-lstm, seed 1"),
        ("laptop-v2 my_set", "laptop-v2 my_set"),
        ("_a_ - b", r"\_a\_ \- b"),
        ("[a](b) ![c](d)", r"\[a\]\(b\) \!\[c\]\(d\)"),
        ("<b>&lt;", r"\<b\>\&lt;"),
        ("1. a $x$", r"1\. a \$x\$"),
        ("http://a.b", "http\u2060\\://a.b"),
        ("www.a.b c@d.e", "www\u2060.a.b c\u2060@d.e"),
        (":material/home:", "\\:\u2060material/home\\:"),
        ("a\u200bb\x1b", r"a\\u200bb\\x1b"),
    ],
)
def test_escaping_leaves_nothing_to_markdown(text, escaped):
    assert escape_markdown(text) == escaped


def test_escaping_of_errors_names_no_folder():
    assert error_markdown(DataError("/srv/board/x_.json", "cut off")) == r"x\_.json\: cut off"
