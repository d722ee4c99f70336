"""Aspect terms replaced by words without content."""

from __future__ import annotations

import pytest
from helpers.sentences import marked_sentence

from arts.data.schema import Instance
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.masking import Unmasked, mask_aspects


def masked(analyst: Analyst, text: str) -> Instance | Unmasked:
    """What becomes of the first original of a sentence."""
    (analysis,) = analyst.read([marked_sentence(text)])
    return next(mask_aspects(analysis))[1]


MASKED = [
    ("The {screen|+} is sharp.", "The thing is sharp."),
    ("The {keys|-} are stiff.", "The things are stiff."),
    ("I love my {hard drive|+}.", "I love my thing."),
    ("It came with an {adapter|0}.", "It came with a thing."),
    ("{Performance|+} is great.", "It is great."),
    ("I use it for {gaming|+}.", "I use it for it."),
    ("Great {battery life|+}!", "Great stuff!"),
    ("Good {colors|+} and a sharp screen.", "Good things and a sharp screen."),
    ("{Speakers|-} are tinny.", "They are tinny."),
    ("THE {SCREEN|+} IS SHARP.", "THE THING IS SHARP."),
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_masking_the_sentence_stays_one(analyst: Analyst, text: str, expected: str) -> None:
    found = masked(analyst, text)
    assert isinstance(found, Instance)
    assert found.text == expected
    original = marked_sentence(text).aspects[0]
    assert original.term.lower() not in found.text.lower()
    assert (found.polarity, found.unit) == (original.polarity, "1_0")
    assert found.aspects == (found.aspect,)


KEPT = [
    ("It {boots up|+} fast.", Unmasked.NOUN),
    ("It is easy to {setup|+}.", Unmasked.NOUN),
    ("The {battery|+} life is great.", Unmasked.PART),
    ("The {screen|+} is sharp, and a sharp screen is what I need.", Unmasked.AGAIN),
    ("I like the {scr|+}een.", Unmasked.TOKENS),
]


@pytest.mark.parametrize(("text", "reason"), KEPT)
def test_masking_what_cannot_be_masked_is_said(analyst: Analyst, text: str, reason: Unmasked) -> None:
    assert masked(analyst, text) is reason


def test_masking_other_aspects_move_and_those_in_the_mask_are_dropped(analyst: Analyst) -> None:
    found = masked(analyst, "The {keyboard|-} is stiff, but the {screen|+} is sharp.")
    assert isinstance(found, Instance)
    assert [aspect.term for aspect in found.aspects] == ["thing", "screen"]
    assert all(found.text[a.start : a.end] == a.term for a in found.aspects)
