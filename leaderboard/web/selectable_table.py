"""A table whose rows can be ticked: what is ticked is what the row shows, and not its place in the table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

TICKED = "ticked"  # key in the session's state: labels of what is ticked, by table and by key


def ticked_rows(table: str) -> dict[str, str]:
    """Labels of all that is ticked in a table, also of what it does not show now, keyed by the row's key.

    Args:
        table: Name of the table.
    """
    tables: dict[str, dict[str, str]] = st.session_state.setdefault(TICKED, {})
    return tables.setdefault(table, {})


def pick_rows(
    frame: pd.DataFrame,
    *,
    table: str,
    names: Mapping[str, str],
    several: bool,
    alt: str,
    column_config: Mapping[str, Any],
    columns: Sequence[str] | None = None,
) -> list[str]:
    """Show a table and let the visitor tick rows of it; what is ticked but not shown is named below it.

    Streamlit tells ticked rows by their positions, whatever the table holds by then. So there is a widget of
    its own for every sequence of rows, and what is ticked is kept by key.

    Args:
        frame: The rows.
        table: Name of the table, which tells it from other tables of the app.
        names: A label for each row, under which it is named when it is not shown, in the order of the
            rows; keyed by what the row is, such as the key of an entry.
        several: Whether more than one row can be ticked at a time.
        alt: What the table shows, for screen readers.
        column_config: How streamlit displays each column, keyed by the name of the column.
        columns: Names of the columns to show; by default all.

    Returns:
        The keys of the ticked rows that the table shows, in the order of the table.
    """
    keys, ticked = list(names), ticked_rows(table)
    widget = f"{table}-{hashlib.sha256(json.dumps(keys).encode()).hexdigest()[:12]}"
    change = partial(_tick, widget, names, table=table, several=several)
    state = st.dataframe(
        frame,
        column_order=columns,
        column_config=column_config,
        hide_index=True,
        on_select=change,
        selection_mode="multi-row" if several else "single-row",
        selection_default={"selection": {"rows": [n for n, key in enumerate(keys) if key in ticked]}},
        key=widget,
        alt=alt,
    )
    replace_ticks(table, names, ticked=_keys_at(state, names), several=several)
    show_hidden(table, keys)
    return [key for key in keys if key in ticked]


def _tick(widget: str, names: Mapping[str, str], *, table: str, several: bool) -> None:
    """Keep what a visitor has ticked, before the page runs again and may show other rows.

    Args:
        widget: Key of the table's widget.
        names: Labels of the rows that the widget shows, keyed by the key of the row, in their order.
        table: Name of the table.
        several: Whether more than one row can be ticked at a time.
    """
    ticked = _keys_at(st.session_state.get(widget), names)
    replace_ticks(table, names, ticked=ticked, several=several)


def _keys_at(state: Any, names: Mapping[str, str]) -> list[str]:
    """The keys of the rows that are ticked in a widget, which knows them by position; none without a state.

    Args:
        state: The state of the widget; None if the page no longer has it.
        names: Labels of the rows that the widget shows, keyed by the key of the row, in their order.
    """
    keys = list(names)
    return [keys[row] for row in state["selection"]["rows"] if row < len(keys)] if state else []


def replace_ticks(
    table: str, shown: Mapping[str, str], *, ticked: Collection[str], several: bool = True
) -> None:
    """Let those of the shown rows be ticked that have these keys, and no others of them.

    Args:
        table: Name of the table.
        shown: Labels of the rows that are shown, keyed by the key of the row.
        ticked: Keys of the rows to tick.
        several: Whether more than one row can be ticked at a time.
    """
    kept = ticked_rows(table)
    chosen = {key: label for key, label in shown.items() if key in ticked}
    for key in shown:
        kept.pop(key, None)
    if chosen and not several:
        kept.clear()
    kept |= chosen


def show_hidden(table: str, keys: Sequence[str] = ()) -> None:
    """Name what is ticked but not shown, with a button that unticks it; nothing if all of it is shown.

    Args:
        table: Name of the table.
        keys: Keys of the rows that the table shows.
    """
    ticked = ticked_rows(table)
    hidden = {key: label for key, label in ticked.items() if key not in keys}
    if not hidden:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Ticked, but not among the rows shown: {'; '.join(hidden.values())}.")
        if st.button("Untick", help="Untick what is not shown.", key=f"{table}-untick"):
            for key in hidden:
                del ticked[key]
            st.rerun()
