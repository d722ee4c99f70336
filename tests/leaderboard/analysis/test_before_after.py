"""Two entries, unit by unit; entries with an intervention beside those without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.boards import zoo_report
from hypothesis import given
from hypothesis import strategies as some

from arts.data.errors import ArtsError
from arts.evaluation.metrics import POLARITIES, BenchmarkLayout
from arts.evaluation.predictions import Predictions
from arts.evaluation.report import Report
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.interventions.unlearn import Unlearn
from arts.leaderboard.analysis.before_after import (
    InterventionPair,
    align_predictions,
    before_and_after,
    compare_units,
    exclusive_units,
    mean_gains,
    prediction_table,
)
from arts.leaderboard.store.entry import entry_of
from arts.models.encoders import DEFAULT_ENCODER


def answered(units, *labels: str) -> Predictions:
    """Predictions for the units of the fixture, by initials."""
    by_initial = {str(polarity)[:3]: k for k, polarity in enumerate(POLARITIES)}
    return Predictions.of(units, np.array([by_initial[label] for label in labels]), probabilities=None)


def test_before_after_units_that_only_one_has_right(units):
    first = answered(units, "pos", "neg", "pos", "neg", "pos", "neg", "neg")
    second = answered(units, "pos", "neg", "neg", "neg", "pos", "neg", "neu")
    won, lost = exclusive_units(first, second)
    assert (won.tolist(), lost.tolist()) == ([True, False, False], [False, False, True])
    found = prediction_table(first, second, won)
    assert found["member"].tolist() == ["original", "revtgt", "adddiff"]
    assert found["first"].tolist() == ["✓ positive", "✓ negative", "✓ positive"]
    assert found["second"].tolist() == ["✓ positive", "✓ negative", "✗ negative"]
    assert "sentence" not in found
    shown = prediction_table(first, second, lost, units)
    assert shown["sentence"].tolist() == ["We got a table."]
    assert shown["aspect"].tolist() == ["table"]


@given(some.permutations(range(490)))
def test_before_after_the_order_of_a_file_does_not_matter(reports, order):
    there = reports[1].predictions
    rows = np.array(order)
    place = np.argsort(rows)
    layout = BenchmarkLayout(
        there.layout.gold[rows],
        there.layout.strategy[rows],
        there.layout.units[rows],
        place[there.layout.original[rows]],
    )
    shuffled = Predictions(tuple(there.ids[row] for row in rows), layout, there.labels[rows])
    assert (align_predictions(shuffled, there).labels == there.labels).all()


def test_before_after_other_instances_or_labels_are_refused(reports):
    there = reports[0].predictions
    with pytest.raises(ArtsError, match="not measured on the same instances"):
        align_predictions(replace(there, ids=("x", *there.ids[1:])), there)
    gold = (there.layout.gold[::-1] + 1) % 3
    reverse = replace(there, ids=there.ids[::-1], layout=replace(there.layout, gold=gold))
    with pytest.raises(ArtsError, match="same labels"):
        align_predictions(reverse, there)


def test_before_after_the_boards_bits_tell_the_same_as_the_comparison(reports):
    first, second = reports[0], reports[2]
    found = first.compare(second).ars
    entries = entry_of(second), entry_of(first)
    assert compare_units(*entries) == (found.only_first, found.only_second, pytest.approx(found.p_value))
    assert compare_units(entries[0], entries[0]) == (0, 0, 1)
    assert compare_units(entries[0], entries[1].model_copy(update={"right": ""})) is None
    assert compare_units(entries[0], entries[1].model_copy(update={"checksum": "other"})) is None


def paired(*reports: Report) -> list[InterventionPair]:
    return before_and_after((entry_of(report), report) for report in reports)


def test_before_after_an_entry_stands_beside_the_plain_one_of_its_seed(reports_by_share):
    plain = [zoo_report(reports_by_share[0.6], seed=seed) for seed in (1, 2)]
    (pair,) = paired(*plain, zoo_report(reports_by_share[0.9], Adversarial(), seed=2))
    assert (pair.before.seed, pair.after.seed, pair.way) == (2, 2, "adversarial")


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"id": "memnet"},
        {"encoder": "another"},
        {"encoder_checksum": "another"},
        {"extras": {"embeddings": "glove"}},
        {"recipe": {"epochs": 9}},
    ],
)
def test_before_after_what_differs_in_more_is_no_pair(reports_by_share, other):
    assert not paired(
        zoo_report(reports_by_share[0.6]), zoo_report(reports_by_share[0.9], Adversarial(), **other)
    )


def test_before_after_another_test_split_is_no_pair(reports_by_share):
    plain = zoo_report(reports_by_share[0.6])
    elsewhere = plain.model_copy(update={"dataset": plain.dataset.model_copy(update={"checksum": "other"})})
    assert not paired(elsewhere, zoo_report(reports_by_share[0.9], Adversarial()))


def test_before_after_settings_tell_two_ways_apart(reports_by_share):
    pairs = paired(
        zoo_report(reports_by_share[0.6]),
        zoo_report(reports_by_share[0.8], Adversarial()),
        zoo_report(reports_by_share[0.9], Adversarial(ratio=1)),
    )
    assert [pair.way for pair in pairs] == ["adversarial", "adversarial --ratio 1"]


def test_before_after_unlearning_stands_beside_what_it_went_on_from(reports_by_share):
    plain, taught = zoo_report(reports_by_share[0.6]), zoo_report(reports_by_share[0.8], Adversarial())
    unlearn = zoo_report(reports_by_share[0.9], Unlearn())
    (_, pair) = paired(plain, taught, unlearn)
    assert pair.earlier is taught
    assert (pair.before.intervention, pair.start, pair.title) == (
        "adversarial",
        "adversarial",
        "unlearn (after adversarial)",
    )
    (pair,) = paired(plain, unlearn)
    assert (pair.before.intervention, pair.title) == ("", "unlearn")


def test_before_after_means_are_over_seeds(reports_by_share):
    after = {1: reports_by_share[0.8], 2: reports_by_share[0.9]}
    pairs = paired(
        *(zoo_report(reports_by_share[0.6], seed=seed) for seed in after),
        *(zoo_report(report, Merge(), seed=seed) for seed, report in after.items()),
    )
    (row,) = mean_gains(pairs, "ars").itertuples()
    gains = [report.ars.value - reports_by_share[0.6].ars.value for report in after.values()]
    assert (row.model, row.seeds, row.before) == ("bert", 2, pytest.approx(reports_by_share[0.6].ars.value))
    assert (row.gain, row.least, row.most) == (
        pytest.approx(sum(gains) / 2),
        pytest.approx(min(gains)),
        pytest.approx(max(gains)),
    )


def test_before_after_encoders_are_named_where_there_are_several(reports_by_share):
    pairs = paired(
        zoo_report(reports_by_share[0.6]),
        zoo_report(reports_by_share[0.9], Merge()),
        zoo_report(reports_by_share[0.7], encoder="big"),
        zoo_report(reports_by_share[0.8], Merge(), encoder="big"),
    )
    assert set(mean_gains(pairs, "revtgt")["model"]) == {f"bert, {DEFAULT_ENCODER}", "bert, big"}
