"""The overview: ARS of every model on every corpus of the board, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from arts.leaderboard.analysis.entry_labels import distinct_row_labels
from arts.leaderboard.analysis.ranking import BoardRank, ranks
from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.analysis.table import corpus_rows
from arts.leaderboard.store.store import Store


@dataclass
class OverviewRow:
    """One model on all corpora.

    Args:
        label: Name of the model.
        cells: Its row and rank on each corpus that it was measured on, keyed by the name of the corpus.
    """

    label: str
    cells: dict[str, tuple[BoardRow, BoardRank | None]] = field(default_factory=dict)

    @property
    def intervention(self) -> str:
        """Name of the intervention that the model was trained with; empty if there is none."""
        return next((row.first.intervention for row, _ in self.cells.values()), "")


@lru_cache(maxsize=2)
def board_overview(store: Store, version: str, corpora: tuple[str, ...]) -> list[OverviewRow]:
    """The overview of the live board of a store, computed once for all visitors.

    Args:
        store: The store.
        version: Version of the board; when it changes, the overview is made again.
        corpora: Names of the corpora.
    """
    return overview({corpus: corpus_rows(store, version, corpus)[0] for corpus in corpora})


def overview(rows_by_corpus: Mapping[str, Sequence[BoardRow]]) -> list[OverviewRow]:
    """The ranked models with their rows on each corpus, those with the best ARS on the first corpus first.

    A model is the same on two corpora if it was made in the same way, each time of the training split of the
    corpus; see `BoardEntry.model_configuration`.

    Args:
        rows_by_corpus: The rows of each corpus, best ARS first. Models that were not measured on the first
            corpus come after those that were, sorted by the second, and so on.
    """
    models: dict[object, OverviewRow] = {}
    every = [row for rows in rows_by_corpus.values() for row in rows if row.is_ranked]
    representatives = {_identity(row): row for row in every}
    labels = distinct_row_labels(list({row.key: row for row in representatives.values()}.values()))
    for corpus, rows in rows_by_corpus.items():
        for row, rank in zip(rows, ranks(rows), strict=True):
            if row.is_ranked:
                identity = _identity(row)
                label = labels[representatives[identity].key]
                cells = models.setdefault(identity, OverviewRow(label)).cells
                cells.setdefault(corpus, (row, rank))
    return sorted(models.values(), key=lambda model: _order(model, list(rows_by_corpus)))


def _identity(row: BoardRow) -> tuple[str, bool]:
    """What rows of one model on different corpora have in common."""
    return row.first.model_configuration, row.is_published


def _order(model: OverviewRow, corpora: Sequence[str]) -> tuple[float, ...]:
    """Sort key: by ARS on the first corpus, the highest first, then on the second, and so on."""
    return tuple(-model.cells[corpus][0].ars.value if corpus in model.cells else 0.0 for corpus in corpora)
