"""Edits that turn one text into another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from arts.data.schema import Edit
from arts.generators.strategies.edits import apply
from arts.leaderboard.analysis.word_diff import trim_edit, word_diff

TEXTS = some.text("ab ,.'", max_size=30)


@given(TEXTS, TEXTS)
def test_word_diff_turns_one_text_into_the_other(before, after):
    edits = word_diff(before, after)
    assert apply(before, edits) == after
    assert all(before[e.start : e.end] == e.before for e in edits)


@given(TEXTS, TEXTS)
def test_word_diff_trimmed_says_the_same_in_fewer_words(before, after):
    edit = Edit(0, len(before), before, after, "x")
    less = trim_edit(edit)
    assert apply(before, (less,)) == after
    assert len(less.before) <= len(before)


def test_word_diff_trimmed_does_not_cut_words():
    assert trim_edit(Edit(0, 4, "good", "goods", "x")).after == "goods"
    assert trim_edit(Edit(0, 9, "delicious", "really delicious", "x")).after == "really "
