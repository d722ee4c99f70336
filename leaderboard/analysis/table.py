"""The board as a table: its columns, and how its rows are filtered, sorted and written as CSV."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

import pandas as pd

from arts.data.schema import PERTURBATIONS
from arts.data.support.rounding import round_half_up
from arts.evaluation.scores import Estimate
from arts.leaderboard.analysis.entry_labels import distinct_row_labels
from arts.leaderboard.analysis.ranking import BoardRank, ranks
from arts.leaderboard.analysis.rows import BoardRow, board_rows
from arts.leaderboard.store.display_names import guard_formulas
from arts.leaderboard.store.entry import BoardEntry

NOT_GIVEN = "none"  # shown for an entry without an encoder or intervention
COLUMNS = {  # name of the column: its title on the page
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
    """Which entries of the board to show. A field that is not set lets all entries pass.

    Args:
        families: Model families to show.
        encoders: Encoders to show.
        interventions: Names of the interventions to show.
        statuses: Statuses to show, such as "verified".
        text: Text that must occur in the label, the encoder or the intervention; case is ignored.
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
            searched = frame["model"] + " " + frame["encoder"] + " " + frame["intervention"]
            keep &= searched.str.contains(self.text, case=False, regex=False)
        if self.since:
            keep &= frame["date"].notna() & (frame["date"] >= self.since.isoformat())
        if self.until:
            keep &= frame["date"].notna() & (frame["date"] <= self.until.isoformat())
        return frame[keep]


def board_table(entries: Sequence[BoardEntry]) -> pd.DataFrame:
    """The entries of one corpus as a table with one row per model, see `board_rows`.

    Args:
        entries: The entries of one corpus.

    Returns:
        A frame with the columns of `COLUMNS` and "entry", the key of the row's first entry; best ARS first.
        Its index holds the `key` of each row. The names in the column "model" are all different.
    """
    rows = board_rows(entries)
    labels = distinct_row_labels(rows)
    records = [
        _table_row(row, rank, label=labels[row.key]) for row, rank in zip(rows, ranks(rows), strict=True)
    ]
    return pd.DataFrame(records, columns=[*COLUMNS, "entry"], index=[row.key for row in rows])


def sort_rows(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """The rows of a `board_table`, sorted by one column.

    The largest value comes first, but "lost" (accuracy minus ARS) begins with the smallest, and "model" is in
    alphabetical order. Rows without a value come last.

    Args:
        frame: The rows.
        by: Name of the column, from `SORT_COLUMNS`.
    """
    return frame.sort_values(by, ascending=by in ASCENDING_COLUMNS, kind="stable", na_position="last")


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
        "model": label,
        "accuracy": row.accuracy.value,
        "ars": row.ars.value,
        "interval": interval_bar(row.ars, row.accuracy.value, prompts=prompts),
        **{str(s): row.strategies[s].value if s in row.strategies else None for s in PERTURBATIONS},
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


def interval_bar(ars: Estimate, accuracy: float, *, prompts: tuple[float, float] | None = None) -> str:
    """A small chart from 0 to 100% as a ``data:`` URL of an SVG image.

    It shows the interval of ARS as a bar with a line at its value, accuracy as a ring, and the range of ARS
    over several prompts as whiskers.

    Args:
        ars: ARS in percent, with its interval.
        accuracy: Accuracy in percent.
        prompts: Lowest and highest ARS over several prompts; None for none.
    """
    whiskers = ""
    if prompts:
        low, high = (f"{2 * value:.0f}" for value in prompts)
        path = f"M{low} 12H{high}M{low} 7V17M{high} 7V17"
        whiskers = f"<path d='{path}' stroke='#888' stroke-width='1.5' fill='none'/>"
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='24' viewBox='0 0 200 24'>"
        "<path d='M0 12H200' stroke='#8884' stroke-width='2'/>"
        f"<path d='M{2 * ars.low:.0f} 12H{2 * ars.high:.0f}' stroke='#0072B2' stroke-width='12'/>"
        f"{whiskers}<path d='M{2 * ars.value:.0f} 3V21' stroke='#56B4E9' stroke-width='3'/>"
        f"<circle cx='{2 * accuracy:.0f}' cy='12' r='5' fill='none' stroke='#E69F00' stroke-width='3'/></svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
