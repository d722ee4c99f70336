"""What a page tells the browser: its title, and its address for links and for the history."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from arts.leaderboard.store.store import Board
from arts.leaderboard.web import address
from arts.leaderboard.web.page_state import APP_TITLE, PAGES

MAX_NAMED = 3  # most entries that a title names
SCRIPT = Path(__file__).with_suffix(".js")
BUTTON = """
<style>
button {
  font: inherit; font-size: .875rem; color: var(--st-text-color); background: none; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); padding: .15rem .6rem;
}
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px }
</style>
<button type="button" aria-live="polite">Copy link</button>
"""
_bar = st.components.v2.component("arts_address_bar", html=BUTTON, js=SCRIPT.read_text(encoding="utf-8"))


def show_address_bar(page: str, board: Board) -> None:
    """Give the browser's tab the title of what the page shows, and show the button that copies its address.

    The browser then makes one entry in its history for each thing that the visitor does, and the links
    between pages lead to where the visitor left them, on the corpus that is shown.

    Args:
        page: The key of the page in `PAGES`.
        board: The board.
    """
    st.set_page_config(page_title(page, board))
    shown = address.shown_parameters()
    _bar(
        key="address bar",
        width="content",
        data={
            "page": _path(page),
            "pages": [{"path": _path(name), "has_corpus": PAGES[name].has_corpus} for name in PAGES],
            "corpus": shown.get("corpus", [None])[0],
            "of_corpus": address.parameters_of_corpus(),
            "began": address.query_string_at_begin(),
            "query": address.query_string(),
            "link": urlencode(shown, doseq=True),
        },
    )


def _path(page: str) -> str:
    """The path of a page below the address of the app: that of the board is empty."""
    return "" if page == "board" else page


def page_title(page: str, board: Board) -> str:
    """What the browser's tab says: the entries of the page or its corpus, its name and that of the app.

    Args:
        page: The key of the page in `PAGES`.
        board: The board, which knows the labels of the entries.
    """
    shown = address.shown_parameters()
    corpus = shown.get("corpus", [""])[0] if PAGES[page].has_corpus else ""
    keys = next((shown[name] for name in PAGES[page].entry_parameters if name in shown), [])
    names = [board.by_key[key].label for key in dict.fromkeys(keys) if key in board.by_key]
    more = [f"{len(names) - MAX_NAMED} more"] if len(names) > MAX_NAMED else []
    subject = " on ".join(filter(None, (", ".join(names[:MAX_NAMED] + more), corpus)))
    return " · ".join(filter(None, (subject, PAGES[page].title, APP_TITLE)))
