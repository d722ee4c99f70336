"""The verdict on a model in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest
from helpers.board_entries import entry

from arts.data.schema import Strategy
from arts.evaluation.scores import Estimate
from arts.leaderboard.analysis.entry_verdict import entry_verdict
from arts.leaderboard.analysis.ranking import BoardRank
from arts.leaderboard.analysis.rows import row_of

RANKS = {
    "a": BoardRank(1, paired=True),
    "b": BoardRank(2, paired=False),
    "c": BoardRank(2, paired=True),
    "50": BoardRank(2, paired=True),
    "d": BoardRank(2, paired=False),
    "e": None,
}


def table_of(ranks: Mapping[str, BoardRank | None]) -> pd.DataFrame:
    """The columns of a `board_table` that have the ranks."""
    columns = [(str(rank), rank.position) if rank else (None, None) for rank in ranks.values()]
    return pd.DataFrame(columns, columns=["rank", "position"], index=list(ranks))


@pytest.mark.parametrize(
    ("ranks", "standing"),
    [
        (RANKS, "Rank 2 of 5 on laptop, tied with 3 others"),
        (
            {"50": BoardRank(1, paired=False), "a": BoardRank(1, paired=True)},
            "Rank ≈ 1 of 2 on laptop, tied with 1 other",
        ),
        ({"50": RANKS["a"], "a": RANKS["b"], "b": None}, "Rank 1 of 2 on laptop"),
        ({"50": None, "a": RANKS["a"]}, "Not ranked on laptop, without predictions that were checked"),
        ({"a": RANKS["a"]}, "Not ranked on laptop, without predictions that were checked"),
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
    assert entry_verdict(row, table_of(ranks), corpus="laptop") == (
        f"{standing}: right on 90.0% of the originals, and on 50.0% with all their variants; most is lost "
        "under REVNON (90 → 72)."
    )


def test_entry_verdict_without_variants_names_no_loss():
    row = row_of(entry(50).model_copy(update={"key": "50"}))
    assert entry_verdict(row, table_of({"50": None}), corpus="x").endswith(
        "on 50.0% with all their variants."
    )
