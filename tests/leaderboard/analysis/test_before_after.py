"""Entries with an intervention, beside those without."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from helpers.boards import zoo_report

from arts.evaluation.report import Report
from arts.evaluation.resample import Resample
from arts.evaluation.seed_summary import compare_seeds
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.interventions.unlearn import Unlearn
from arts.leaderboard.analysis.before_after import (
    InterventionPair,
    before_and_after,
    gain_interval,
    gain_limit,
    gain_table,
    seed_gains,
    titles_of,
)
from arts.leaderboard.analysis.entry_scores import SCORES
from arts.leaderboard.store.entry import entry_of
from arts.models.encoders import DEFAULT_ENCODER


def pairs_of(*reports: Report) -> list[InterventionPair]:
    return before_and_after((entry_of(report), report) for report in reports)


def test_before_after_an_entry_stands_beside_the_plain_one_of_its_seed(reports_by_share):
    plain = [zoo_report(reports_by_share[0.6], seed=seed) for seed in (1, 2)]
    (pair,) = pairs_of(*plain, zoo_report(reports_by_share[0.9], Adversarial(), seed=2))
    assert (pair.before.seed, pair.after.seed, pair.intervention) == (2, 2, "adversarial")


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
    assert not pairs_of(
        zoo_report(reports_by_share[0.6]), zoo_report(reports_by_share[0.9], Adversarial(), **other)
    )


def test_before_after_another_test_split_is_no_pair(reports_by_share):
    plain = zoo_report(reports_by_share[0.6])
    dataset = plain.dataset.model_copy(update={"name": "mine", "checksum": "other"})
    elsewhere = plain.model_copy(update={"dataset": dataset})
    assert not pairs_of(elsewhere, zoo_report(reports_by_share[0.9], Adversarial()))


def test_before_after_settings_tell_two_ways_apart(reports_by_share):
    pairs = pairs_of(
        zoo_report(reports_by_share[0.6]),
        zoo_report(reports_by_share[0.8], Adversarial()),
        zoo_report(reports_by_share[0.9], Adversarial(ratio=1)),
    )
    assert [pair.intervention for pair in pairs] == ["adversarial", "adversarial (1 of the variants)"]
    assert [one.intervention for one in seed_gains(pairs)] == [pair.intervention for pair in pairs]


def test_before_after_unlearning_stands_beside_what_it_went_on_from(reports_by_share):
    plain, taught = zoo_report(reports_by_share[0.6]), zoo_report(reports_by_share[0.8], Adversarial())
    unlearn = zoo_report(reports_by_share[0.9], Unlearn())
    (_, pair) = pairs_of(plain, taught, unlearn)
    assert pair.report_before is taught
    assert (pair.before.intervention, pair.start) == ("adversarial", "adversarial")
    assert [*titles_of([pair]).values()] == ["unlearn, beside adversarial"]
    (pair,) = pairs_of(plain, unlearn)
    assert (pair.before.intervention, pair.start) == ("", "plain")
    assert [*titles_of([pair]).values()] == ["unlearn"]


def test_before_after_titles_are_all_different(reports_by_share):
    plain, other = (zoo_report(reports_by_share[0.6], seed=seed) for seed in (1, 2))
    mystery = [
        zoo_report(reports_by_share[0.8], seed=seed, recorded={"name": "mystery", "grid": [seed]})
        for seed in (1, 2)
    ]
    titles = titles_of(pairs_of(plain, other, *mystery)).values()
    assert len(titles) == 2
    assert all(re.fullmatch(r"mystery \[[0-9a-f]{6}\]", title) for title in titles)


def test_before_after_means_are_over_seeds(reports_by_share):
    after = {1: reports_by_share[0.8], 2: reports_by_share[0.9]}
    pairs = pairs_of(
        *(zoo_report(reports_by_share[0.6], seed=seed) for seed in after),
        *(zoo_report(report, Merge(), seed=seed) for seed, report in after.items()),
    )
    (row,) = gain_table(seed_gains(pairs), "ars").itertuples()
    gains = [report.ars.value - reports_by_share[0.6].ars.value for report in after.values()]
    assert (row.intervention, row.model, row.seeds) == ("merge", "bert", 2)
    assert row.before == pytest.approx(reports_by_share[0.6].ars.value)
    assert row.gain == pytest.approx(sum(gains) / 2)
    assert gain_limit(seed_gains(pairs)) == 10 * -(-max(gains) // 10)


def test_before_after_the_mean_gain_has_the_interval_of_a_comparison(reports_by_share, tmp_path):
    before = [zoo_report(reports_by_share[0.6], seed=seed) for seed in (1, 2)]
    after = [zoo_report(reports_by_share[share], Merge(), seed=n) for n, share in ((1, 0.8), (2, 0.9))]
    entries = [entry_of(report, report.save(tmp_path)) for report in (*before, *after)]
    pairs = before_and_after(zip(entries, (*before, *after), strict=True))
    expected = compare_seeds(after, before)
    intervals = gain_interval(pairs, resample=Resample.SENTENCES)
    for score in ("ars", "accuracy"):
        difference = getattr(expected, score)
        assert intervals[score] == pytest.approx((difference.low, difference.high), abs=0.005)
    assert list(intervals) == [*SCORES]
    (alone,) = before_and_after([(entries[0], before[0]), (entries[2], after[0])])
    low, high = gain_interval([alone], resample=Resample.SENTENCES)["ars"]
    assert low < after[0].ars.value - before[0].ars.value < high


def test_before_after_encoders_are_named_where_there_are_several(reports_by_share):
    pairs = pairs_of(
        zoo_report(reports_by_share[0.6]),
        zoo_report(reports_by_share[0.9], Merge()),
        zoo_report(reports_by_share[0.7], encoder="big"),
        zoo_report(reports_by_share[0.8], Merge(), encoder="big"),
    )
    assert {one.model for one in seed_gains(pairs)} == {f"bert, {DEFAULT_ENCODER}", "bert, big"}


def test_before_after_models_trained_in_other_ways_are_not_averaged_as_seeds(reports_by_share):
    runs = [
        zoo_report(reports_by_share[share], way, recipe={"epochs": epochs}, seed=seed)
        for epochs, seed, shares in ((5, 1, (0.6, 0.8)), (9, 1, (0.7, 0.9)), (5, 2, (0.6, 0.9)))
        for share, way in zip(shares, (None, Adversarial()), strict=True)
    ]
    gains = seed_gains(pairs_of(*runs))
    assert sorted(gain_table(gains, "ars")["seeds"]) == [1, 2]
    assert all(re.fullmatch(r"bert \([0-9a-f]{6}\)", one.model) for one in gains)


def test_before_after_of_a_seed_that_was_measured_twice_the_last_counts(reports_by_share):
    runs = [zoo_report(reports_by_share[share], Merge()) for share in (0.9, 0.8)]
    later = runs[1].provenance.model_copy(update={"started": runs[0].provenance.started + timedelta(days=1)})
    last = runs[1].model_copy(update={"provenance": later})
    (gains,) = seed_gains(pairs_of(zoo_report(reports_by_share[0.6]), last, runs[0]))
    assert [pair.report_after for pair in gains.pairs] == [last]
