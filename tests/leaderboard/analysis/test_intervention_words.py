"""Interventions in words."""

from __future__ import annotations

import json

import pytest
from helpers.boards import recorded_settings

from arts.interventions.adversarial import Adversarial
from arts.interventions.composition import compose
from arts.interventions.consistency import Consistency
from arts.interventions.merge import Merge
from arts.interventions.noaspect import NoAspect
from arts.interventions.position import Position
from arts.interventions.registry import find_intervention, intervention_names
from arts.interventions.unlearn import Unlearn
from arts.leaderboard.analysis.intervention_words import intervention_label, intervention_summaries
from arts.merging.policies import Granularity

HELD_OUT = Adversarial(templates=("but",), holdout=("side", "before"))


@pytest.mark.parametrize(
    ("intervention", "words"),
    [
        (Adversarial(), "adversarial"),
        (Adversarial(ratio=0.25), "adversarial (0.25 of the variants)"),
        (Adversarial(strategies=("revtgt",)), "adversarial (by REVTGT)"),
        (HELD_OUT, "adversarial (held out: side, before)"),
        (Adversarial(holdout=("but", "side", "before", "while")), "adversarial (4 templates held out)"),
        (Merge(granularity=Granularity.LAYER), "merge (a coefficient per layer)"),
        (Unlearn(HELD_OUT), "unlearn (after adversarial, held out: side, before)"),
        (Unlearn(Merge()), "unlearn (after merge)"),
        (Consistency(weight=1), "consistency (weight 1)"),
        (Consistency(balance_places=False), "consistency (places balanced: no)"),
        (Position(bias="dropout"), "position (by dropout)"),
        (NoAspect(reading="both"), "noaspect (reads: both)"),
        (compose([Consistency(weight=3), Position()]), "consistency (weight 3) + position"),
    ],
)
def test_intervention_words_tell_what_is_not_the_default(intervention, words):
    settings = json.loads(json.dumps(recorded_settings(intervention)))
    assert intervention_label(settings) == words
    assert intervention_label({**settings, "came_to": 24}) == words
    assert "--" not in words


@pytest.mark.parametrize("name", intervention_names())
def test_intervention_words_a_default_intervention_is_its_name(name):
    assert intervention_label(recorded_settings(find_intervention(name)())) == name


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"name": "mystery", "depth": 3, "grid": [1, 2]}, "mystery (depth 3)"),
        ({"name": "adversarial", "ratio": "<b>"}, "adversarial (<b> of the variants)"),
        ({"name": "mystery", "{depth.__class__}": "{0}"}, "mystery ({depth.  class  } {0})"),
        ({"name": 3}, "3"),
        ({"parts": [{"name": "mystery"}, 7]}, "mystery"),
        ({}, "unknown"),
    ],
)
def test_intervention_words_what_is_not_ours_has_words_too(settings, words):
    assert intervention_label(settings) == words


def test_intervention_words_say_what_each_part_does():
    assert intervention_summaries("consistency + mystery + position") == {
        "consistency": Consistency.card.summary,
        "position": Position.card.summary,
    }
    assert intervention_summaries("") == {}
