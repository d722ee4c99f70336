"""Whether a text is English."""

from __future__ import annotations

import pytest

from arts.generators.english.language import is_english


@pytest.mark.parametrize(
    "text",
    [
        "Un helado terrible",
        "La sopa estaba fría y el camarero fue muy lento.",
        "Le serveur était très aimable.",
        "Die Suppe war kalt.",
        "Il gelato era ottimo",
        "O sorvete não estava bom.",
        "Суп был холодный.",
        "スープは冷たかった",
        "الحساء كان باردا",
        "Schmeckt leider schrecklich scheußlich",
    ],
)
def test_language_other_languages_are_not_english(text: str) -> None:
    assert not is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "The soup was cold.",
        "Great soup!",
        "El Loro rocks!",
        "The crème brûlée at La Perla is divine.",
        "gr8 soup, awful coffee",
        "5/5",
        "Soup &amp; salad",
        "BEST PANCAKES IN TOWN",
    ],
)
def test_language_english_with_foreign_names_and_short_texts_is_english(text: str) -> None:
    assert is_english(text)
