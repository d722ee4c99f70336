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
    """A page of the app; its script in ``views/`` has the name of its address."""

    title: str
    icon: str

    def script(self, address: str) -> str:
        """Path of the script, relative to the app's folder."""
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
    """The live board of the store that the app's command line names."""
    return live_board(Store.from_arguments(sys.argv[1:]))


def _look() -> tuple[Board, str]:
    """The board and its version; an error ends the page."""
    try:
        return _live_board().look()
    except ArtsError as error:
        st.error(str(error))
        st.stop()


def store() -> Store:
    """The store that is shown."""
    return _live_board().store


def board() -> Board:
    """The board as the files are now; read again only when one has changed."""
    return _look()[0]


def board_version() -> str:
    """A text that changes whenever the board does: the key of cached values."""
    return _look()[1]


def refresh() -> None:
    """Look at the files again at once, after a report was added."""
    _live_board().refresh()


@st.cache_data(max_entries=8, show_spinner=False)
def frame(corpus: str, version: str) -> pd.DataFrame:
    """The table of a corpus, made once for each version of the board."""
    return board_table(board().on(corpus))


def show_progress() -> None:
    """Show how many entries are still unchecked, and run the page again when all are checked."""
    if board().unchecked:

        @st.fragment(run_every=RECHECK_SECONDS)
        def show_remaining() -> None:
            if not (remaining := board().unchecked):
                st.rerun()
            st.info(f"Checking predictions: {remaining:,} left. Until then, their figures are as reported.")

        show_remaining()


def show_heading(address: str, remark: str) -> None:
    """Show the title of a page, and one sentence about it."""
    st.title(PAGES[address].title)
    st.caption(remark)


def show_empty_board() -> None:
    """Show how to get a first entry on an empty board."""
    st.info("No results yet. Run `arts evaluate --output results`, or submit a predictions file.")


def show_chart(chart: Chart, description: str) -> None:
    """Draw a chart.

    Args:
        chart: The chart.
        description: What it shows, for those who cannot see it.
    """
    data, spec = chart
    st.vega_lite_chart(data, spec, alt=description)


def show_link(address: str, label: str, **parameters: str | Sequence[str]) -> None:
    """Show a link to a page.

    Args:
        address: Address of the page.
        label: Text of the link.
        parameters: Query parameters, which say in which state the page opens.
    """
    page = PAGES[address]
    st.page_link(page.script(address), label=label, icon=page.icon, query_params=parameters)


def pick_corpus(corpora: Sequence[str], default: str | None = None) -> str:
    """Let the visitor pick a corpus; the choice is kept in the page's address.

    Args:
        corpora: The corpora to choose from.
        default: The one that is chosen at first; the first one if not given.
    """
    corpus = st.segmented_control(
        "Corpus", corpora, default=default or corpora[0], key="corpus", bind="query-params", required=True
    )
    return str(corpus)


def pick_entry(entries: Sequence[BoardEntry], *, label: str, key: str) -> BoardEntry:
    """Let the visitor pick an entry; the choice is kept in the page's address.

    Args:
        entries: Entries of one corpus.
        label: Label of the choice.
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
    st.query_params[key] = chosen  # a bound widget would keep the label, and drop a key
    return by_key[chosen]


def pick_entries(entries: Sequence[BoardEntry], *, label: str, key: str, count: int) -> list[BoardEntry]:
    """Let the visitor pick several entries; the choice is kept in the page's address.

    Args:
        entries: Entries of one corpus.
        label: Label of the choice.
        key: Name of the query parameter, whose values are the keys of the entries.
        count: How many are chosen at first.
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
    st.query_params[key] = chosen  # a bound widget would keep the labels, and drop keys
    return [by_key[key] for key in chosen]


def pick_values(label: str, values: Sequence[str], *, key: str) -> list[str]:
    """Let the visitor pick several values for a filter, which are kept in the page's address.

    Args:
        label: Label of the choice.
        values: The values to choose from.
        key: Name of the query parameter.

    Returns:
        The chosen values; none means all.
    """
    return st.multiselect(label, values, key=key, bind="query-params", placeholder="all")


def distinct_labels(entries: Sequence[BoardEntry]) -> dict[str, str]:
    """The labels of entries by their keys; part of the key follows a label that several entries share."""
    count = Counter(entry.label for entry in entries)
    return {e.key: e.label if count[e.label] == 1 else f"{e.label} ({e.key[:6]})" for e in entries}


def trust_statement(entry: BoardEntry) -> str:
    """How far an entry's figures can be trusted, in Markdown."""
    return f"**{entry.status}**: {entry.remark or MEANING[entry.status]}"
