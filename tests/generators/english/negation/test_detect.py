"""What a negation negates."""

from __future__ import annotations

import pytest
from helpers.generation import token

from arts.generators.english.negation.detect import negator_of
from arts.generators.opinions.analysis import Analyst


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("It is not only good but cheap.", "good"),
        ("No doubt it is good.", "good"),
        ("It doesn't break and it looks good.", "good"),
        ("The food is good, not the wine.", "good"),
    ],
)
def test_detect_negation_of_something_else_is_not_the_words(analyst: Analyst, text: str, word: str) -> None:
    assert negator_of(token(analyst, text, word)) is None
