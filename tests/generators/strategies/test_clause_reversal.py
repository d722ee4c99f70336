"""Reversing an aspect by a clause: its predicate replaced, or an exception made of it."""

from __future__ import annotations

import re

import pytest
from helpers.generation import outcomes

from arts.data.schema import Aspect, Instance, Strategy
from arts.generators.opinions.analysis import Analyst

TARGET = Strategy.REVTGT

EXCEPTIONS = [  # the text, and a pattern of one of its variants
    ("They serve {pizza|+} and {pasta|+}.", r"They serve pasta, (but|though) the pizza is \w+\."),
    ("They serve {pasta|+} and {pizza|+}.", r"They serve pasta, (but|though) the pizza is \w+\."),
    (
        "I liked the {lamp|+}, the {desk|+} and the {chair|+}.",
        r"I liked the desk and the chair, (but|though) the lamp was \w+\.",
    ),
    (
        "I liked the {desk|+}, the {lamp|+} and the {chair|+}.",
        r"I liked the desk and the chair, (but|though) the lamp was \w+\.",
    ),
    (
        "I liked the {desk|+}, the {chair|+} and the {lamp|+}.",
        r"I liked the desk and the chair, (but|though) the lamp was \w+\.",
    ),
    (
        "The {lamp|+} and the {desk|+} are top notch.",
        r"The desk is top notch, (but|though) the lamp is \w+\.",
    ),
    (
        "My {fries|+} and the {bun|+} were cold, but cheap.",
        r"The bun was cold, but cheap\. The fries were \w+, though\.",
    ),
    ("Great {desk|+} and {lamp|+}.", r"Great lamp, (but|though) the desk is \w+\."),
]
NO_EXCEPTIONS = [
    "Both the {lamp|+} and the {desk|+} are great.",  # it takes them together
    "A sleek {lamp|+} and {desk|+}.",  # is the desk sleek?
    "They have no {lamp|-} or {desk|-}.",
    "Not only the {lamp|+} and the {desk|+} but all of it is great.",
]
PREDICATES = [
    ("The {lamp|-} stopped working.", r"The lamp was \w+( \w+)?\."),
    ("After a week the {lamp|-} has died.", r"After a week the lamp has been \w+( \w+)?\."),
    ("I think the {desks|+} are a dream.", r"I think the desks are \w+( \w+)?\."),
    ("The {lamp|+} makes me smile and the {desk|-} is bad.", r"The lamp is \w+( \w+)? and the desk is bad\."),
]
NO_PREDICATES = [
    "Somehow the {lamp|-} went dark.",  # the opposite would not follow from "somehow"
    "Not only does the {lamp|+} shine, but it was cheap.",
    "The {lamp|-} should shine.",
    "Does the {lamp|-} shine?",
    "The {lamp|+} lights the {desk|+} well.",  # another aspect would go
    "The poor {cook|-} left early.",  # it would be said twice
    "The {soup|+} was gr8 and #yum.",  # the rest would dangle
]


def variants(analyst: Analyst, text: str, rule: str) -> list[Instance]:
    """The variants of the first target whose edits are by a rule."""
    outcome = outcomes(analyst, text, TARGET, candidates=30)[_first_target(text)]
    return [v for v in outcome.candidates if any(edit.rule == rule for edit in v.edits)]


def _first_target(text: str) -> int:
    """The position of the aspect that the cases of exceptions are about: the lamp, pizza, fries or desk."""
    terms = re.findall(r"\{([^|]+)\|", text)
    wanted = [n for n, term in enumerate(terms) if term in ("lamp", "pizza", "fries")]
    return wanted[0] if wanted and not text.startswith("Great") else 0


@pytest.mark.parametrize(("text", "pattern"), EXCEPTIONS)
def test_exception_takes_an_aspect_out_of_a_list(analyst: Analyst, text: str, pattern: str) -> None:
    found = variants(analyst, text, "exception")
    assert any(re.fullmatch(pattern, variant.text) for variant in found), [v.text for v in found]
    for variant in found:
        assert variant.text[variant.aspect.start : variant.aspect.end] == variant.aspect.term
        assert {_label(a) for a in variant.aspects if a.term != variant.aspect.term} == {
            label for label in _labels(text) if label[0] != variant.aspect.term
        }


def _labels(text: str) -> set[tuple[str, str]]:
    names = {"+": "positive", "-": "negative"}
    return {(term, names[sign]) for term, sign in re.findall(r"\{([^|]+)\|([+-])\}", text)}


def _label(aspect: Aspect) -> tuple[str, str]:
    return aspect.term, str(aspect.polarity)


@pytest.mark.parametrize("text", NO_EXCEPTIONS)
def test_exception_is_not_made_where_the_list_would_not_allow_it(analyst: Analyst, text: str) -> None:
    assert [variant.text for variant in variants(analyst, text, "exception")] == []


@pytest.mark.parametrize(("text", "pattern"), PREDICATES)
def test_predicate_is_replaced_by_its_opposite(analyst: Analyst, text: str, pattern: str) -> None:
    found = variants(analyst, text, "predicate")
    assert any(re.fullmatch(pattern, variant.text) for variant in found), [v.text for v in found]


@pytest.mark.parametrize("text", NO_PREDICATES)
def test_predicate_is_kept_where_its_opposite_would_not_fit(analyst: Analyst, text: str) -> None:
    assert [variant.text for variant in variants(analyst, text, "predicate")] == []


def test_exception_of_another_aspect_keeps_the_target(analyst: Analyst) -> None:
    outcome = outcomes(analyst, "They serve {pizza|+} and {pasta|+}.", Strategy.REVNON)[0]
    assert outcome.candidates
    for variant in outcome.candidates:
        pattern = r"They serve pizza(, (but|though) the|\. The) pasta is \w+(, though)?\."
        assert re.fullmatch(pattern, variant.text)
    assert all(v.aspect.term == "pizza" and v.polarity == "positive" for v in outcome.candidates)
