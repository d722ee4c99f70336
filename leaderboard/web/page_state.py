"""What all pages share: the store and its board, links between pages, and common messages."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import pandas as pd
import streamlit as st

from arts.data.errors import ArtsError
from arts.evaluation.verification import MEANING
from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.analysis.table import corpus_rows
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.live_board import RECHECK_SECONDS, LiveBoard, live_board
from arts.leaderboard.store.store import Board, Store
from arts.leaderboard.web.chart_style import Chart
from arts.leaderboard.web.escaping import error_markdown, escape_markdown


@dataclass(frozen=True)
class AppPage:
    """A page of the app.

    Its key in `PAGES` is its path in the URL, and also the name of its script in ``views/``.

    Args:
        title: Title of the page.
        icon: Icon of the page, as streamlit names it.
        has_corpus: Whether the page shows a corpus that the visitor picks.
        entry_parameters: Query parameters with the keys of entries that the page shows.
    """

    title: str
    icon: str
    has_corpus: bool = True
    entry_parameters: tuple[str, ...] = ()

    def script(self, address: str) -> str:
        """Path of the page's script, relative to the folder of the app.

        Args:
            address: The key of the page in `PAGES`.
        """
        return f"views/{address}.py"


APP_TITLE = "arts leaderboard"
PAGES: Mapping[str, AppPage] = {
    "board": AppPage("Board", ":material/leaderboard:"),
    "entry": AppPage("Entry", ":material/article:", entry_parameters=("entry",)),
    "compare": AppPage(
        "Compare", ":material/compare_arrows:", entry_parameters=("entries", "against", "wins")
    ),
    "explore": AppPage("Explore", ":material/search:", entry_parameters=("entries",)),
    "interventions": AppPage("Interventions", ":material/trending_up:"),
    "playground": AppPage("Playground", ":material/edit_note:", has_corpus=False),
    "submit": AppPage("Submit", ":material/upload_file:"),
    "about": AppPage("About", ":material/info:", has_corpus=False),
}


class PageEnd(Exception):
    """Ends a page early; what the app shows of every page is still shown."""


def end_page() -> NoReturn:
    """End the page here. After `st.stop`, streamlit would not show anything more of the app."""
    raise PageEnd


def _live_board() -> LiveBoard:
    """The board of the store in the app's command-line arguments, read again when its files change."""
    return live_board(Store.from_arguments(sys.argv[1:]))


def _look() -> tuple[Board, str]:
    """The board and its version; if the board cannot be read, the error is shown and the page ends."""
    try:
        return _live_board().look()
    except ArtsError as error:
        st.error(error_markdown(error))
        end_page()


def store() -> Store:
    """The store of results that the app shows."""
    return _live_board().store


def board() -> Board:
    """The board as the files are now, at most a second old."""
    return _look()[0]


def board_version() -> str:
    """A text that changes whenever the board changes, so that cached values are computed again."""
    return _look()[1]


def refresh() -> None:
    """Let the board show a newly added report at once."""
    _live_board().refresh()


def rows_on(corpus: str) -> tuple[list[BoardRow], pd.DataFrame]:
    """The rows of a corpus, best ARS first, and their table; made once for each version of the board.

    Args:
        corpus: Name of the corpus.
    """
    return corpus_rows(store(), board_version(), corpus)


def show_progress() -> None:
    """Show how many reports are still to be checked, and run the page again when all are."""
    if board().unchecked:

        @st.fragment(run_every=RECHECK_SECONDS)
        def show_remaining() -> None:
            if not (remaining := board().unchecked):
                st.rerun()
            st.info(f"Checking predictions: {remaining:,} left. Until then, their figures are as reported.")
            if remark := _live_board().verifier_remark:
                st.warning(remark)

        show_remaining()


def show_heading(address: str, remark: str) -> None:
    """Show the title of a page, and a sentence or two about it.

    Args:
        address: The key of the page in `PAGES`.
        remark: The text below the title.
    """
    st.title(PAGES[address].title)
    st.caption(remark)


def show_empty_board() -> None:
    """Show how to get the first entry onto an empty board."""
    st.info("No results yet. Run `arts evaluate --output results`, or submit a predictions file.")


def show_chart(chart: Chart, description: str) -> None:
    """Draw a chart.

    Args:
        chart: The data of the chart, and its Vega-Lite specification.
        description: What the chart shows, for screen readers.
    """
    data, spec = chart
    st.vega_lite_chart(data, spec, alt=description)


def show_link(address: str, label: str, **parameters: str | Sequence[str]) -> None:
    """Show a link to another page.

    Args:
        address: The key of the page in `PAGES`.
        label: Text of the link.
        parameters: Query parameters of the URL by name; they set the choices with which the page opens.
    """
    page = PAGES[address]
    if "corpus" in parameters:  # which the widget knows by the label of the option
        parameters["corpus"] = escape_markdown(str(parameters["corpus"]))
    st.page_link(page.script(address), label=label, icon=page.icon, query_params=parameters)


def open_page(address: str, **parameters: str) -> None:
    """Turn to another page; the page that is shown ends.

    Args:
        address: The key of the page in `PAGES`.
        parameters: Query parameters of the URL by name; they set the choices with which the page opens.
    """
    st.switch_page(PAGES[address].script(address), query_params=parameters)


def trust_statement(entry: BoardEntry) -> str:
    """How far an entry's scores can be trusted, in Markdown: its status, such as "verified", and why."""
    probes = f"; {' and '.join(entry.as_reported)} as reported" if entry.as_reported else ""
    return f"**{entry.status}**: {escape_markdown(entry.remark or MEANING[entry.status])}{probes}"
