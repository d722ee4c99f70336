"""Opinion terms without annotation."""

from __future__ import annotations

import pytest
from helpers.sentences import marked_sentence

from arts.generators.opinions.analysis import Analyst
from arts.generators.opinions.extraction import find_opinion_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The {soup|+} was delicious.", ["delicious"]),
        ("Delicious {soup|+}, rude {staff|-}.", ["Delicious"]),
        ("I love the {soup|+}.", ["love"]),
        ("The {soup|+} was tasty and cheap, but the {staff|-} was rude.", ["tasty", "cheap"]),
        ("We were disappointed by the {soup|-}.", ["disappointed"]),
        ("The {soup|-} was not good.", ["good"]),
        ("The {lid|-} won't close.", ["close"]),
    ],
)
def test_extraction_opinion_terms_are_found_without_annotation(
    analyst: Analyst, text: str, expected: list[str]
) -> None:
    sentence = marked_sentence(text)
    (analysis,) = analyst.read([sentence])
    words = find_opinion_words(analysis, sentence.aspects[0], others=sentence.aspects[1:])
    assert [analysis.doc[word.start : word.end].text for word in words] == expected
