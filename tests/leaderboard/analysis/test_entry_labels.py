"""Labels by which entries can be told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.boards import zoo_report

from arts.interventions.adversarial import Adversarial
from arts.interventions.base import Intervention
from arts.leaderboard.analysis.entry_labels import KEY_LENGTH, distinct_labels
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.store import Store


@pytest.fixture
def entries_of(report, tmp_path):
    """Gives the entries of a board with reports of one model and seed that differ in what is given."""

    def entries_of(*made: tuple[Intervention | None, dict[str, object]]) -> list[BoardEntry]:
        for number, (intervention, further) in enumerate(made):
            changed = zoo_report(report, intervention, checksum=str(number) * 64, **further)
            changed.write_json(tmp_path / f"{number}.json")
        board = Store((str(tmp_path),), packaged=False).read()
        return sorted((e for e in board.on("sample") if e.path), key=lambda entry: str(entry.path))

    return entries_of


@pytest.mark.parametrize(
    ("made", "remarks"),
    [
        (
            [(Adversarial(), {}), (Adversarial(ratio=0.25), {})],
            [
                "bert + adversarial, seed 1",
                "bert + adversarial, seed 1 (0.25 of the variants)",
            ],
        ),
        (
            [(None, {"encoder": "small"}), (None, {"encoder": "large"})],
            ["bert, seed 1 (small)", "bert, seed 1 (large)"],
        ),
        (
            [
                (None, {"recipe": {"epochs": 3, "batch_size": 8}}),
                (None, {"recipe": {"epochs": 5, "batch_size": 8}}),
            ],
            ["bert, seed 1 (epochs 3)", "bert, seed 1 (epochs 5)"],
        ),
        (
            [(None, {"extras": {"embeddings": "a.txt"}}), (None, {"extras": {"embeddings": "b.txt"}})],
            ["bert, seed 1 (embeddings a.txt)", "bert, seed 1 (embeddings b.txt)"],
        ),
        (
            [(None, {}), (None, {"seed": 2})],
            ["bert, seed 1", "bert, seed 2"],
        ),
    ],
)
def test_entry_labels_have_the_settings_that_differ(entries_of, made, remarks):
    entries = entries_of(*made)
    labels = distinct_labels(entries)
    assert [labels[entry.key] for entry in entries] == remarks


def test_entry_labels_of_equal_settings_have_the_beginning_of_the_key(entries_of):
    entries = entries_of((None, {}), (None, {}))
    assert set(distinct_labels(entries).values()) == {
        f"bert, seed 1 ({entry.key[:KEY_LENGTH]})" for entry in entries
    }


def test_entry_labels_of_an_entry_whose_report_is_gone_are_still_distinct(entries_of):
    entries = entries_of((Adversarial(), {}), (Adversarial(ratio=0.25), {}))
    for entry in entries:
        Path(entry.path).unlink()
    assert len(set(distinct_labels(entries).values())) == 2
