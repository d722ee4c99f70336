"""REVTGT: the target reversed, the others left alone."""

from __future__ import annotations

import re

import pytest
from helpers.generation import NEGATIVE, NEUTRAL, POOL, POSITIVE, first
from helpers.sentences import marked_sentence

from arts.data.schema import Aspect, Instance, Opinion, Sentence, Strategy
from arts.generators.choices import NeutralPolicy
from arts.generators.generator import GenerationOptions, Generator
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.variants import Reason


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("The {screen|-} is too dim.", r"The screen is [a-z-]+ enough\."),
        ("The {screen|-} is a bit dim.", r"The screen is [a-z-]+\."),
        ("The {soup|-} was far too sweet.", r"The soup was just sweet enough\."),
        ("The {fan|-} is a little noisy.", r"The fan is [a-z-]+\."),
        ("The {software|+} runs well.", r"The software runs (badly|poorly)\."),
        ("BEST {rolls|+} in town.", r"WORST rolls in town\."),
        ("The {ports|+} respond almost instantly.", r"The ports respond \w+\."),
        ("The {case|+} is easy to carry and handle.", r"The case is \w+ to carry and handle\."),
        ("The {battery|+} never fails.", r"The battery (often|constantly) fails\."),
        ("The {waiter|-} never smiled.", r"The waiter always smiled\."),
        ("It has the best {pizza|+} in town.", r"It has the worst pizza in town\."),
        ("The {pizza|+} is better than most.", r"The pizza is worse than most\."),
        ("The {lid|+} is more reliable.", r"The lid is less reliable\."),
        ("{Service|-} was slow but the {soup|+} was hot.", r"Service was \w+ and the soup was hot\."),
        (
            "Although the {soup|+} was tasty, the {staff|-} was rude.",
            r"The soup was [\w ]+, and the staff was rude\.",
        ),
        ("The {soup|+} was tasty, the {staff|+} was kind.", r"The soup was [\w ]+, but the staff was kind\."),
        (
            "The {soup|+} was tasty although the {staff|-} was rude.",
            r"The soup was [\w ]+ and the staff was rude\.",
        ),
        (
            "The {soup|+} was tasty and the {staff|+} was kind.",
            r"The soup was [\w ]+ but the staff was kind\.",
        ),
    ],
)
def test_revtgt_reverses_the_target(analyst: Analyst, text: str, pattern: str) -> None:
    variant = first(analyst, text, Strategy.REVTGT)
    assert isinstance(variant, Instance), variant
    assert re.fullmatch(pattern, variant.text), variant.text
    source = marked_sentence(text)
    assert variant.polarity is source.aspects[0].polarity.opposite
    assert [a.polarity for a in variant.aspects[1:]] == [a.polarity for a in source.aspects[1:]]


def test_revtgt_changes_an_aspect_that_shares_the_words_with_the_target(analyst: Analyst) -> None:
    variant = first(analyst, "The {soup|+} and the {bread|+} were delicious.", Strategy.REVTGT)
    assert isinstance(variant, Instance)
    assert {a.term: a.polarity for a in variant.aspects} == {"soup": NEGATIVE, "bread": NEGATIVE}


def test_revtgt_of_a_neutral_target_keeps_the_label_or_skips(analyst: Analyst) -> None:
    text = "It has a fast {port|0}."
    kept = first(analyst, text, Strategy.REVTGT, neutral=NeutralPolicy.KEEP)
    assert isinstance(kept, Instance)
    assert kept.polarity is NEUTRAL
    assert first(analyst, text, Strategy.REVTGT) is Reason.NEUTRAL


def test_revtgt_uses_the_annotation_when_there_is_one(analyst: Analyst) -> None:
    text = "The soup was hot and tasty."
    soup = Aspect("soup", 4, 8, POSITIVE, (Opinion("tasty", 21, 26),))
    generator = Generator(POOL, GenerationOptions((Strategy.REVTGT,), min_acceptance=0), analyst)
    ((_, (outcome,)),) = generator.outcomes([Sentence("1", text, (soup,))])
    assert outcome.candidates[0].text.startswith("The soup was hot ")


def test_revtgt_rejects_what_says_nothing(analyst: Analyst) -> None:
    assert first(analyst, "We got a {table|+} at the window.", Strategy.REVTGT) is Reason.NO_OPINION


@pytest.mark.parametrize(
    "text",
    [
        "Who needs a better {screen|+}?",
        "It is not only a good {screen|+} but a cheap one.",
        "The {hardware|-} problems are bad.",
        "It has a {hinge|+} unmatched by others.",
    ],
)
def test_revtgt_leaves_alone_what_its_words_alone_do_not_say(analyst: Analyst, text: str) -> None:
    assert isinstance(first(analyst, text, Strategy.REVTGT), Reason)


def test_revtgt_regression_a_negation_outside_the_term_flips_with_it(analyst: Analyst) -> None:
    """ "not good" never becomes "not bad" with a flipped label."""
    text = "The soup was not good."
    soup = Aspect("soup", 4, 8, NEGATIVE, (Opinion("good", 17, 21),))
    generator = Generator(POOL, GenerationOptions((Strategy.REVTGT,)), analyst)
    ((_, (outcome,)),) = generator.outcomes([Sentence("1", text, (soup,))])
    assert outcome.candidates[0].text == "The soup was good."


def test_revtgt_regression_but_inside_another_word_is_no_conjunction(analyst: Analyst) -> None:
    variant = first(analyst, "The {butter|+} was fresh.", Strategy.REVTGT)
    assert isinstance(variant, Instance)
    assert variant.text.startswith("The butter was ")
    added = first(analyst, "The {butter|+} was fresh.", Strategy.ADDDIFF, templates=("but",))
    assert isinstance(added, Instance)
    assert ", but " in added.text


@pytest.mark.parametrize(
    ("source", "variant"),
    [
        ("It has a better quality {web cam|+}.", "It has a worse quality web cam."),
        ("It comes with a better quality {screen|+}.", "It comes with a worse quality screen."),
    ],
)
def test_revtgt_regression_of_a_judged_quality_only_the_judgement_is_reversed(analyst, source, variant):
    assert first(analyst, source, Strategy.REVTGT).text == variant
