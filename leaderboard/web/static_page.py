"""The board as one HTML file with tables and charts, for the web page of a project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

import arts
from arts.data.support.atomic import atomic_file
from arts.evaluation.verification import MEANING
from arts.leaderboard.analysis.table import COLUMNS, DEFAULT_COLUMNS, board_table
from arts.leaderboard.store.store import Store
from arts.leaderboard.web import charts

NAME = "index.html"
SHOWN_COLUMNS = tuple(column for column in DEFAULT_COLUMNS if column != "lost")
PLOT_WIDTH, LABEL_WIDTH = 380, 400  # pixels, before the page scales a chart to the width it has
GREY = "#888888"  # readable on white and on black
CHART_CONFIG = {
    "aria": False,  # screen readers get one label per chart, not one per point
    "background": None,
    "font": "Arial, Liberation Sans, Helvetica, sans-serif",  # vl-convert measures text in these fonts
    "view": {"stroke": None},
    "axis": {"domainColor": GREY, "tickColor": GREY, "gridColor": GREY, "gridOpacity": 0.3},
    "axisX": {"labelFontSize": 12, "titleFontSize": 13},
    "axisY": {"labelFontSize": 12, "titleFontSize": 13},
    "legend": {"labelFontSize": 12, "title": None},
    "range": {"category": ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]},
}


def write_page(store: Store, folder: Path) -> Path:
    """Write the board of a store to ``index.html`` in a folder; the page needs no other file.

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
        resample=store.resample,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        version=arts.__version__,
    )
    path = folder / NAME
    with atomic_file(path) as partial:
        partial.write_text(page, encoding="utf-8")
    return path


def _corpus_section(corpus: str, rows: pd.DataFrame) -> dict[str, Any]:
    """What the page shows of a corpus.

    Args:
        corpus: Name of the corpus.
        rows: Its `board_table`.

    Returns:
        Values for the template: ``name`` (of the corpus), ``rows`` (one dict per entry, keyed by column) and
        ``charts`` (a list of two SVG elements).
    """
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
    """Draw a chart as an SVG element of the page.

    Args:
        chart: The data of the chart, and its Vega-Lite specification.
        description: What the chart shows, for screen readers.
    """
    import vl_convert

    data, spec = chart
    static = {name: value for name, value in spec.items() if name != "params"}  # an image cannot be zoomed
    values = data.astype(object).where(data.notna(), None).to_dict("records")
    drawing: str = vl_convert.vegalite_to_svg(
        {**static, "width": PLOT_WIDTH, "data": {"values": values}},
        config=CHART_CONFIG,
        allowed_base_urls=[],
    )
    label = Markup('<svg role="img" aria-label="{}" ').format(description)
    return Markup(drawing.replace("<svg ", label, 1))
