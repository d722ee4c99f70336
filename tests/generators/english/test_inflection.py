"""The indefinite article goes by the sound of what follows."""

from __future__ import annotations

import pytest

from arts.generators.english.inflection import article


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
