"""The page "Board": which model reads the aspect best, how sure that is, and where the others lose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from arts.evaluation.verification import MEANING
from arts.leaderboard.analysis.entry_scores import floors_text
from arts.leaderboard.analysis.headline import headline
from arts.leaderboard.analysis.overview import board_overview
from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.analysis.table import COLUMNS, DEFAULT_COLUMNS, csv_text, sort_rows
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import (
    address,
    board_charts,
    board_filters,
    choices,
    explanations,
    model_table,
    page_state,
    selectable_table,
)
from arts.leaderboard.web.active_filters import show_active_filters
from arts.leaderboard.web.escaping import escape_markdown
from arts.leaderboard.web.model_table import Order

MAX_ROWS = 100  # rows of the table, unless the visitor asks for all
STYLE = """<style>
.stMainBlockContainer h1 { font-size: 2rem; padding: 0 }
</style>"""
LEGEND = {  # what the figures of a column are, for those who see no tooltips
    "revtgt": "**82→68**: accuracy on the originals that a strategy changes and on the changed copies, ▾ "
    "where the most is lost",
    "same_side": "**same side**: by how many points accuracy changes where what is added agrees with the "
    "target; it must not fall",
    "leaks": "**leaks**: number of training and dev sentences that are in the test split, or nearly so",
}
TABLE = "rows"  # name of the table, by which ticks are kept


def show_answer(rows: Sequence[BoardRow], frame: pd.DataFrame) -> None:
    """Show the title of the page, who leads on a corpus, and what the score means.

    Args:
        rows: The rows of the corpus.
        frame: Their `board_table`.
    """
    st.html(STYLE)
    left, right = st.columns([5, 4], gap="medium")
    with left:
        st.title(page_state.PAGES["board"].title)
        if found := headline(rows, dict(frame["model"].items())):
            st.markdown(f"**{escape_markdown(found.leader)}** {escape_markdown(found.rest)}")
    with right:
        explanations.show_ars()


def pick_columns(frame: pd.DataFrame) -> tuple[list[str], bool]:
    """Let the visitor pick the columns of the table, and turn its order round.

    Without a choice, the columns are `DEFAULT_COLUMNS`. That of leaks is shown where something leaked.

    Args:
        frame: The table of the corpus.

    Returns:
        Names of the columns, and whether the order is turned round.
    """
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
        turned = st.checkbox("Reverse the order", key="reverse", bind="query-params")
    columns = columns or list(DEFAULT_COLUMNS)
    leaked = frame["leaks"].fillna(0).any() and "leaks" not in columns
    return ([*columns, "leaks"] if leaked else columns), turned


def pick_sort_column() -> str:
    """Let the visitor pick by what the table is sorted, as a click on a heading does."""
    return address.say_refused(
        "sort",
        COLUMNS.values(),
        what="order",
        draw=lambda: st.selectbox(
            "Sort by",
            ["ars", *(name for name in COLUMNS if name != "ars")],
            format_func=COLUMNS.__getitem__,
            key="sort",
            bind="query-params",
            width=120,
        ),
    )


def sort_by(column: str) -> None:
    """Sort by a column whose heading was clicked; a second click turns the order round."""
    state = st.session_state
    same = state.get("sort", "ars") == column
    state["reverse"] = same and not state.get("reverse", False)
    state["sort"] = column


def show_table(
    shown: pd.DataFrame,
    rows: Sequence[BoardRow],
    frame: pd.DataFrame,
    *,
    corpus: str,
    columns: Sequence[str],
    order: Order,
) -> None:
    """Show the table of models, with a link to the selected ones and downloads of all that pass.

    Args:
        shown: The rows of the table that pass the filters, sorted.
        rows: The rows of the corpus.
        frame: The table of the corpus.
        corpus: Name of the corpus.
        columns: Names of the columns to show.
        order: By what they are sorted.
    """
    drawn = shown
    if len(shown) > MAX_ROWS and not st.toggle(
        f"Show all {len(shown):,} in the table", key="all", bind="query-params"
    ):
        drawn = shown.head(MAX_ROWS)
    part = f", of which the table shows the first {MAX_ROWS}" if len(drawn) < len(shown) else ""
    legend = [LEGEND[column] for column in LEGEND if column in columns]
    legend += [f"**{s}**: {MEANING[s]}" for s in MEANING if s in set(shown["status"])]
    st.caption(f"{len(shown)} of {len(frame)} models{part}. {' · '.join([*legend, '**–**: not measured'])}")
    names = {str(key): f"{model} on {corpus}" for key, model in frame["model"].items()}
    by_key = {row.key: row for row in rows}
    keys, opened = model_table.pick_rows(
        drawn,
        by_key,
        table=TABLE,
        names=names,
        columns=columns,
        order=order,
        label=f"{len(drawn)} models on {corpus}",
        sort=sort_by,
    )
    if opened:
        page_state.open_page("entry", entry=opened)
    with st.container(horizontal=True, vertical_alignment="center"):
        show_selection(frame, keys, by_key=by_key, corpus=corpus)
        for kind, text, mime in downloads(shown):
            st.download_button(
                f"Download {kind}", text, f"arts-{corpus}.{kind.lower()}", mime, on_click="ignore"
            )


def show_selection(
    frame: pd.DataFrame, keys: Sequence[str], *, by_key: Mapping[str, BoardRow], corpus: str
) -> None:
    """Show a link to the selected model, or to the comparison of several selected ones.

    Args:
        frame: The table of the corpus.
        keys: Keys of the selected rows; if there are none, a hint is shown instead.
        by_key: The rows of the corpus, keyed by their key.
        corpus: Name of the corpus.
    """
    if len(keys) == 1:
        label = f"Open {escape_markdown(frame.loc[keys[0], 'model'])}"
        page_state.show_link("entry", label, entry=by_key[keys[0]].first.key)
    elif keys:
        page_state.show_link("compare", f"Compare the {len(keys)} entries", corpus=corpus, entries=keys)
    else:
        st.caption("Tick a row to open it, or several to compare them.")


def downloads(rows: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Yield the rows as CSV and then as JSON, each as a tuple (name of the format, text, media type).

    Both texts are made before the visitor asks for one. A file made on a click is lost if the page runs again
    in the meantime.
    """
    plain = rows.drop(columns="position")
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


