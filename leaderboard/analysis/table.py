"""The board as a table: its columns, filters and order."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arts.data.schema import PERTURBATIONS
from arts.evaluation.scores import Estimate
from arts.leaderboard.analysis.ranking import BoardRank, ranks
from arts.leaderboard.store.display_names import FORMULA_STARTS
from arts.leaderboard.store.entry import BoardEntry

NOT_GIVEN = "none"  # shown for an entry without an encoder or intervention
COLUMNS = {  # column: title
    "rank": "rank",
    "model": "model",
    "accuracy": "accuracy",
    "ars": "ARS",
    "interval": "95% interval",
    "revtgt": "REVTGT",
    "revnon": "REVNON",
    "adddiff": "ADDDIFF",
    "lost": "lost",
    "intervention": "intervention",
    "status": "figures",
    "family": "family",
    "encoder": "encoder",
    "seed": "seed",
    "date": "measured",
    "parameters": "parameters",
    "minutes": "minutes of training",
    "ars_low": "ARS, low",
    "ars_high": "ARS, high",
    "accuracy_low": "accuracy, low",
    "accuracy_high": "accuracy, high",
}
DEFAULT_COLUMNS = (
    "rank",
    "model",
    "accuracy",
    "ars",
    "interval",
    "revtgt",
    "revnon",
    "adddiff",
    "lost",
    "status",
)
SORT_COLUMNS = ("ars", "accuracy", "revtgt", "revnon", "adddiff", "lost", "date", "model")
ASCENDING_COLUMNS = ("lost", "model")


@dataclass(frozen=True)
class EntryFilter:
    """Which entries of the board to show; an empty filter shows all.

    Args:
        families, encoders, interventions, statuses: Values of which an entry must have one.
        text: What the label, encoder or intervention must contain, in upper or lower case.
        since, until: First and last day of the measurement.
    """

    families: Collection[str] = ()
    encoders: Collection[str] = ()
    interventions: Collection[str] = ()
    statuses: Collection[str] = ()
    text: str = ""
    since: date | None = None
    until: date | None = None

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of `board_table` that pass."""
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
            searched = frame["model"] + " " + frame["encoder"] + " " + frame["intervention"]
            keep &= searched.str.contains(self.text, case=False, regex=False)
        if self.since:
            keep &= frame["date"].notna() & (frame["date"] >= self.since.isoformat())
        if self.until:
            keep &= frame["date"].notna() & (frame["date"] <= self.until.isoformat())
        return frame[keep]


def board_table(entries: Sequence[BoardEntry]) -> pd.DataFrame:
    """One row per entry with the columns of `COLUMNS`, indexed by the keys of the entries.

    Args:
        entries: The entries of one corpus, best ARS first.
    """
    rows = [_table_row(entry, rank) for entry, rank in zip(entries, ranks(entries), strict=True)]
    return pd.DataFrame(rows, columns=list(COLUMNS), index=[entry.key for entry in entries])


def sort_rows(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """The rows, sorted by one of `SORT_COLUMNS`, best first."""
    return frame.sort_values(by, ascending=by in ASCENDING_COLUMNS, kind="stable", na_position="last")


def csv_text(frame: pd.DataFrame) -> str:
    """The rows as CSV; an apostrophe precedes names that a spreadsheet would take for a formula."""
    is_formula = frame["model"].str.startswith(FORMULA_STARTS)
    safe = frame.assign(model=frame["model"].mask(is_formula, "'" + frame["model"]))
    return str(safe.to_csv(index_label="key"))


def _table_row(entry: BoardEntry, rank: BoardRank) -> dict[str, object]:
    return {
        "rank": str(rank),
        "model": entry.label,
        "accuracy": entry.accuracy.value,
        "ars": entry.ars.value,
        "interval": interval_bar(entry.ars, entry.accuracy.value),
        **{str(s): entry.strategies[s].value if s in entry.strategies else None for s in PERTURBATIONS},
        "lost": round(entry.accuracy.value - entry.ars.value, 2),
        "intervention": entry.intervention or NOT_GIVEN,
        "status": str(entry.status),
        "family": entry.family,
        "encoder": entry.encoder or NOT_GIVEN,
        "seed": entry.seed,
        "date": entry.started.date().isoformat() if entry.started else None,
        "parameters": entry.parameters,
        "minutes": round(entry.train_seconds / 60, 2) if entry.train_seconds is not None else None,
        "ars_low": entry.ars.low,
        "ars_high": entry.ars.high,
        "accuracy_low": entry.accuracy.low,
        "accuracy_high": entry.accuracy.high,
    }


def interval_bar(ars: Estimate, accuracy: float) -> str:
    """A small chart from 0 to 100, as a ``data:`` address: a bar for ARS, a ring for accuracy."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='24' viewBox='0 0 200 24'>"
        "<path d='M0 12H200' stroke='#8884' stroke-width='2'/>"
        f"<path d='M{2 * ars.low:.0f} 12H{2 * ars.high:.0f}' stroke='#0072B2' stroke-width='12'/>"
        f"<path d='M{2 * ars.value:.0f} 3V21' stroke='#56B4E9' stroke-width='3'/>"
        f"<circle cx='{2 * accuracy:.0f}' cy='12' r='5' fill='none' stroke='#E69F00' stroke-width='3'/></svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
