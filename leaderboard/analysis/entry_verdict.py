"""What the board says of one model: its rank, how robust its accuracy is, and where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from arts.data.support.rounding import decimal_text
from arts.leaderboard.analysis.rows import BoardRow


def entry_verdict(row: BoardRow, table: pd.DataFrame, *, corpus: str) -> str:
    """The verdict on a row of the board as one sentence of plain text.

    It reads like "Rank 2 of 33 on laptop, tied with 4 others: right on 76.7% of the originals, and on 56.6%
    with all their variants (mean of 3 seeds); most is lost under REVTGT (82 → 68)."

    Args:
        row: The row.
        table: The `board_table` of the corpus.
        corpus: Name of the corpus.
    """
    accuracy, ars = decimal_text(row.accuracy.value, 1), decimal_text(row.ars.value, 1)
    mean = f" (mean of {len(row.entries)} seeds)" if len(row.entries) > 1 else ""
    return (
        f"{_standing(row.key, table, corpus=corpus)}: right on {accuracy}% of the originals, and on {ars}% "
        f"with all their variants{mean}{_loss(row)}."
    )


def _standing(key: str, table: pd.DataFrame, *, corpus: str) -> str:
    """The rank of a row, of how many, and how many share it."""
    ranked = table[table["position"].notna()]
    if key not in ranked.index:
        return f"Not ranked on {corpus}, without predictions that were checked"
    rank, position = ranked.loc[key, ["rank", "position"]]
    sharing = int((ranked["position"] == position).sum()) - 1
    others = "1 other" if sharing == 1 else f"{sharing:,} others"
    return f"Rank {rank} of {len(ranked):,} on {corpus}" + (f", tied with {others}" if sharing else "")


def _loss(row: BoardRow) -> str:
    """The strategy under which the most accuracy is lost, as the rest of a sentence."""
    strategy = row.worst_strategy
    if strategy is None:
        return ""
    before, after = (
        decimal_text(value, 0) for value in (row.originals[strategy], row.strategies[strategy].value)
    )
    return f"; most is lost under {strategy.upper()} ({before} → {after})"


def other_corpora(
    row: BoardRow, rows_elsewhere: Mapping[str, Sequence[BoardRow]]
) -> dict[str, list[BoardRow]]:
    """The rows of the same model on other corpora, keyed by corpus; those without one are left out.

    Args:
        row: The row.
        rows_elsewhere: The rows of other corpora, keyed by corpus.
    """
    found = {
        corpus: [other for other in rows if _same_model(row, other)]
        for corpus, rows in rows_elsewhere.items()
    }
    return {corpus: rows for corpus, rows in found.items() if rows}


def _same_model(row: BoardRow, other: BoardRow) -> bool:
    """Whether two rows are of one model, whatever it was trained on, and both of the paper or both not."""
    same = row.first.model_configuration == other.first.model_configuration
    return same and row.is_published == other.is_published
