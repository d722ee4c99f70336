"""The board as a table: its columns, and how its rows are filtered, sorted and written as CSV."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from statistics import fmean

import pandas as pd

from arts.data.schema import PERTURBATIONS
from arts.data.support.rounding import round_half_up
from arts.leaderboard.analysis.entry_labels import distinct_row_labels
from arts.leaderboard.analysis.ranking import BoardRank, ranks
from arts.leaderboard.analysis.rows import BoardRow, board_rows
from arts.leaderboard.store.display_names import guard_formulas
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.live_board import live_board
from arts.leaderboard.store.store import Store

_SIGNS = re.compile(r"[\W_]")
NOT_GIVEN = "none"  # shown for an entry without an encoder or intervention
COLUMNS = {  # name of the column: its title on the page
    "rank": "rank",
    "model": "model",
    "accuracy": "accuracy",
    "ars": "ARS",
    "revtgt": "REVTGT",
    "revnon": "REVNON",
    "adddiff": "ADDDIFF",
    "same_side": "same side",
    "lost": "lost",
    "intervention": "intervention",
    "status": "figures",
    "family": "family",
    "encoder": "encoder",
    "seeds": "seeds",
    "date": "measured",
    "parameters": "parameters",
    "minutes": "minutes of training",
    "leaks": "leaks",
    "invalid": "invalid answers (%)",
    "tokens": "tokens",
    "asking": "minutes of asking",
    "prompt_low": "ARS, lowest prompt",
    "prompt_high": "ARS, highest prompt",
    "ars_low": "ARS, low",
    "ars_high": "ARS, high",
    "accuracy_low": "accuracy, low",
    "accuracy_high": "accuracy, high",
}
DEFAULT_COLUMNS = (
    "rank",
    "model",
    "seeds",
    "ars",
    "accuracy",
    "revtgt",
    "revnon",
    "adddiff",
    "same_side",
    "status",
)
# Columns that begin with their smallest value when the table is sorted by them, or in alphabetical order.
ASCENDING_COLUMNS = (
    "rank",
    "lost",
    "model",
    "family",
    "encoder",
    "intervention",
    "status",
    "leaks",
    "invalid",
)


@dataclass(frozen=True)
class EntryFilter:
    """Which entries of the board to show. A field that is not set lets all entries pass.

    Args:
        families: Model families to show.
        encoders: Encoders to show.
        interventions: Names of the interventions to show.
        statuses: Statuses to show, such as "verified".
        text: Words that must all occur in the label, the encoder or the intervention, in whatever order; case
            is ignored, and so are hyphens and other signs inside a word.
        since: First day to show; entries without a date are left out.
        until: Last day to show; entries without a date are left out.
    """

    families: Collection[str] = ()
    encoders: Collection[str] = ()
    interventions: Collection[str] = ()
    statuses: Collection[str] = ()
    text: str = ""
    since: date | None = None
    until: date | None = None

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a `board_table` that pass the filter, in the same order."""
        keep = pd.Series(True, index=frame.index)
        for column, values in (
            ("family", self.families),
            ("encoder", self.encoders),
            ("intervention", self.interventions),
            ("status", self.statuses),
        ):
            if values:
                keep &= frame[column].isin(list(values))
        if self.text:
            searched = (frame["model"] + " " + frame["encoder"] + " " + frame["intervention"]).str.casefold()
            compact = searched.str.replace(_SIGNS, "", regex=True)
            for word in self.text.casefold().split():
                keep &= _contains(searched, word) | _contains(compact, _SIGNS.sub("", word))
        if self.since:
            keep &= frame["date"].notna() & (frame["date"] >= self.since.isoformat())
        if self.until:
            keep &= frame["date"].notna() & (frame["date"] <= self.until.isoformat())
        return frame[keep]


def _contains(texts: pd.Series, word: str) -> pd.Series:
    """Whether each text contains a word; none does if there is no word."""
    return texts.str.contains(word, regex=False) if word else pd.Series(False, index=texts.index)


def board_table(entries: Sequence[BoardEntry]) -> pd.DataFrame:
    """The entries of one corpus as a table with one row per model; see `rows_table`."""
    return rows_table(board_rows(entries))


