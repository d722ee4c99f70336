"""The board: who reads the aspect, how sure that is, and who cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import streamlit as st

from arts.leaderboard.analysis.table import COLUMNS, SHOWN, SORTS, Filters, comma_separated, ordered
from arts.leaderboard.store.entry import MEANING
from arts.leaderboard.web import charts, page_state

MOST = 200  # entries that the table shows, unless asked for all
NAMED = 50  # entries that a plot names


def choose(found: pd.DataFrame) -> Filters:
    """The filters, kept in the address."""

    def several(title: str, column: str) -> list[str]:
        options = sorted(found[column].unique())
        return st.multiselect(title, options, key=column, bind="query-params", placeholder="all")

    with st.popover("Filter", icon=":material/filter_alt:"):
        families, encoders = several("Family", "family"), several("Encoder", "encoder")
        interventions, statuses = several("Intervention", "intervention"), several("Figures", "status")
        since = st.date_input("Measured from", None, key="since", bind="query-params")
        until = st.date_input("Measured until", None, key="until", bind="query-params")
    return Filters(families, encoders, interventions, statuses, since=since, until=until)


def columns() -> dict[str, Any]:
    """How the columns are shown."""
    percent = {
        name: st.column_config.NumberColumn(COLUMNS[name], format="%.1f", width="small")
        for name in COLUMNS
        if name.startswith(("accuracy", "ars", "rev", "add", "lost"))
    }
    return {
        **{name: st.column_config.Column(title) for name, title in COLUMNS.items()},
        **percent,
        "rank": st.column_config.TextColumn("rank", help="Those that a test cannot tell apart share one."),
        "model": st.column_config.TextColumn("model", pinned=True),
        "interval": st.column_config.ImageColumn(
            COLUMNS["interval"], help="The bar is the interval of ARS, the ring is accuracy.", width="medium"
        ),
        "lost": st.column_config.NumberColumn(
            "lost", format="%.1f", help="Accuracy minus ARS.", width="small"
        ),
        "parameters": st.column_config.NumberColumn(format="compact"),
    }


def show(rows: pd.DataFrame, shown: pd.DataFrame, corpus: str, chosen: list[str]) -> None:
    """The table of the rows to be shown, what can be opened from it, and downloads of all rows."""
    picked = st.dataframe(
        shown,
        column_order=chosen,
        column_config=columns(),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key="rows",
        alt=f"{len(shown)} entries on {corpus}: rank, model, accuracy, ARS and strategies",
    )
    keys = [str(shown.index[place]) for place in picked["selection"]["rows"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(keys) == 1:
            page_state.link("entry", f"Open {rows.loc[keys[0], 'model']}", entry=keys[0])
        elif keys:
            page_state.link("compare", f"Compare the {len(keys)} entries", corpus=corpus, entries=keys)
        else:
            st.caption("Select a row to open it, or several to compare them.")
        for kind, text, mime in files(rows):
            st.download_button(
                f"Download {kind}", text, f"arts-{corpus}.{kind.lower()}", mime, on_click="ignore"
            )


def files(rows: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """The rows as CSV and as JSON; made at once, as what is made on a click can be lost to a run."""
    plain = rows.drop(columns="interval")
    yield "CSV", comma_separated(plain), "text/csv"
    yield "JSON", plain.reset_index(names="key").to_json(orient="records"), "application/json"


board = page_state.board()
page_state.heading(
    "board",
    "A model that reads the aspect it is asked about keeps its accuracy when other aspects, or its own, "
    "change. ARS counts an original only when the model is right on it and on all its variants.",
)
if not board.entries:
    st.info("No results yet. Run `arts evaluate --output results`, or submit a predictions file.")
    st.stop()
corpus = page_state.pick_corpus(board.corpora)
found = page_state.frame(corpus, page_state.stamp())
with st.container(horizontal=True, vertical_alignment="bottom"):
    text = st.text_input(
        "Search",
        key="q",
        bind="query-params",
        placeholder="model, encoder or intervention",
        max_chars=80,
        width=300,
    )
    by = st.selectbox(
        "Sort by", SORTS, format_func=COLUMNS.__getitem__, key="sort", bind="query-params", width=150
    )
    filters = choose(found)
    with st.popover("Columns", icon=":material/view_column:"):
        chosen = st.multiselect(
            "Columns",
            list(COLUMNS),
            SHOWN,
            format_func=COLUMNS.__getitem__,
            key="columns",
            bind="query-params",
        )
rows = ordered(Filters(**{**vars(filters), "text": text or ""}).apply(found), by)
if rows.empty:
    st.info(f"None of the {len(found)} entries on {corpus} passes. Clear the search or a filter.")
    st.stop()
shown = rows
if len(rows) > MOST and not st.toggle(f"Show all {len(rows):,} in the table", key="all", bind="query-params"):
    shown = rows.head(MOST)
st.caption(
    f"{len(rows)} of {len(found)} entries"
    + (f", of which the table shows the first {MOST}" if len(shown) < len(rows) else "")
    + ". "
    + " · ".join(f"**{s}**: {MEANING[s]}" for s in MEANING if s in set(rows["status"]))
)
show(rows, shown, corpus, chosen or list(SHOWN))
st.caption(
    "Entries share a rank when the exact McNemar test on units does not tell them from the best of the rank "
    "(p < 0.05); ≈ where predictions are missing and intervals are compared instead."
)
left, right = st.columns(2)
with left:
    st.subheader("Accuracy against ARS")
    charts.show(charts.scatter(rows), f"Accuracy against ARS of {len(rows)} entries on {corpus}")
with right:
    st.subheader("ARS with 95% intervals")
    charts.show(charts.intervals(rows.head(NAMED)), f"ARS with intervals on {corpus}")
    if len(rows) > NAMED:
        st.caption(f"The first {NAMED} of {len(rows)} entries.")
if board.faults or board.duplicates:
    with st.expander(f"{len(board.faults) + len(board.duplicates)} files are not on the board"):
        for fault in (*board.faults, *board.duplicates):
            st.text(f"{fault.path}: {fault.reason}")
