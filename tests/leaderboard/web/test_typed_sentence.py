"""A visitor's sentence, perturbed."""

from __future__ import annotations

import json

import pytest
from helpers.sentences import sentence, variant

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.generators.strategies.aspectset import AspectClause, AspectSet
from arts.leaderboard.web import typed_sentence
from arts.leaderboard.web.aspect_marks import locate_aspects
from arts.leaderboard.web.html_unit import ModelPrediction
from arts.leaderboard.web.typed_sentence import (
    TargetVariants,
    check_length,
    json_record,
    make_sentence,
    perturb,
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


@pytest.mark.parametrize(
    ("text", "message"),
    [(" ", "type a sentence"), ("soup " * 101, "the sentence has 505 characters; at most 500 are taken")],
)
def test_typed_sentence_says_what_is_wrong_with_a_text(text, message):
    with pytest.raises(ArtsError, match=message):
        check_length(text)


def test_typed_sentence_needs_an_aspect():
    with pytest.raises(ArtsError, match="mark at least one aspect"):
        make_sentence(TEXT, [])


def test_typed_sentence_perturbed_gives_a_variant_or_a_reason_a_strategy(analyst, pool):
    trials = perturb(
        make_sentence(TEXT, locate_aspects(TEXT, ROWS)[0], domain="restaurant"), analyst, pool=pool
    )
    assert [trial.original.aspect.term for trial in trials] == ["soup", "waiter"]
    for trial in trials:
        assert set(trial.variants) == set(PERTURBATIONS)
        assert [card.strategy for card in trial.cards({})] == [Strategy.ORIGINAL, *PERTURBATIONS]
    soup = locate_aspects("We had soup.", [("soup", "neutral")])[0]
    (alone,) = perturb(make_sentence("We had soup.", soup), analyst, pool=AspectSet())
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
