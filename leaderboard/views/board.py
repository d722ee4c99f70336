"""The page "Board": the entries on a corpus with ranks and intervals, as a table and as charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from arts.evaluation.verification import MEANING
from arts.leaderboard.analysis.entry_scores import floors_text
from arts.leaderboard.analysis.table import (
    COLUMNS,
    DEFAULT_COLUMNS,
    SORT_COLUMNS,
    EntryFilter,
    csv_text,
    sort_rows,
)
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import address, board_charts, choices, page_state, selectable_table
from arts.leaderboard.web.escaping import escape_markdown

MAX_ROWS = 200  # rows of the table, unless the visitor asks for all
INTERVAL_HELP = (
    "The bar is the interval of ARS, the ring is accuracy; whiskers span the prompts of a language model."
)
LEAKS_HELP = (
    "Training and dev sentences that are in the test split, or nearly so, and training sets that the model's "
    "card names and that hold ARTS test sets. Empty where nothing was compared. Shown where there are any."
)
TABLE = "rows"  # name of the table, by which ticks are kept


def pick_filters(frame: pd.DataFrame) -> EntryFilter:
    """Let the visitor pick filters; the choice is kept in the page's URL.

    Args:
        frame: The `board_table` of the corpus, whose values are offered.
    """

    def pick_values(label: str, column: str) -> list[str]:
        """Let the visitor pick some of the values in a column."""
        return choices.pick_values(label, sorted(frame[column].unique()), key=column)

    with st.popover("Filter", icon=":material/filter_alt:"):
        return EntryFilter(
            families=pick_values("Family", "family"),
            encoders=pick_values("Encoder", "encoder"),
            interventions=pick_values("Intervention", "intervention"),
            statuses=pick_values("Figures", "status"),
            since=pick_day("Measured from", key="since"),
            until=pick_day("Measured until", key="until"),
        )


def pick_day(label: str, *, key: str) -> date | None:
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


def pick_columns() -> list[str]:
    """Let the visitor pick the columns of the table; `DEFAULT_COLUMNS` if none is picked."""
    with st.popover("Columns", icon=":material/view_column:"):
        columns = address.say_refused(
            "columns",
            COLUMNS.values(),
            what="columns",
            draw=lambda: st.multiselect(
                "Columns",
                list(COLUMNS),
                DEFAULT_COLUMNS,
                format_func=COLUMNS.__getitem__,
                key="columns",
                bind="query-params",
            ),
        )
    return columns or list(DEFAULT_COLUMNS)


def pick_sort_column() -> str:
    """Let the visitor pick the column to sort by; the choice is kept in the page's URL."""
    return address.say_refused(
        "sort",
        [COLUMNS[name] for name in SORT_COLUMNS],
        what="order",
        draw=lambda: st.selectbox(
            "Sort by",
            SORT_COLUMNS,
            format_func=COLUMNS.__getitem__,
            key="sort",
            bind="query-params",
            width=150,
        ),
    )


def pick_rows(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Let the visitor search, filter and sort the entries, and pick columns.

    Args:
        frame: The `board_table` of the corpus.

    Returns:
        The rows that pass, sorted, and the names of the columns to show.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            placeholder="model, encoder or intervention",
            max_chars=80,
            width=300,
        )
        sort_column = pick_sort_column()
        filters = pick_filters(frame)
        columns = pick_columns()
    return sort_rows(replace(filters, text=text or "").apply(frame), sort_column), columns


def column_config() -> dict[str, Any]:
    """How streamlit displays each column of the table, keyed by the name of the column."""
    percent = {
        name: st.column_config.NumberColumn(COLUMNS[name], format="%.2f", width="small")
        for name in COLUMNS
        if name.startswith(("accuracy", "ars", "rev", "add", "lost"))
    }
    return {
        **{name: st.column_config.Column(title) for name, title in COLUMNS.items()},
        **percent,
        "rank": st.column_config.TextColumn(
            "rank", help="Entries that a test cannot tell apart share a rank."
        ),
        "model": st.column_config.TextColumn("model", pinned=True),
        "interval": st.column_config.ImageColumn(COLUMNS["interval"], help=INTERVAL_HELP, width="medium"),
        "lost": st.column_config.NumberColumn(
            "lost", format="%.2f", help="Accuracy minus ARS.", width="small"
        ),
        "parameters": st.column_config.NumberColumn(format="compact"),
        "tokens": st.column_config.NumberColumn(
            format="compact", help="Read and written by a language model."
        ),
        "leaks": st.column_config.NumberColumn(COLUMNS["leaks"], help=LEAKS_HELP, width="small"),
        "invalid": st.column_config.NumberColumn(
            COLUMNS["invalid"], format="%.2f", help="Answers that name no label; they count as wrong."
        ),
    }


