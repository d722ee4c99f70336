"""Ranks."""

from __future__ import annotations

from helpers.board_entries import entry
from helpers.boards import sample_report

from arts.evaluation.metrics import units_right
from arts.evaluation.paired_tests import exact_mcnemar
from arts.evaluation.verification import Status
from arts.leaderboard.analysis.ranking import ranks
from arts.leaderboard.analysis.rows import board_rows, row_of
from arts.leaderboard.analysis.table import board_table
from arts.leaderboard.store.entry import entry_of


def test_ranking_entries_without_predictions_share_a_rank_while_their_intervals_touch():
    published = {"status": Status.PUBLISHED}
    found = ranks([row_of(entry(ars).model_copy(update=published)) for ars in (60, 55, 53, 40)])
    assert [str(rank) for rank in found] == ["≈ 1", "≈ 1", "≈ 1", "≈ 4"]


def test_ranking_entries_share_a_rank_when_the_paired_test_does_not_tell_them_apart(tmp_path):
    rates = (0.98, 0.96, 0.8, 0.78, 0.5)
    reports = [sample_report(tmp_path, f"m{n}", right=rate, seed=n) for n, rate in enumerate(rates)]
    entries = sorted(map(entry_of, reports), key=lambda e: -e.ars.value)
    by_key = {entry_of(report).key: report.predictions for report in reports}
    found = ranks(board_rows(entries))
    assert all(rank.paired for rank in found)
    assert found[0].position == 1
    heads = {rank.position: entries[rank.position - 1] for rank in found}
    for one, rank in zip(entries, found, strict=True):
        if heads[rank.position] is not one:
            pair = [by_key[heads[rank.position].key], by_key[one.key]]
            first, second = (units_right(p.correct, p.layout.units) for p in pair)
            assert exact_mcnemar((first & ~second).sum(), (second & ~first).sum()) >= 0.05
    assert len({rank.position for rank in found}) > 1


def test_ranking_no_entries_have_no_ranks():
    assert ranks([]) == []
    assert board_table([]).empty
