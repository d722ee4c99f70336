"""A visitor's sentence, perturbed."""

from __future__ import annotations

import json

import pytest
from helpers.sentences import sentence, variant

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.generators.strategies.aspectset import AspectClause, AspectSet
from arts.leaderboard.web import typed_sentence
from arts.leaderboard.web.html_unit import ModelPrediction
from arts.leaderboard.web.typed_sentence import (
    TargetVariants,
    json_record,
    parse_sentence,
    perturb,
    propose_aspects,
)

TEXT = "The soup was delicious, but our waiter was rude."

ROWS = [("soup", "positive"), ("waiter", "negative")]


@pytest.fixture(scope="module")
def pool() -> AspectSet:
    said = [
        AspectClause(term, predicate, polarity, domain="restaurant")
        for polarity, predicate in ((Polarity.POSITIVE, "great"), (Polarity.NEGATIVE, "terrible"))
        for term in ("bread", "garden", "music", "wine", "view")
    ]
    return AspectSet(tuple(sorted(said)))


@pytest.fixture
def trial() -> TargetVariants:
    (soup,) = sentence("1", "Good soup.", soup="positive").instances()
    bad = variant(soup, "revtgt", "Bad soup.", "negative")
    reasons = {Strategy.REVNON: "no other aspect to change", Strategy.ADDDIFF: "too few aspects left to add"}
    return TargetVariants(soup, {Strategy.REVTGT: bad}, reasons)


def test_typed_sentence_finds_aspects_as_they_are_written():
    found = parse_sentence(TEXT, [("Waiter", "negative"), ("soup", "positive"), ("", "neutral")])
    assert [(a.term, a.polarity) for a in found.aspects] == [("soup", "positive"), ("waiter", "negative")]


def test_typed_sentence_takes_the_next_place_of_a_term_that_comes_twice():
    text = "Good soup, bad soup."
    found = parse_sentence(text, [("soup", "positive"), ("soup", "negative")])
    assert [(a.start, a.polarity) for a in found.aspects] == [(5, "positive"), (15, "negative")]


def test_typed_sentence_finds_words_not_parts_of_them():
    assert parse_sentence("The barbecue bar.", [("bar", "neutral")]).aspects[0].start == 13


@pytest.mark.parametrize(
    ("text", "rows", "message"),
    [
        (" ", ROWS, "type a sentence"),
        ("soup " * 101, ROWS, "at most 500"),
        (TEXT, [], "at least one aspect"),
        (TEXT, [("bread", "positive")], '"bread" is not in the sentence'),
        (TEXT, [("out", "positive")], '"out" is not in the sentence'),
        (TEXT, [("soup", "positive"), ("soup", "negative")], "more often"),
        ("The soup bowl.", [("soup bowl", "neutral"), ("soup", "neutral")], "inside another aspect"),
    ],
)
def test_typed_sentence_says_what_is_wrong(text, rows, message):
    with pytest.raises(ArtsError, match=message):
        parse_sentence(text, rows)


def test_typed_sentence_proposed_are_noun_phrases_with_what_is_said_of_them(analyst):
    text = "The battery life was great, but it came in a box and the screen is terrible."
    assert propose_aspects(text, analyst) == [
        ("battery life", "positive"),
        ("box", "neutral"),
        ("screen", "negative"),
    ]
    assert propose_aspects("It was great.", analyst) == []


def test_typed_sentence_perturbed_gives_a_variant_or_a_reason_a_strategy(analyst, pool):
    trials = perturb(parse_sentence(TEXT, ROWS, domain="restaurant"), analyst, pool=pool)
    assert [trial.original.aspect.term for trial in trials] == ["soup", "waiter"]
    for trial in trials:
        assert set(trial.variants) == set(PERTURBATIONS)
        assert [card.strategy for card in trial.cards({})] == [Strategy.ORIGINAL, *PERTURBATIONS]
    (alone,) = perturb(parse_sentence("We had soup.", [("soup", "neutral")]), analyst, pool=AspectSet())
    assert alone.reasons[Strategy.REVNON] == "no other aspect to change"
    assert "no other aspect" in list(alone.cards({}))[2].html


def test_typed_sentence_domains_of_are_those_of_the_pool(pool):
    assert typed_sentence.domains_of(pool) == ["restaurant"]


def test_typed_sentence_record_has_everything_and_is_json(trial):
    answers = {trial.original.id: [ModelPrediction("mine", Polarity.NEGATIVE, (0.2, 0.7, 0.1))]}
    found = json.loads(
        json.dumps(json_record(sentence("1", "Good soup.", soup="positive"), [trial], predictions=answers))
    )
    (target,) = found["targets"]
    original, reversed_ = target["instances"]
    assert target["without_variant"]["revnon"] == "no other aspect to change"
    assert original["answers"] == [
        {
            "model": "mine",
            "prediction": "negative",
            "right": False,
            "probabilities": {"positive": 0.2, "negative": 0.7, "neutral": 0.1},
        }
    ]
    assert (reversed_["text"], reversed_["polarity"], reversed_["answers"]) == ("Bad soup.", "negative", [])
