"""Terms whose offsets went astray."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arts.data.readers.span_repair import term_spans, transfer_span


@pytest.mark.parametrize(
    ("source", "term", "text", "expected"),
    [
        ("The bar and the bar stools", "bar", "The great bar and the bar stools", (10, 13)),
        ("A bar near the bar", "bar", "A bar near the awful bar", (2, 5)),
        ("We had the iced teas", "iced teas", "We had the iced tea", (11, 19)),
        ("We had the soup", "soup", "We had nothing", None),
    ],
)
def test_span_repair_carry_follows_a_term_through_an_edit(source, term, text, expected):
    start = source.index(term)
    assert transfer_span(source, text, start=start, end=start + len(term)) == expected


@given(
    st.text("ab c'", min_size=1, max_size=12), st.text("ab c'", max_size=12), st.text("ab c'", max_size=12)
)
def test_span_repair_occurrences_are_where_the_term_is(term, before, after):
    text = before + term + after
    spans = term_spans(text, term)
    assert all(text[start:end] == term for start, end in spans) or not term.strip()
    assert spans or not term.strip()