@lru_cache(maxsize=8)
def corpus_rows(store: Store, version: str, corpus: str) -> tuple[list[BoardRow], pd.DataFrame]:
    """The rows of a corpus on the live board of a store, and their table, computed once for all visitors.

    Args:
        store: The store.
        version: Version of the board; when it changes, the rows are made again.
        corpus: Name of the corpus.
    """
    rows = board_rows(live_board(store).look()[0].on(corpus))
    return rows, rows_table(rows)


def rows_table(rows: Sequence[BoardRow]) -> pd.DataFrame:
    """The rows of one corpus as a table.

    Args:
        rows: The rows, best ARS first.

    Returns:
        A frame with the columns of `COLUMNS` and these: "position", the rank as a number; and "entry", the
        key of the row's first entry. Its index holds the `key` of each row. The names in the column "model"
        are all different.
    """
    labels = distinct_row_labels(rows)
    records = [
        _table_row(row, rank, label=labels[row.key]) for row, rank in zip(rows, ranks(rows), strict=True)
    ]
    columns = [*COLUMNS, "position", "entry"]
    return pd.DataFrame(records, columns=columns, index=[row.key for row in rows])


def sort_rows(frame: pd.DataFrame, by: str, *, turned: bool = False) -> pd.DataFrame:
    """The rows of a `board_table`, sorted by one column.

    The largest value comes first, but `ASCENDING_COLUMNS` begin with the smallest. Rows without a value come
    last, and rows without a rank after those with one.

    Args:
        frame: The rows.
        by: Name of the column, from `COLUMNS`.
        turned: Whether the order is turned round.
    """
    column = "position" if by == "rank" else by
    values = frame[column]
    if pd.api.types.is_string_dtype(values):
        values = values.str.casefold()
    ascending = (by in ASCENDING_COLUMNS) != turned
    order = values.sort_values(ascending=ascending, kind="stable", na_position="last").index
    unranked = frame["position"].isna()
    return frame.loc[[*order[~unranked[order]], *order[unranked[order]]]]


def csv_text(frame: pd.DataFrame) -> str:
    """The rows of a `board_table` as CSV.

    An apostrophe is put before each text that begins with =, +, - or @, as a formula does in a spreadsheet.
    """
    return str(guard_formulas(frame).to_csv(index_label="key"))


def _table_row(row: BoardRow, rank: BoardRank | None, *, label: str) -> dict[str, object]:
    """The table's row of a model, keyed by the columns of `COLUMNS`; unknown values are None."""
    entry, prompts = row.first, row.first.prompt_spread
    return {
        "rank": str(rank) if rank else None,
        "position": rank.position if rank else None,
        "model": label,
        "accuracy": row.accuracy.value,
        "ars": row.ars.value,
        **{str(s): row.strategies[s].value if s in row.strategies else None for s in PERTURBATIONS},
        "same_side": row.same_side,
        "lost": round_half_up(row.accuracy.value - row.ars.value),
        "intervention": entry.intervention or NOT_GIVEN,
        "status": str(row.status),
        "family": entry.family,
        "encoder": entry.encoder or NOT_GIVEN,
        "seeds": len(row.seeds) or None,
        "date": max((e.started.date().isoformat() for e in row.entries if e.started), default=None),
        "parameters": entry.parameters,
        "minutes": _minutes([e.train_seconds for e in row.entries]),
        "leaks": max((e.leaks for e in row.entries if e.leaks is not None), default=None),
        "invalid": round_half_up(fmean(e.invalid_share for e in row.entries)),
        "tokens": entry.tokens,
        "asking": _minutes([entry.asking_seconds]),
        "prompt_low": prompts[0] if prompts else None,
        "prompt_high": prompts[1] if prompts else None,
        "ars_low": row.ars.low,
        "ars_high": row.ars.high,
        "accuracy_low": row.accuracy.low,
        "accuracy_high": row.accuracy.high,
        "entry": entry.key,
    }


def _minutes(seconds: Sequence[float | None]) -> float | None:
    """The mean of some durations in minutes; None if one is not known."""
    known = [value for value in seconds if value is not None]
    return round_half_up(fmean(known) / 60) if len(known) == len(seconds) else None
