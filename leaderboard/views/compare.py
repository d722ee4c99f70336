"""The page "Compare": whether models differ by more than chance, and on which units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import pandas as pd
import streamlit as st
from threadpoolctl import threadpool_limits

from arts.data.corpus_registry import local_corpus
from arts.data.errors import ArtsError
from arts.leaderboard.analysis.duel import Duel, PairCell, pair_cells, verdict
from arts.leaderboard.analysis.entry_scores import SCORES, TITLES, interval_text, score_of
from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.store.display_names import hide_folders
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import charts, choices, duel_units, entry_cache, html_duel, page_state
from arts.leaderboard.web.escaping import escape_markdown


def compare_with_each(first: BoardRow, others: Mapping[str, BoardRow]) -> dict[str, Duel]:
    """Compare a model with others by paired tests, as far as there are predictions.

    Args:
        first: The row of the model.
        others: The rows of the others, keyed by their labels.

    Returns:
        The comparisons, keyed by the label of the other.
    """
    duels = {}
    for name, other in others.items():
        comparison, remark = None, ""
        try:
            comparison = entry_cache.comparison(first, other)
        except ArtsError as error:
            remark = hide_folders(str(error))
        duels[name] = Duel(
            first.ars.value - other.ars.value,
            first.accuracy.value - other.accuracy.value,
            comparison=comparison,
            remark=remark,
            several_seeds=len(first.entries) > 1 or len(other.entries) > 1,
        )
    return duels


def show_verdict(name: str, duels: Mapping[str, Duel]) -> None:
    """Show what the comparison of a model with others came to, as a sentence.

    Args:
        name: Label of the model.
        duels: Its comparison with each other model, keyed by the label of the other.
    """
    st.markdown(f"#### {escape_markdown(verdict(name, duels))}")


def show_duels(rows: Mapping[str, BoardRow], duels: Mapping[str, Duel]) -> None:
    """Show the comparisons of a model with others as a table, and why pairs were not tested.

    Args:
        rows: The rows of all models, keyed by their labels.
        duels: The comparison of the first with each other model, keyed by the label of the other.
    """
    name, first = next(iter(rows.items()))
    links = {}
    if local_corpus(first.first.corpus):
        for other in duels:
            sides = (first, rows[other]), (rows[other], first)
            parameters = (duel_units.units_only_right_by(right, wrong) for right, wrong in sides)
            one, two = (html_duel.explore_address(**parameter) for parameter in parameters)
            links[other] = (one, two)
    st.html(html_duel.STYLE + html_duel.duel_table_html(name, duels, links=links))
    if any(duel.several_seeds for duel in duels.values()):
        st.caption(
            "With several seeds, a unit counts for the model that has it right with more of its seeds."
        )
    for remark in dict.fromkeys(duel.remark for duel in duels.values() if duel.remark):
        st.caption(f"No test: {escape_markdown(remark)}.")


def show_matrix(names: Sequence[str], cells: Mapping[tuple[int, int], PairCell]) -> None:
    """Show the differences of ARS between all pairs of models, if there are more than two.

    Args:
        names: Labels of the models.
        cells: The differences, keyed by the positions of row and column.
    """
    if len(names) < 3:
        return
    st.subheader("Each against each")
    st.html(html_duel.matrix_html(names, cells))
    st.caption("Each p-value is of its pair alone: of pairs that do not differ, one in twenty is below 0.05.")


def show_scores(models: Mapping[str, BoardRow]) -> None:
    """Show all scores of some models with their intervals, as a chart and as a table.

    Args:
        models: The rows of the models, keyed by their labels.
    """
    st.subheader("All scores")
    rows = pd.DataFrame(
        {
            "score": TITLES[score],
            "series": name,
            **estimate.model_dump(),
            "text": interval_text(estimate),
        }
        for score in SCORES
        for name, row in models.items()
        if (estimate := score_of(row, score))
    )
    page_state.show_chart(
        charts.score_intervals(rows.drop(columns="text"), "scores"),
        f"ARS, accuracy and strategies of {len(models)} entries with intervals; the table below has them",
    )
    table = rows.pivot(index="score", columns="series", values="text")
    ordered = table.reindex(index=rows["score"].unique(), columns=rows["series"].unique())
    st.dataframe(ordered.rename_axis(None), alt="The figures of the chart")


def pick_rows(board: Board, corpus: str) -> dict[str, BoardRow]:
    """Let the visitor pick the models to compare; the rows that are picked, keyed by their labels."""
    return choices.pick_rows(
        board,
        entry_cache.rows_on(corpus),
        corpus=corpus,
        label="Entries, the first against each other one",
        key="entries",
        count=2,
        most=charts.MAX_SERIES,
    )


def main() -> None:
    """Show the page "Compare"."""
    page_state.show_heading(
        "compare",
        "A paired test: all entries were measured on the same instances, so chance plays a smaller part.",
    )
    top, board = st.container(), page_state.board()
    if not board.entries:
        page_state.show_empty_board()
        return
    corpus = choices.pick_corpus(board.corpora, choices.follow_link(board, "entries", corpora=board.corpora))
    rows = pick_rows(board, corpus)
    if len(rows) < 2:
        st.info("Choose two entries or more. `arts evaluate --output results` adds one to the board.")
        return
    (name, first), *others = rows.items()
    with threadpool_limits(1):  # the matrix products are too small for several threads
        duels, cells = compare_with_each(first, dict(others)), pair_cells([*rows.values()])
    with top:
        show_verdict(name, duels)
    show_duels(rows, duels)
    show_matrix([*rows], cells)
    show_scores(rows)
    tested = chain.from_iterable(row.entries for other, row in others if duels[other].comparison)
    if rivals := list(tested):
        duel_units.show_units(board, first.entries, rivals)
    with st.container(horizontal=True):
        for name, row in rows.items():
            page_state.show_link("entry", f"Open {escape_markdown(name)}", entry=row.first.key)


main()
