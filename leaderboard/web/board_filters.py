"""The search and the filters of the board, which are kept in the page's address and can be removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd
import streamlit as st

from arts.leaderboard.analysis.table import EntryFilter
from arts.leaderboard.web import address, choices
from arts.leaderboard.web.active_filters import ActiveFilter

VALUE_FILTERS = {  # column of the table, which is the name of the query parameter: label of the filter
    "family": "Family",
    "encoder": "Encoder",
    "intervention": "Intervention",
    "status": "Figures",
}
DAY_FILTERS = {"since": "Measured from", "until": "Measured until"}  # query parameter: label


def pick_text() -> str:
    """Let the visitor type what to search for."""
    text = st.text_input(
        "Search",
        key="q",
        bind="query-params",
        placeholder="model, encoder …",
        max_chars=80,
        width=180,
    )
    return text or ""


def pick_filters(frame: pd.DataFrame) -> EntryFilter:
    """Let the visitor pick filters; the choice is kept in the page's URL.

    Args:
        frame: The `board_table` of the corpus, whose values are offered.
    """
    with st.popover("Filter", icon=":material/filter_alt:"):
        family, encoder, intervention, status = (
            choices.pick_values(label, sorted(frame[column].unique()), key=column)
            for column, label in VALUE_FILTERS.items()
        )
        since, until = (_pick_day(label, key=key) for key, label in DAY_FILTERS.items())
    return EntryFilter(family, encoder, intervention, status, since=since, until=until)


def _pick_day(label: str, *, key: str) -> date | None:
    """Let the visitor pick a day, which is kept in the page's URL under `key`; None if none is picked."""

    def is_day(text: str) -> bool:
        """Whether a text is a day such as 2026-01-31."""
        try:
            return bool(date.fromisoformat(text))
        except ValueError:
            return False

    return address.say_refused(
        key, is_day, what="day", draw=lambda: st.date_input(label, None, key=key, bind="query-params")
    )


def active_filters() -> Iterator[ActiveFilter]:
    """Yield each filter that is set."""
    state = st.session_state
    if text := state.get("q"):
        yield ActiveFilter("q", f"with “{text}”", unset="")
    for column, label in VALUE_FILTERS.items():
        for value in state.get(column) or ():
            yield ActiveFilter(column, f"{label.lower()}: {value}", value)
    for key, label in DAY_FILTERS.items():
        if day := state.get(key):
            yield ActiveFilter(key, f"{label.lower()} {day}")
