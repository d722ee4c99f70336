"""The indefinite article goes by the sound of what follows."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from helpers.generation import token

from arts.generators.english.inflection import article, is_plural


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("fast Fast FAST SLOW HARD NICE LOUSY MEDIOCRE FLIMSY RELIABLE NEW LOW RAM RAID MIDI NASA", "a"),
        ("HDMI SSD LED LCD HP MRI XPS FM F-150 X-ray", "an"),
        ("ugly UGLY OLD AWFUL EXCELLENT hour HONEST 8-inch", "an"),
        ("useful USEFUL one European useless UNIQUE", "a"),
    ],
)
def test_inflection_capitals_do_not_change_how_a_word_sounds(words: str, expected: str) -> None:
    assert {word: article(word) for word in words.split()} == dict.fromkeys(words.split(), expected)


@pytest.mark.parametrize(
    ("text", "noun", "plural"),
    [
        ("The fish tacos were great.", "tacos", True),
        ("The chassis is fine.", "chassis", False),
        ("The glasses are clean.", "glasses", True),
        ("The scissors are dull.", "scissors", True),
        ("Windows is fast.", "Windows", False),
        ("The hummus is good.", "hummus", False),
        ("The people are nice.", "people", True),
    ],
)
def test_inflection_a_noun_is_plural_or_not(analyst, text, noun, plural):
    assert is_plural(token(analyst, text, noun)) is plural


def test_inflection_a_plural_that_the_tagger_takes_for_a_name_is_plural():
    assert is_plural(SimpleNamespace(tag_="NNP", lower_="tacos", is_lower=True, is_upper=False))
    assert not is_plural(SimpleNamespace(tag_="NNP", lower_="windows", is_lower=False, is_upper=False))
