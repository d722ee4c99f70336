"""Which aspects are kin of what a sentence mentions."""

from __future__ import annotations

import pytest

from arts.generators.strategies.kinship import are_kin, implied_by, mentioned_words


@pytest.mark.parametrize(
    ("term", "word"),
    [
        ("waitress", "staff"),
        ("display", "monitor"),
        ("keys", "keyboard"),
        ("tomato soup", "food"),
        ("wine list", "wine"),
        ("brightness", "screen"),
        ("USB ports", "port"),
    ],
)
def test_kinship_names_kinds_and_parts(term: str, word: str) -> None:
    assert are_kin(term, word)


@pytest.mark.parametrize(("term", "word"), [("fan", "screen"), ("soup", "salad"), ("battery", "laptop")])
def test_kinship_other_things(term: str, word: str) -> None:
    assert not are_kin(term, word)


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("Way too expensive.", "price"),
        ("We were served quickly.", "service"),
        ("It cost me $20.", "price"),
        ("So tasty!", "food"),
        ("It boots in no time.", "speed"),
    ],
)
def test_kinship_words_imply_aspects(text: str, aspect: str) -> None:
    assert aspect in mentioned_words(text)


def test_kinship_predicates_imply_aspects() -> None:
    assert "price" in implied_by("overpriced", "wine")
    assert "price" not in implied_by("overpriced", "price")
