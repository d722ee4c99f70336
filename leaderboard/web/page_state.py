"""What all pages share: the store and its board, links between pages, choices, and common messages."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from arts.data.errors import ArtsError
from arts.leaderboard.analysis.table import board_table
from arts.leaderboard.store.entry import MEANING, BoardEntry
from arts.leaderboard.store.live_board import RECHECK_SECONDS, LiveBoard, live_board
from arts.leaderboard.store.store import Board, Store
from arts.leaderboard.web.charts import Chart


@dataclass(frozen=True)
class AppPage:
    """A page of the app.

    Its key in `PAGES` is its path in the URL, and also the name of its script in ``views/``.

    Args:
        title: Title of the page.
        icon: Icon of the page, as streamlit names it.
    """

    title: str
    icon: str

    def script(self, address: str) -> str:
        """Path of the page's script, relative to the folder of the app.

        Args:
            address: The key of the page in `PAGES`.
        """
        return f"views/{address}.py"


PAGES: Mapping[str, AppPage] = {
    "board": AppPage("Board", ":material/leaderboard:"),
    "entry": AppPage("Entry", ":material/article:"),
    "compare": AppPage("Compare", ":material/compare_arrows:"),
    "explore": AppPage("Explore", ":material/search:"),
    "interventions": AppPage("Interventions", ":material/trending_up:"),
    "playground": AppPage("Playground", ":material/edit_note:"),
    "submit": AppPage("Submit", ":material/upload_file:"),
}


def _live_board() -> LiveBoard:
    """The board of the store in the app's command-line arguments, read again when its files change."""
    return live_board(Store.from_arguments(sys.argv[1:]))


def _look() -> tuple[Board, str]:
    """The board and its version; if the board cannot be read, the error is shown and the page ends."""
    try:
        return _live_board().look()
    except ArtsError as error:
        st.error(str(error))
        st.stop()


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


@st.cache_data(max_entries=8, show_spinner=False)
def frame(corpus: str, version: str) -> pd.DataFrame:
    """The `board_table` of a corpus, with one row per entry; cached.

    Args:
        corpus: Name of the corpus.
        version: Version of the board; when it changes, the table is made again.
    """
    return board_table(board().on(corpus))


def show_progress() -> None:
    """Show how many reports are still to be checked, and run the page again when all are."""
    if board().unchecked:

        @st.fragment(run_every=RECHECK_SECONDS)
        def show_remaining() -> None:
            if not (remaining := board().unchecked):
                st.rerun()
            st.info(f"Checking predictions: {remaining:,} left. Until then, their figures are as reported.")

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
    st.page_link(page.script(address), label=label, icon=page.icon, query_params=parameters)


def pick_corpus(corpora: Sequence[str], default: str | None = None) -> str:
    """Let the visitor pick a corpus; the choice is kept in the page's URL.

    Args:
        corpora: Names of the corpora to choose from.
        default: The corpus that is picked when the page opens; by default the first.

    Returns:
        Name of the picked corpus.
    """
    corpus = st.segmented_control(
        "Corpus", corpora, default=default or corpora[0], key="corpus", bind="query-params", required=True
    )
    return str(corpus)


def pick_entry(entries: Sequence[BoardEntry], *, label: str, key: str) -> BoardEntry:
    """Let the visitor pick an entry; the choice is kept in the page's URL.

    Args:
        entries: Entries of one corpus.
        label: Label of the widget.
        key: Name of the query parameter, whose value is the key of the entry.
    """
    by_key, names = {entry.key: entry for entry in entries}, distinct_labels(entries)
    keys, linked = list(by_key), st.query_params.get(key)
    chosen = st.selectbox(
        label,
        keys,
        keys.index(linked) if linked in by_key else 0,
        format_func=names.__getitem__,
        key=f"{key} on {entries[0].corpus}",
    )
    st.query_params[key] = chosen  # a widget with bind= would store the label, and ignore a key
    return by_key[chosen]


def pick_entries(entries: Sequence[BoardEntry], *, label: str, key: str, count: int) -> list[BoardEntry]:
    """Let the visitor pick several entries; the choice is kept in the page's URL.

    Args:
        entries: Entries of one corpus.
        label: Label of the widget.
        key: Name of the query parameter, whose values are the keys of the entries.
        count: How many of the first entries are picked when the page opens with none in its URL.
    """
    by_key, names = {entry.key: entry for entry in entries}, distinct_labels(entries)
    state = f"{key} on {entries[0].corpus}"
    linked = [linked for linked in dict.fromkeys(st.query_params.get_all(key)) if linked in by_key]
    chosen = st.multiselect(
        label,
        list(by_key),
        None if state in st.session_state else linked or list(by_key)[:count],
        format_func=names.__getitem__,
        key=state,
    )
    st.query_params[key] = chosen  # a widget with bind= would store labels, and ignore keys
    return [by_key[key] for key in chosen]


def pick_values(label: str, values: Sequence[str], *, key: str) -> list[str]:
    """Let the visitor pick several values for a filter; the choice is kept in the page's URL.

    Args:
        label: Label of the widget.
        values: The values to choose from.
        key: Name of the query parameter.

    Returns:
        The picked values; an empty list means that all values pass.
    """
    return st.multiselect(label, values, key=key, bind="query-params", placeholder="all")


def distinct_labels(entries: Sequence[BoardEntry]) -> dict[str, str]:
    """Labels of entries that are all different, keyed by the key of the entry.

    A label that several entries share is followed by six characters of the entry's key.
    """
    count = Counter(entry.label for entry in entries)
    return {e.key: e.label if count[e.label] == 1 else f"{e.label} ({e.key[:6]})" for e in entries}


def trust_statement(entry: BoardEntry) -> str:
    """How far an entry's scores can be trusted, in Markdown: its status, such as "verified", and why."""
    return f"**{entry.status}**: {entry.remark or MEANING[entry.status]}"
