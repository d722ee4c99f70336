"""The verdict on a model in one sentence."""

from __future__ import annotations

import pytest
from helpers.board_entries import entry

from arts.data.schema import Strategy
from arts.evaluation.scores import Estimate
from arts.leaderboard.analysis.entry_verdict import entry_verdict
from arts.leaderboard.analysis.rows import row_of

RANKS = {"a": "1", "b": "≈ 2", "c": "2", "50": "2", "d": "≈ 2", "e": None}


@pytest.mark.parametrize(
    ("ranks", "standing"),
    [
        (RANKS, "Rank 2 of 5 on laptop, tied with 3 others"),
        ({"50": "≈ 1", "a": "1"}, "Rank ≈ 1 of 2 on laptop, tied with 1 other"),
        ({"50": "1", "a": "2", "b": None}, "Rank 1 of 2 on laptop"),
        ({"50": None, "a": "1"}, "Not ranked on laptop, without predictions that were checked"),
    ],
)
def test_entry_verdict_is_the_rank_the_scores_and_the_greatest_loss(ranks, standing):
    made = entry(50).model_copy(
        update={
            "strategies": {
                strategy: Estimate(value=value, low=value, high=value)
                for strategy, value in ((Strategy.REVTGT, 67.5), (Strategy.REVNON, 72.0))
            },
            "originals": {Strategy.REVTGT: 82.4, Strategy.REVNON: 90.0},
        }
    )
    row = row_of(made.model_copy(update={"key": "50"}))
    assert entry_verdict(row, ranks, corpus="laptop") == (
        f"{standing}: right on 90.0% of the originals, and on 50.0% with all their variants; most is lost "
        "under REVNON (90 → 72)."
    )


def test_entry_verdict_without_variants_names_no_loss():
    row = row_of(entry(50).model_copy(update={"key": "50"}))
    assert entry_verdict(row, {"50": "1"}, corpus="x").endswith("on 50.0% with all their variants.")
