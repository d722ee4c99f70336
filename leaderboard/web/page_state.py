"""What the pages share: the store that is shown, its board, links between pages, and what is always said."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from arts.data.errors import ArtsError
from arts.leaderboard.analysis.table import table
from arts.leaderboard.store.entry import MEANING, Entry
from arts.leaderboard.store.live_board import AGAIN, Watch, watch
from arts.leaderboard.store.store import Board, Store


@dataclass(frozen=True)
class View:
    """A page: its script in ``views/`` is called as its address."""

    title: str
    icon: str

    def script(self, address: str) -> str:
        """Path of its script, from the app's folder."""
        return f"views/{address}.py"


VIEWS: Mapping[str, View] = {
    "board": View("Board", ":material/leaderboard:"),
    "entry": View("Entry", ":material/article:"),
    "compare": View("Compare", ":material/compare_arrows:"),
    "explore": View("Explore", ":material/search:"),
    "interventions": View("Interventions", ":material/trending_up:"),
    "playground": View("Playground", ":material/edit_note:"),
    "submit": View("Submit", ":material/upload_file:"),
}


def _watch() -> Watch:
    """What the app was started with: folders as arguments, ``results`` when there are none."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", default=["results"])
    parser.add_argument("--no-packaged", action="store_true")
    options, _ = parser.parse_known_args(sys.argv[1:])
    return watch(tuple(options.folders), packaged=not options.no_packaged)


def _look() -> tuple[Board, str]:
    try:
        return _watch().look()
    except ArtsError as error:
        st.error(str(error))
        st.stop()


def store() -> Store:
    """The store that is shown."""
    return _watch().store


def board() -> Board:
    """The board as the files are now; read again only when one has changed."""
    return _look()[0]


def stamp() -> str:
    """Changes with the board."""
    return _look()[1]


def refresh() -> None:
    """Have the files looked at again at once, after something was added."""
    _watch().refresh()


@st.cache_data(max_entries=8, show_spinner=False)
def frame(corpus: str, state: str) -> pd.DataFrame:
    """The table of a corpus; `state` is of `stamp`."""
    return table(board().on(corpus))


def show_progress() -> None:
    """Say how many predictions wait to be checked, and show the page again when none do."""
    if board().unchecked:

        @st.fragment(run_every=AGAIN)
        def waiting() -> None:
            if not (left := board().unchecked):
                st.rerun()
            st.info(f"Checking predictions: {left:,} left. Until then, their figures are as reported.")

        waiting()


def heading(address: str, remark: str) -> None:
    """Title of a page, and one sentence about it."""
    st.title(VIEWS[address].title)
    st.caption(remark)


def link(address: str, label: str, **parameters: str | Sequence[str]) -> None:
    """A link to a page, with the state that it should open in."""
    view = VIEWS[address]
    st.page_link(view.script(address), label=label, icon=view.icon, query_params=parameters)


def pick_corpus(corpora: Sequence[str], default: str | None = None) -> str:
    """A choice of a corpus, kept in the address; the first by default."""
    chosen = st.segmented_control(
        "Corpus", corpora, default=default or corpora[0], key="corpus", bind="query-params", required=True
    )
    return str(chosen)


def pick_entry(label: str, entries: Sequence[Entry], key: str) -> Entry:
    """A choice of an entry of one corpus, kept in the address by its key, as links name it."""
    by_key, names = {entry.key: entry for entry in entries}, distinct(entries)
    keys, asked = list(by_key), st.query_params.get(key)
    chosen = st.selectbox(
        label,
        keys,
        keys.index(asked) if asked in by_key else 0,
        format_func=names.__getitem__,
        key=f"{key} on {entries[0].corpus}",
    )
    st.query_params[key] = chosen  # a bound widget would keep the label, and drop a key
    return by_key[chosen]


def pick_entries(label: str, entries: Sequence[Entry], key: str, *, first: int) -> list[Entry]:
    """A choice of several entries of one corpus, kept in the address by their keys, as links name them.

    Args:
        label: of the choice.
        entries: to choose from.
        key: of the choice in the address.
        first: how many are chosen by default.
    """
    by_key, names = {entry.key: entry for entry in entries}, distinct(entries)
    state = f"{key} on {entries[0].corpus}"
    linked = [one for one in dict.fromkeys(st.query_params.get_all(key)) if one in by_key]
    chosen = st.multiselect(
        label,
        list(by_key),
        None if state in st.session_state else linked or list(by_key)[:first],
        format_func=names.__getitem__,
        key=state,
    )
    st.query_params[key] = chosen  # a bound widget would keep the labels, and drop keys
    return [by_key[one] for one in chosen]


def distinct(entries: Sequence[Entry]) -> dict[str, str]:
    """Labels by key; where several entries have one label, with the key behind it."""
    count = Counter(entry.label for entry in entries)
    return {e.key: e.label if count[e.label] == 1 else f"{e.label} ({e.key[:6]})" for e in entries}


def told(entry: Entry) -> str:
    """How far an entry's figures can be trusted."""
    return f"**{entry.status}**: {entry.remark or MEANING[entry.status]}"
