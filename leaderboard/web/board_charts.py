"""The charts of a corpus, the same on the page "Board" and on the exported page."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from arts.leaderboard.web import charts
from arts.leaderboard.web.chart_style import Chart


@dataclass(frozen=True)
class BoardChart:
    """A chart of the board.

    Args:
        title: Its title.
        chart: Its data and specification.
        description: What it shows, for screen readers.
        remark: What it leaves out; empty if nothing.
    """

    title: str
    chart: Chart
    description: str
    remark: str = ""


def scatter_charts(rows: pd.DataFrame, corpus: str) -> list[BoardChart]:
    """ARS against accuracy, against the size of the model, and against the time of training.

    A chart of which no row has the value is left out.

    Args:
        rows: Rows of a `board_table`.
        corpus: Name of the corpus.
    """
    found = []
    for column, title in (("accuracy", "accuracy"), ("parameters", "parameters"), ("minutes", "training")):
        drawn = charts.rows_with(rows, column)
        if drawn.empty:
            continue
        unknown = len(rows) - len(drawn)
        found.append(
            BoardChart(
                f"ARS against {title}",
                charts.ars_against(rows, column),
                f"ARS against {charts.AGAINST[column]['title']} of {len(drawn)} rows on {corpus}",
                f"Without {unknown} of {len(rows)}, which record none." if unknown else "",
            )
        )
    return found


def interval_chart(rows: pd.DataFrame, corpus: str) -> BoardChart:
    """ARS with its intervals, and accuracy.

    Args:
        rows: Rows of a `board_table`.
        corpus: Name of the corpus.
    """
    drawn = min(len(rows), charts.MAX_INTERVALS)
    return BoardChart(
        "ARS with 95% intervals",
        charts.ars_intervals(rows),
        f"ARS with intervals of {drawn} rows on {corpus}",
        f"The first {drawn} of {len(rows)}." if drawn < len(rows) else "",
    )