def show_table(rows: pd.DataFrame, corpus: str, *, columns: Sequence[str], total: int) -> None:
    """Show the table of entries, with a link to the selected ones and downloads of all rows.

    Args:
        rows: The rows that pass the filters, sorted.
        corpus: Name of the corpus.
        columns: Names of the columns to show.
        total: Number of entries on the corpus, without filters.
    """
    shown = rows
    if len(rows) > MAX_ROWS and not st.toggle(
        f"Show all {len(rows):,} in the table", key="all", bind="query-params"
    ):
        shown = rows.head(MAX_ROWS)
    st.caption(
        f"{len(rows)} of {total} entries"
        + (f", of which the table shows the first {MAX_ROWS}" if len(shown) < len(rows) else "")
        + ". "
        + " · ".join(f"**{s}**: {MEANING[s]}" for s in MEANING if s in set(rows["status"]))
    )
    keys = selectable_table.pick_rows(
        shown,
        table=TABLE,
        names={str(key): f"{model} on {corpus}" for key, model in shown["model"].items()},
        several=True,
        columns=columns,
        column_config=column_config(),
        alt=f"{len(shown)} entries on {corpus}: rank, model, accuracy, ARS and strategies",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        show_selection(rows, keys, corpus=corpus)
        for kind, text, mime in downloads(rows):
            st.download_button(
                f"Download {kind}", text, f"arts-{corpus}.{kind.lower()}", mime, on_click="ignore"
            )


def show_selection(rows: pd.DataFrame, keys: Sequence[str], *, corpus: str) -> None:
    """Show a link to the selected entry, or to the comparison of several selected entries.

    Args:
        rows: The rows that pass the filters.
        keys: Keys of the selected entries; if there are none, a hint is shown instead.
        corpus: Name of the corpus.
    """
    entries = [str(rows.loc[key, "entry"]) for key in keys]
    if len(keys) == 1:
        page_state.show_link("entry", f"Open {escape_markdown(rows.loc[keys[0], 'model'])}", entry=entries[0])
    elif keys:
        page_state.show_link("compare", f"Compare the {len(keys)} entries", corpus=corpus, entries=entries)
    else:
        st.caption("Select a row to open it, or several to compare them.")


def downloads(rows: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Yield the rows as CSV and then as JSON, each as a tuple (name of the format, text, media type).

    Both texts are made before the visitor asks for one. A file made on a click is lost if the page runs again
    in the meantime.
    """
    plain = rows.drop(columns="interval")
    yield "CSV", csv_text(plain), "text/csv"
    yield "JSON", plain.reset_index(names="key").to_json(orient="records"), "application/json"


def show_charts(rows: pd.DataFrame, corpus: str) -> None:
    """Show charts of the entries: ARS against accuracy and cost, and ARS with its intervals.

    Args:
        rows: The rows that pass the filters, sorted.
        corpus: Name of the corpus.
    """
    left, right = st.columns(2)
    with left:
        for chart in board_charts.scatter_charts(rows, corpus):
            show_chart(chart)
    with right:
        show_chart(board_charts.interval_chart(rows, corpus))


def show_chart(chart: board_charts.BoardChart) -> None:
    """Show a chart under its title, and what it leaves out."""
    st.subheader(chart.title)
    page_state.show_chart(chart.chart, chart.description)
    if chart.remark:
        st.caption(chart.remark)


def show_excluded_files(board: Board) -> None:
    """List the files that the board leaves out, with the reasons; nothing if there are none."""
    if board.excluded_files:
        with st.expander(f"{len(board.excluded_files)} files are not on the board"):
            for file in board.excluded_files:
                st.text(file.statement)


def show_entries(corpus: str) -> None:
    """Show the entries on a corpus as a table and as charts; if none passes the filters, the page ends."""
    frame = page_state.frame(corpus, page_state.board_version())
    rows, columns = pick_rows(frame)
    if rows["leaks"].fillna(0).any() and "leaks" not in columns:
        columns = [*columns, "leaks"]
    if rows.empty:
        selectable_table.show_hidden(TABLE)
        st.info(f"None of the {len(frame)} entries on {corpus} passes. Clear the search or a filter.")
        st.stop()
    show_table(rows, corpus, columns=columns, total=len(frame))
    if floors := floors_text(corpus):
        st.caption(floors)
    st.caption(
        f"Intervals and tests are over {page_state.store().resample}. Entries share a rank when a paired "
        "test does not tell them from the best of the rank (p < 0.05); ≈ where predictions are missing and "
        "intervals are compared instead."
    )
    show_charts(rows, corpus)


def main() -> None:
    """Show the page "Board"."""
    board = page_state.board()
    page_state.show_heading(
        "board",
        "A model that reads the aspect it is asked about keeps its accuracy when other aspects, or its own, "
        "change. ARS counts an original only when the model is right on it and on all its variants.",
    )
    if not board.entries:
        page_state.show_empty_board()
        return
    show_entries(choices.pick_corpus(board.corpora))
    show_excluded_files(board)


main()
