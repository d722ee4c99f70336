"""Rows: entries of one model with several seeds are one, and what they are not."""

from __future__ import annotations

import pytest
from helpers.boards import sample_report, zoo_report

from arts.evaluation.report import Report
from arts.evaluation.seed_summary import SeedSummary, compare_seeds
from arts.evaluation.verification import Status
from arts.interventions.adversarial import Adversarial
from arts.interventions.unlearn import Unlearn
from arts.leaderboard.analysis.entry_labels import distinct_row_labels
from arts.leaderboard.analysis.ranking import p_value_of, ranks
from arts.leaderboard.analysis.rows import board_rows
from arts.leaderboard.store import seed_groups
from arts.leaderboard.store.published import published_entries
from arts.leaderboard.store.store import Board, Store


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> list[Report]:
    """Four reports with predictions, the best first."""
    folder = tmp_path_factory.mktemp("made")
    return [sample_report(folder, "x", right=0.95 - 0.06 * seed, seed=seed) for seed in range(4)]


@pytest.fixture
def board_of(tmp_path, monkeypatch):
    """Gives the board with reports, and saves each with its predictions."""
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(seed_groups, "_KNOWN", {})

    def board_of(*reports: Report, check_at_most: float = 100) -> Board:
        for report in reports:
            report.save(tmp_path / "results")
        return Store((str(tmp_path / "results"),), packaged=False).read(check_at_most)

    return board_of


ENCODER = {"encoder_checksum": "e" * 64}
PRECISION = {"environment": {"precision": "bf16"}, "parameters": 3, "train_seconds": 3.0}


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ({}, {}, True),
        (ENCODER | {"encoder": "a"}, ENCODER | {"encoder": "/home/me/a"}, True),
        ({}, PRECISION, True),
        ({"recipe": {"epochs": 3}}, {"recipe": {"epochs": 3, "patience": None}}, True),
        ({"recipe": {"epochs": 3}}, {"recipe": {"epochs": 4}}, False),
        ({"extras": {"embeddings": "a"}}, {"extras": {"embeddings": "b"}}, False),
        ({"encoder": "a"}, {"encoder": "b"}, False),
        ({"id": "gcae"}, {"id": "memnet"}, False),
        ({"kind": "zoo"}, {"kind": "custom"}, False),
        ({"intervention": Adversarial()}, {"intervention": Adversarial(ratio=0.25)}, False),
        ({"intervention": Adversarial()}, {"intervention": None}, False),
        ({"intervention": Unlearn(), "outcome": {"kept": 3}}, {"intervention": Unlearn()}, True),
        ({"seed": None}, {"seed": None}, False),
    ],
)
def test_rows_are_shared_by_what_differs_in_the_seed_alone(made, board_of, first, second, shared):
    pair = [
        zoo_report(report, **({"checksum": str(seed) * 64, "seed": seed} | further))
        for seed, (report, further) in enumerate(zip(made, (first, second), strict=False), 1)
    ]
    rows = board_rows(board_of(*pair).entries)
    assert [row.seeds for row in rows] == ([(1, 2)] if shared else [row.seeds for row in rows])
    assert len(rows) == (1 if shared else 2)


def test_rows_have_the_means_and_two_level_intervals_of_the_seeds(made, board_of):
    reports = [zoo_report(report, seed=seed) for seed, report in enumerate(made, 1)]
    (row,) = board_rows(board_of(*reports).entries)
    summary = SeedSummary.of(reports, "bert")
    assert (row.ars.value, row.ars.low, row.ars.high) == (
        summary.ars.mean,
        summary.ars.low,
        summary.ars.high,
    )
    assert row.strategies.keys() == summary.strategies.keys()
    assert row.label == "bert"
    assert row.seeds == (1, 2, 3, 4)
    assert row.key == row.first.configuration
    worst = row.worst_strategy
    assert worst is None or row.drops[worst] == max(row.drops.values())


def test_rows_of_a_seed_that_was_measured_twice_are_two(made, board_of):
    reports = [zoo_report(report, seed=min(seed, 2)) for seed, report in enumerate(made[:3], 1)]
    rows = board_rows(board_of(*reports).entries)
    assert sorted(row.seeds for row in rows) == [(1, 2), (2,)]
    assert len(set(distinct_row_labels(rows).values())) == 2


@pytest.mark.parametrize("paired", [True, False])
def test_rows_are_compared_as_models_with_several_seeds_are(made, board_of, paired):
    seeds = [(1, 2), (1, 2) if paired else (3, 4)]
    sides = [
        [zoo_report(made[2 * n + k], id=id, seed=seed) for k, seed in enumerate(seeds[n])]
        for n, id in enumerate(("gcae", "memnet"))
    ]
    rows = board_rows(board_of(*sides[0], *sides[1]).entries)
    assert [row.label for row in rows] == ["gcae", "memnet"]
    assert p_value_of(*rows) == pytest.approx(compare_seeds(*sides).ars.p_value)


def test_rows_of_the_paper_are_ranked_by_intervals_and_claims_are_not(made, board_of):
    paper = [entry for entry in published_entries() if entry.corpus == "laptop"]
    claim = paper[0].model_copy(update={"key": "claim", "status": Status.CLAIMED})
    rows = board_rows([*paper, claim])
    found = dict(zip([row.key for row in rows], ranks(rows), strict=True))
    assert found.pop("claim") is None
    assert str(found["paper-laptop-bert-pt"]) == "≈ 1"
    assert all(row.label.endswith("(paper)") for row in rows if row.is_published)


def test_rows_wait_for_means_that_are_many_to_compute_and_find_them_later(made, board_of, monkeypatch):
    reports = [zoo_report(report, id=id, seed=n) for n, report in enumerate(made[:2]) for id in ("bert",)]
    board_of(*reports)
    monkeypatch.setattr(seed_groups, "_KNOWN", {})
    assert board_of(check_at_most=0).unchecked == 0  # of the cache
    monkeypatch.setattr(seed_groups, "_KNOWN", {})
    monkeypatch.setattr(seed_groups, "CACHE", ("leaderboard", "others"))
    waiting = board_of(check_at_most=0)
    assert waiting.unchecked == 2
    assert {entry.status for entry in waiting.entries} == {Status.UNCHECKED}
    (row,) = board_rows(waiting.entries)
    assert not row.is_ranked
    assert row.spans_seeds
    assert row.ars.low == min(entry.ars.low for entry in waiting.entries)
    assert row.ars.high == max(entry.ars.high for entry in waiting.entries)
