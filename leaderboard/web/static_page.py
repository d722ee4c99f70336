"""The board as one HTML file with tables and charts, for the web page of a project."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

import arts
from arts.data.support.atomic import atomic_file
from arts.evaluation.verification import MEANING
from arts.leaderboard.analysis.headline import headline
from arts.leaderboard.analysis.rows import board_rows
from arts.leaderboard.analysis.table import COLUMNS, DEFAULT_COLUMNS, board_table, rows_table
from arts.leaderboard.store.store import Board, Store
from arts.leaderboard.web.board_charts import BoardChart, interval_chart, scatter_charts

logger = logging.getLogger(__name__)

NAME = "index.html"
INTERVAL = {"interval": "95% interval"}  # a column of this page: its title
SHOWN_COLUMNS = (*DEFAULT_COLUMNS[:4], *INTERVAL, *DEFAULT_COLUMNS[4:])
PLOT_WIDTH = 380  # pixels, before the page scales a chart to the width it has
CHART_CONFIG = {  # added to the specifications, which the app uses as they are
    "aria": False,  # screen readers get one label per chart, not one per point
    "font": "Arial, Liberation Sans, Helvetica, sans-serif",  # vl-convert measures text in these fonts
}


def write_page(store: Store, folder: Path) -> Path:
    """Write the board of a store to ``index.html`` in a folder; the page needs no other file.

    Returns:
        Path of the file.

    Raises:
        DownloadError: A dataset repository of the store cannot be downloaded.
    """
    board = store.read()
    for file in board.excluded_files:
        logger.warning("not on the board: %s", file.statement)
    environment = Environment(
        loader=PackageLoader("arts.leaderboard.web", ""), autoescape=select_autoescape(), trim_blocks=True
    )
    page = environment.get_template("static_page.html").render(
        corpora=[_corpus_section(corpus, board_table(board.on(corpus))) for corpus in board.corpora],
        columns={name: (COLUMNS | INTERVAL)[name] for name in SHOWN_COLUMNS},
        excluded_files=board.excluded_files,
        meaning=MEANING,
        resample=store.resample,
        summary=_summary(board),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        version=arts.__version__,
    )
    path = folder / NAME
    with atomic_file(path) as partial:
        partial.write_text(page, encoding="utf-8")
    return path


def _summary(board: Board) -> str:
    """Who leads on the first corpus and how sure that is, for those who see a link to the page."""
    for corpus in board.corpora[:1]:
        rows = board_rows(board.on(corpus))
        if found := headline(rows, dict(rows_table(rows)["model"].items())):
            return f"On {corpus}, {found.leader} {found.rest}"
    return "How well models of aspect-based sentiment analysis read the aspect that they are asked about."


def _corpus_section(corpus: str, rows: pd.DataFrame) -> dict[str, Any]:
    """What the page shows of a corpus.

    Args:
        corpus: Name of the corpus.
        rows: Its `board_table`.

    Returns:
        Values for the template: ``name`` (of the corpus), ``rows`` (one dict per entry, keyed by column) and
        ``charts`` (a list of dicts with ``title``, ``remark`` and ``drawing``, an SVG element).
    """
    return {
        "name": corpus,
        "rows": rows.astype(object).where(rows.notna(), None).to_dict("records"),
        "charts": [
            {"title": shown.title, "remark": shown.remark, "drawing": _svg(shown)}
            for shown in (*scatter_charts(rows, corpus), interval_chart(rows, corpus))
        ],
    }


def _svg(shown: BoardChart) -> Markup:
    """Draw a chart as an SVG element of the page."""
    import vl_convert

    data, spec = shown.chart
    values = data.astype(object).where(data.notna(), None).to_dict("records")
    drawing: str = vl_convert.vegalite_to_svg(
        {**spec, "width": PLOT_WIDTH, "data": {"values": values}},
        config=CHART_CONFIG,
        allowed_base_urls=[],
    )
    label = Markup('<svg role="img" aria-label="{}" ').format(shown.description)
    return Markup(drawing.replace("<svg ", label, 1))
