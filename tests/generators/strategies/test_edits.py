"""Edits, spans and articles."""

from __future__ import annotations

import pytest
from helpers.generation import POSITIVE

from arts.data.schema import Aspect, Edit, Opinion
from arts.generators.strategies.edits import EditError, apply, join_edits, repair_articles, shift_aspect


def test_edits_carry_spans_and_drop_what_they_replace() -> None:
    text = "Good soup, fast staff."
    edits = join_edits([Edit(11, 15, "fast", "unhurried", "a"), Edit(0, 4, "Good", "Bad", "a")])
    soup = Aspect("soup", 5, 9, POSITIVE, (Opinion("Good", 0, 4),))
    after = apply(text, edits)
    moved = shift_aspect(soup, edits, text=after)
    assert after == "Bad soup, unhurried staff."
    assert (moved.start, moved.end, moved.opinions) == (4, 8, ())


def test_edits_that_overlap_or_touch_the_term_are_refused() -> None:
    with pytest.raises(EditError, match="twice"):
        join_edits([Edit(0, 4, "Good", "Bad", "a"), Edit(0, 4, "Good", "Poor", "a")])
    with pytest.raises(EditError, match="soup"):
        shift_aspect(Aspect("soup", 5, 9, POSITIVE), (Edit(5, 9, "soup", "broth", "a"),), text="Good broth.")


@pytest.mark.parametrize(
    ("text", "before", "after", "expected"),
    [
        ("It is a fast laptop.", "fast", "unbearably slow", "It is an unbearably slow laptop."),
        ("An awful screen.", "awful", "great", "A great screen."),
        ("It has an 8-inch screen, a good one.", "good", "ugly", "It has an 8-inch screen, an ugly one."),
    ],
)
def test_edits_articles_agree_with_what_follows(text: str, before: str, after: str, expected: str) -> None:
    start = text.index(before)
    edits = repair_articles(text, (Edit(start, start + len(before), before, after, "antonym"),))
    assert apply(text, edits) == expected
