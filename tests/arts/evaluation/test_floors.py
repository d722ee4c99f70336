"""Predictors that do not read what is said of the target."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.classifiers import gold
from helpers.sentences import sentence, variant

from arts.data.corpus import Corpus
from arts.data.schema import Instance
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.benchmark_layout import POLARITIES
from arts.evaluation.floors import OTHERS, floors, measure_floors, other_aspect_labels

TEXT = "Good soup, rude staff, stale bread."
SOUP, STAFF, BREAD = sentence("1", TEXT, soup="positive", staff="negative", bread="negative").instances()
(TABLE,) = sentence("2", "We got a table.", table="neutral").instances()
(CAKE,) = sentence("3", "Good cake.", cake="positive").instances()
(TEA,) = sentence("4", "Good tea.", tea="positive").instances()
LONE = [SOUP, STAFF, BREAD, TABLE, CAKE, TEA]  # the most frequent label is positive, before negative


def labels_of(*instances: Instance) -> list[str]:
    return [str(POLARITIES[k]) for k in other_aspect_labels([*LONE, *instances])[len(LONE) :]]


def test_floors_the_others_of_originals_and_the_default_without_a_majority():
    found = [str(POLARITIES[k]) for k in other_aspect_labels(LONE)]
    # soup: two negatives; staff and bread: one of each; no others
    assert found == ["negative", "positive", "positive", "positive", "positive", "positive"]


@pytest.mark.parametrize(
    ("original", "strategy", "expected"),
    [
        (SOUP, "revtgt", "negative"),
        (SOUP, "revnon", "negative"),
        (SOUP, "adddiff", "negative"),
        (STAFF, "revtgt", "positive"),  # a tie
        (STAFF, "revnon", "positive"),  # the bread is good then
        (STAFF, "adddiff", "positive"),  # one positive is added
        (CAKE, "adddiff", "negative"),  # one negative is added to none
        (CAKE, "revtgt", "positive"),  # no others
        (TABLE, "adddiff", "positive"),  # not known
    ],
)
def test_floors_where_a_variant_lists_no_others_they_follow_from_the_strategy(original, strategy, expected):
    assert labels_of(variant(original, strategy, original.text, str(original.polarity))) == [expected]


def test_floors_the_others_that_a_variant_lists_count():
    made = replace(variant(SOUP, "revtgt", TEXT, "negative"), aspects=SOUP.aspects[:2])
    assert labels_of(made) == ["negative"]
    praised = tuple(replace(aspect, polarity=SOUP.polarity) for aspect in SOUP.aspects[1:])
    assert labels_of(replace(made, aspects=praised)) == ["positive"]


def test_floors_are_scored_like_models(units):
    # gold: positive negative positive | negative positive negative | neutral
    always, others = measure_floors(units)
    assert (always.name, always.accuracy.value, always.ars.value) == ("always positive", 33.33, 0)
    # the soup's other is negative, the staff's positive, the table has none
    assert (others.name, others.accuracy.value, others.ars.value) == (OTHERS, 0, 0)
    assert others.strategies["revtgt"].perturbed.value == 100
    negative = measure_floors([*units[3:6], units[6]])
    assert [floor.name for floor in negative] == ["always negative", "always positive", OTHERS]


def test_floors_are_in_the_report_and_those_of_one_label_in_a_report_without(units):
    report = Benchmark(Corpus("mine", tuple(units))).evaluate(gold, name="oracle")
    assert floors(report) == report.floors == measure_floors(units)
    old = report.model_copy(update={"floors": ()})
    assert "floors" not in old.model_dump()
    assert floors(old) == report.floors[:1]
