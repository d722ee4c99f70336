"""REVNON: the others reversed, the target left alone."""

from __future__ import annotations

import re

import pytest
from helpers.generation import NEGATIVE, POOL, POSITIVE, first, outcomes

from arts.data.schema import Aspect, Instance, Opinion, Sentence, Strategy
from arts.generators.generator import GenerationOptions, Generator
from arts.generators.opinions.analysis import Analyst


def test_revnon_reverses_the_others_and_leaves_the_target_alone(analyst: Analyst) -> None:
    variant = first(analyst, "The {soup|+} was tasty and the {staff|+} was kind.", Strategy.REVNON)
    assert isinstance(variant, Instance)
    assert variant.text.startswith("The soup was tasty but the staff was ")
    assert {a.term: a.polarity for a in variant.aspects} == {"soup": POSITIVE, "staff": NEGATIVE}


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("The {soup|+} was tasty but the {fonts|-} are small.", r".* the fonts are (really|very|so) small\."),
        ("The {soup|+} was tasty but the {view|-} was awful.", r".* the view was really awful\."),
        ("The {soup|+} was tasty but the {noise|-} is louder.", r".* the noise is (much|far) louder\."),
    ],
)
def test_revnon_exaggerates_what_differs_with_a_word_that_fits(
    analyst: Analyst, text: str, pattern: str
) -> None:
    variant = first(analyst, text, Strategy.REVNON)
    assert isinstance(variant, Instance)
    assert re.fullmatch(pattern, variant.text), variant.text
    assert [a.polarity for a in variant.aspects] == [POSITIVE, NEGATIVE]


def test_revnon_leaves_a_negation_alone_that_the_target_shares(analyst: Analyst) -> None:
    text = "The system is not fast at booting."
    booting = Aspect("booting", 26, 33, NEGATIVE, (Opinion("not", 14, 17),))
    system = Aspect("system", 4, 10, NEGATIVE, (Opinion("not fast", 14, 22),))
    generator = Generator(POOL, GenerationOptions((Strategy.REVNON,)), analyst)
    ((_, outcomes),) = generator.outcomes([Sentence("1", text, (system, booting))])
    assert [outcome.candidates for outcome in outcomes if outcome.source.aspect == booting] == [()]


def test_revnon_regression_shared_words_are_not_reversed_under_the_targets_label(analyst: Analyst) -> None:
    first_other, second_other = outcomes(analyst, "I love the {soup|+} and the {bread|+}.", Strategy.REVNON)
    assert re.fullmatch(r"I love the soup, \w+ the bread is \w+\.", first_other.candidates[0].text)
    assert re.fullmatch(r"I love the bread, \w+ the soup is \w+\.", second_other.candidates[0].text)


def test_revnon_regression_exaggerated_aspects_keep_their_label(analyst: Analyst) -> None:
    variant = first(analyst, "The {soup|+} was tasty but the {staff|-} was slow.", Strategy.REVNON)
    assert isinstance(variant, Instance)
    assert [a.polarity for a in variant.aspects] == [POSITIVE, NEGATIVE]
