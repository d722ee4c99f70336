"""The board as one HTML file: tables and plots, for a project page."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

import arts
from arts.data.support.atomic import atomic_file
from arts.leaderboard.analysis.table import COLUMNS, table
from arts.leaderboard.store.entry import MEANING
from arts.leaderboard.store.store import Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "index.html"
SHOWN = ("rank", "model", "accuracy", "ars", "interval", "revtgt", "revnon", "adddiff", "status")
MARKERS = "os^Dv<>P*X"
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
GREY = "#808080"  # seen on white and on black
LISTED = 40  # entries whose intervals are drawn


def write(store: Store, folder: Path) -> Path:
    """Write the board of a store to ``index.html`` in a folder; it needs nothing beside it. Returns its path.

    Raises:
        ArtsError: when a dataset repository is not to be had.
    """
    board = store.read()
    corpora = []
    for corpus in board.corpora:
        rows = table(board.on(corpus))
        corpora.append(
            {
                "name": corpus,
                "rows": rows.to_dict("records"),
                "scatter": _scatter(rows, corpus),
                "intervals": _intervals(rows.head(LISTED), corpus),
            }
        )
    environment = Environment(
        loader=PackageLoader("arts.leaderboard.web", ""), autoescape=select_autoescape(), trim_blocks=True
    )
    page = environment.get_template("export.html").render(
        corpora=corpora,
        columns={name: COLUMNS[name] for name in SHOWN},
        faults=[*board.faults, *board.duplicates],
        meaning=MEANING,
        made=f"{datetime.now(UTC):%Y-%m-%d}",
        version=arts.__version__,
    )
    path = folder / NAME
    with atomic_file(path) as partial:
        partial.write_text(page, encoding="utf-8")
    return path


def _scatter(rows: pd.DataFrame, corpus: str) -> Markup:
    """Accuracy against ARS, a mark a family."""
    figure, axes = _axes((6, 4.2))
    for number, (family, group) in enumerate(rows.groupby("family")):
        axes.plot(
            group["accuracy"],
            group["ars"],
            MARKERS[number % len(MARKERS)],
            color=COLORS[number % len(COLORS)],
            label=family,
            alpha=0.8,
        )
    axes.set_xlabel("accuracy (%)", color=GREY)
    axes.set_ylabel("ARS (%)", color=GREY)
    axes.legend(fontsize="small", frameon=False, labelcolor=GREY)
    return _svg(figure, f"Accuracy against ARS of {len(rows)} entries on {corpus}")


def _intervals(rows: pd.DataFrame, corpus: str) -> Markup:
    """ARS with its interval, an entry a line."""
    figure, axes = _axes((6, 1 + 0.2 * len(rows)))
    places = range(len(rows), 0, -1)
    axes.hlines(places, rows["ars_low"], rows["ars_high"], color=COLORS[0], linewidth=3, alpha=0.5)
    axes.plot(rows["ars"], places, "o", color=COLORS[0], markersize=4)
    axes.set_yticks(places, [_plain(label) for label in rows["model"]], fontsize="x-small")
    axes.set_xlabel("ARS (%) with 95% interval", color=GREY)
    return _svg(figure, f"ARS with intervals on {corpus}")


def _plain(label: str) -> str:
    """A label in which matplotlib reads no mathematics."""
    return label.replace("$", r"\$")


def _axes(size: tuple[float, float]) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.grid(alpha=0.3)
    axes.tick_params(colors=GREY)
    axes.spines[:].set_color(GREY)
    axes.patch.set_alpha(0)
    return figure, axes


def _svg(figure: Figure, spoken: str) -> Markup:
    """A figure as an element of a page, with words for those who cannot see it."""
    from matplotlib import rc_context

    text = StringIO()
    with rc_context({"svg.hashsalt": spoken, "svg.fonttype": "none"}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Title": spoken})
    drawn = text.getvalue()
    return Markup(drawn[drawn.index("<svg") :].replace("<svg ", '<svg role="img" ', 1))
