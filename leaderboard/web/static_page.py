"""The board as one HTML file with tables and charts, for a project page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

import arts
from arts.data.support.atomic import atomic_file
from arts.leaderboard.analysis.table import COLUMNS, DEFAULT_COLUMNS, board_table
from arts.leaderboard.store.entry import MEANING
from arts.leaderboard.store.store import Store
from arts.leaderboard.web import charts

NAME = "index.html"
SHOWN_COLUMNS = tuple(column for column in DEFAULT_COLUMNS if column != "lost")
PLOT_WIDTH, LABEL_WIDTH = 380, 400  # in pixels, before the page scales the whole chart to its column
GREY = "#888888"  # readable on white and on black
CHART_CONFIG = {
    "aria": False,  # one label for the whole chart, instead of one for each mark
    "background": None,
    "font": "Arial, Liberation Sans, Helvetica, sans-serif",  # of the widths that vl-convert measures
    "view": {"stroke": None},
    "axis": {"domainColor": GREY, "tickColor": GREY, "gridColor": GREY, "gridOpacity": 0.3},
    "axisX": {"labelFontSize": 12, "titleFontSize": 13},
    "axisY": {"labelFontSize": 12, "titleFontSize": 13},
    "legend": {"labelFontSize": 12, "title": None},
    "range": {"category": ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]},
}


def write_page(store: Store, folder: Path) -> Path:
    """Write the board of a store to ``index.html`` in a folder; the file needs nothing beside it.

    Returns:
        Path of the file.

    Raises:
        DownloadError: A dataset repository of the store cannot be downloaded.
    """
    board = store.read()
    environment = Environment(
        loader=PackageLoader("arts.leaderboard.web", ""), autoescape=select_autoescape(), trim_blocks=True
    )
    page = environment.get_template("static_page.html").render(
        corpora=[_corpus_section(corpus, board_table(board.on(corpus))) for corpus in board.corpora],
        columns={name: COLUMNS[name] for name in SHOWN_COLUMNS},
        excluded_files=board.excluded_files,
        meaning=MEANING,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        version=arts.__version__,
    )
    path = folder / NAME
    with atomic_file(path) as partial:
        partial.write_text(page, encoding="utf-8")
    return path


def _corpus_section(corpus: str, rows: pd.DataFrame) -> dict[str, Any]:
    """What the template shows of a corpus: the rows of its table, and its charts."""
    return {
        "name": corpus,
        "rows": rows.to_dict("records"),
        "charts": [
            _svg(
                charts.accuracy_against_ars(rows), f"Accuracy against ARS of {len(rows)} entries on {corpus}"
            ),
            _svg(charts.ars_intervals(rows, label_width=LABEL_WIDTH), f"ARS with intervals on {corpus}"),
        ],
    }


def _svg(chart: charts.Chart, description: str) -> Markup:
    """A chart as an SVG element of the page.

    Args:
        chart: The chart.
        description: What it shows, for those who cannot see it.
    """
    import vl_convert

    data, spec = chart
    static = {name: value for name, value in spec.items() if name != "params"}  # there is nothing to zoom
    values = data.astype(object).where(data.notna(), None).to_dict("records")
    drawing: str = vl_convert.vegalite_to_svg(
        {**static, "width": PLOT_WIDTH, "data": {"values": values}},
        config=CHART_CONFIG,
        allowed_base_urls=[],
    )
    label = Markup('<svg role="img" aria-label="{}" ').format(description)
    return Markup(drawing.replace("<svg ", label, 1))
