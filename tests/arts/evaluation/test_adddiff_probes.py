"""Accuracy by the number of added aspects, and the pattern gap."""

from __future__ import annotations

import pytest
from helpers.classifiers import gold

from arts.data.corpus import Corpus
from arts.data.errors import DataError
from arts.evaluation.adddiff_probes import MOST_ADDED, measure_curve, measure_gap
from arts.interventions.adversarial import Adversarial

pytestmark = pytest.mark.usefixtures("shared_perturbations")


def longest(limit):
    """A model that is right on texts up to a length, in characters over the shortest it has seen."""
    shortest = {}

    def ask(instances):
        right = gold(instances)
        for row, i in enumerate(instances):
            shortest[i.unit] = min(shortest.get(i.unit, len(i.text)), len(i.text))
            if len(i.text) > shortest[i.unit] + limit:
                right[row] = right[row][[1, 2, 0]]
        return right

    return ask


def test_adddiff_probes_the_curve_falls_for_a_model_that_reads_what_is_added(sample):
    flat, falling = measure_curve(gold, sample), measure_curve(longest(60), sample)
    assert [point.added for point in flat.points] == list(range(MOST_ADDED + 1))
    assert {point.accuracy.value for point in flat.points} == {100.0}
    values = [point.accuracy.value for point in falling.points]
    assert values == sorted(values, reverse=True)
    assert values[0] == 100
    assert values[-1] < 50
    assert flat.units > 100


def test_adddiff_probes_the_gap_is_that_of_a_model_that_knows_a_template(sample):
    trained = Adversarial(holdout=("but",))
    templates = {"seen": trained.seen_templates, "holdout": trained.holdout}

    def ask(instances):
        right = gold(instances)
        for row, i in enumerate(instances):
            if i.edits[0].rule == "added: but":
                right[row] = right[row][[1, 2, 0]]
        return right

    none, all_of_it = measure_gap(gold, sample, **templates), measure_gap(ask, sample, **templates)
    assert (none.gap.value, none.seen.value) == (0, 100)
    assert (all_of_it.gap.value, all_of_it.unseen.value) == (-100, 0)
    assert all_of_it.unseen_templates == ("but",)
    assert all_of_it.gap.only_second == all_of_it.units


def test_adddiff_probes_both_sides_of_the_gap_say_the_same_of_the_same_aspects(sample):
    asked = []

    def ask(instances):
        asked.append({i.unit: i for i in instances})
        return gold(instances)

    trained = Adversarial(holdout=("but", "before"))
    measure_gap(ask, sample, seen=trained.seen_templates, holdout=trained.holdout)
    unseen, seen = asked
    assert unseen.keys() == seen.keys()
    for unit, first in unseen.items():
        second = seen[unit]
        assert first.text != second.text
        assert sorted(a.term.lower() for a in first.aspects) == sorted(a.term.lower() for a in second.aspects)


def test_adddiff_probes_a_corpus_without_train_split_has_no_curve(units):
    with pytest.raises(DataError, match="has no train split, which ADDDIFF takes"):
        measure_curve(gold, Corpus("mine", tuple(units)))