def show_overview(board: Board) -> None:
    """Show ARS of every model on all corpora in one table; nothing if there is one corpus."""
    if len(board.corpora) < 2:
        return
    st.subheader("All corpora")
    models = board_overview(page_state.store(), page_state.board_version(), tuple(board.corpora))
    st.html(model_table.overview_html(models[:MAX_ROWS], board.corpora))
    if len(models) > MAX_ROWS:
        st.caption(f"The first {MAX_ROWS} of {len(models):,} models.")


def show_excluded_files(board: Board) -> None:
    """List the files that the board leaves out, with the reasons; nothing if there are none."""
    if board.excluded_files:
        with st.expander(f"{len(board.excluded_files)} files are not on the board"):
            for file in board.excluded_files:
                st.text(file.statement)


def show_models(board: Board) -> None:
    """Show the models on a corpus as a table and as charts; charts only if one passes the filters."""
    top = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        corpus = choices.pick_corpus(board.corpora)
        rows, frame = page_state.rows_on(corpus)
        text, column = board_filters.pick_text(), pick_sort_column()
        filters, (columns, turned) = board_filters.pick_filters(frame), pick_columns(frame)
    order = Order(column, turned)
    with top:
        show_answer(rows, frame)
    show_active_filters(list(board_filters.active_filters()))
    shown = sort_rows(replace(filters, text=text).apply(frame), order.column, turned=order.turned)
    if shown.empty:
        selectable_table.show_hidden(TABLE)
        st.info(f"None of the {len(frame)} models on {corpus} passes. Clear the search or a filter.")
        return
    show_table(shown, rows, frame, corpus=corpus, columns=columns, order=order)
    if floors := floors_text(corpus):
        st.caption(floors)
    if any(row.spans_seeds for row in rows):
        st.caption("Where predictions are not checked here, the interval of a mean spans those of its seeds.")
    explanations.show_ranks(page_state.store().resample)
    show_overview(board)
    show_charts(shown, corpus)


def main() -> None:
    """Show the page "Board"."""
    board = page_state.board()
    if not board.entries:
        page_state.show_heading("board", explanations.QUESTION)
        page_state.show_empty_board()
        return
    show_models(board)
    show_excluded_files(board)


main()
