"""What a page is filtered by: a button for each filter, which removes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from arts.leaderboard.web.escaping import escape_markdown


class ActiveFilter(NamedTuple):
    """A filter that is set, or one of the values of one that can have several.

    Args:
        parameter: Name of its query parameter, which is the key of its widget unless `address.choose` keeps
            the choice.
        text: What it lets pass, in words.
        value: What is taken from several values; None if there can be one only.
        unset: What a widget for one value shows without the filter.
    """

    parameter: str
    text: str
    value: str | None = None
    unset: object = None


def show_active_filters(filters: Sequence[ActiveFilter]) -> None:
    """Show each filter as a button that removes it, and a button that removes all if there are several."""
    if not filters:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Shown are only:", width="content")
        for one in filters:
            st.button(
                escape_markdown(one.text),
                key=" ".join(filter(None, ("remove", one.parameter, one.value))),
                icon=":material/close:",
                help="Remove this filter",
                on_click=_remove_filters,
                args=([one],),
            )
        if len(filters) > 1:
            st.button("Remove all", key="remove all", on_click=_remove_filters, args=(filters,))


def _remove_filters(filters: Sequence[ActiveFilter]) -> None:
    """Remove filters, before the page runs again."""
    widgets = st.session_state
    for parameter, _, value, unset in filters:
        if parameter not in widgets:
            st.query_params[parameter] = [key for key in st.query_params.get_all(parameter) if key != value]
        elif value is None:
            widgets[parameter] = unset
        else:
            widgets[parameter] = [other for other in widgets[parameter] if other != value]
