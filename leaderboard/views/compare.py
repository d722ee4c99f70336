"""The page "Compare": whether entries differ by more than chance, and on which units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from arts.data.errors import ArtsError
from arts.data.support.rounding import decimal_text
from arts.evaluation.paired_tests import Difference
from arts.leaderboard.analysis.entry_labels import distinct_labels
from arts.leaderboard.analysis.entry_scores import SCORES, TITLES, interval_text, score_of
from arts.leaderboard.analysis.unit_comparison import exclusive_units, prediction_table
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import address, charts, choices, entry_cache, page_state
from arts.leaderboard.web.escaping import escape_markdown


def show_conclusion(first: BoardEntry, other: BoardEntry, *, names: Mapping[str, str]) -> bool:
    """Show in words how two entries differ in ARS and accuracy, with a paired test if both have predictions.

    Args:
        first: The first entry; differences are its scores minus those of the other.
        other: The other entry.
        names: Labels of the entries, all different, keyed by the key of the entry.

    Returns:
        Whether the paired test could be made.
    """
    first_name, other_name = (f"**{escape_markdown(names[entry.key])}**" for entry in (first, other))
    try:
        comparison = entry_cache.comparison(first, other)
    except ArtsError as error:
        ars, accuracy = (
            decimal_text(one.value - two.value, sign=True)
            for one, two in ((first.ars, other.ars), (first.accuracy, other.accuracy))
        )
        st.markdown(
            f"{first_name} against {other_name}: ARS differs by {ars} and accuracy by {accuracy} points. "
            f"No test: {escape_markdown(str(error))}."
        )
        return False
    units, originals = comparison.ars, comparison.accuracy
    st.markdown(
        f"{first_name} is right on {units.only_first:,} units that {other_name} is not, {other_name} on "
        f"{units.only_second:,}; the difference of ARS is {difference_text(units)}. Of the originals, it is "
        f"right on {originals.only_first:,} that the other is not, the other on {originals.only_second:,}; "
        f"the difference of accuracy is {difference_text(originals)}."
    )
    return True


def difference_text(difference: Difference) -> str:
    """A difference in percentage points with its 95% interval and p-value, in Markdown.

    It reads like "+1.25 [-0.3, +2.8], p = 0.110".
    """
    return str(difference).replace("[", "\\[").replace("]", "\\]")


def show_scores(entries: Sequence[BoardEntry], names: Mapping[str, str]) -> None:
    """Show all scores of some entries with their intervals, as a chart and as a table.

    Args:
        entries: The entries, of which the chart shows the first `MAX_SERIES`.
        names: Labels of the entries, all different, keyed by the key of the entry.
    """
    rows = pd.DataFrame(
        {
            "score": TITLES[score],
            "series": names[entry.key],
            **estimate.model_dump(),
            "text": interval_text(estimate),
        }
        for score in SCORES
        for entry in entries
        if (estimate := score_of(entry, score))
    )
    if len(entries) > charts.MAX_SERIES:
        st.caption(f"The chart shows the first {charts.MAX_SERIES} of {len(entries)}.")
    series = [names[entry.key] for entry in entries[: charts.MAX_SERIES]]
    page_state.show_chart(
        charts.score_intervals(rows[rows["series"].isin(series)].drop(columns="text"), "entry"),
        f"ARS, accuracy and strategies of {len(entries)} entries with intervals; the table below has them",
    )
    table = rows.pivot(index="score", columns="series", values="text")
    ordered = table.reindex(index=rows["score"].unique(), columns=rows["series"].unique())
    st.dataframe(ordered.rename_axis(None), alt="The figures of the chart")


def show_units(
    board: Board, first: BoardEntry, others: Sequence[BoardEntry], *, names: Mapping[str, str]
) -> None:
    """Show the units that only one of two entries predicts without an error, with all predictions of both.

    Args:
        board: The board.
        first: The first of the two entries.
        others: Entries with predictions; the visitor picks one to compare with the first.
        names: Labels of the entries, all different, keyed by the key of the entry.
    """
    st.subheader("Units that only one has right")
    other = choices.pick_entry(
        board,
        others,
        label=f"{names[first.key]} against",
        key="against",
        otherwise=f"is not compared with {escape_markdown(names[first.key])} by a test here",
    )
    first_predictions, other_predictions = entry_cache.aligned_predictions(first, other)
    titles = names[first.key], names[other.key]
    sides = exclusive_units(first_predictions, other_predictions)
    winner = pick_winner((first.key, other.key), titles, counts=[int(side.sum()) for side in sides])
    if not sides[winner].any():
        st.info("There is no such unit.")
        return
    instances = entry_cache.instances_of(first)
    table = prediction_table(first_predictions, other_predictions, units=sides[winner], instances=instances)
    show_prediction_table(table, titles, winner=titles[winner])


def pick_winner(keys: tuple[str, str], titles: tuple[str, str], *, counts: Sequence[int]) -> int:
    """Let the visitor pick one of two entries, to see the units that only it predicts without an error.

    Args:
        keys: Keys of the two entries.
        titles: Labels of the two entries.
        counts: For each of the two, the number of units that only it predicts without an error.

    Returns:
        Index of the picked entry, 0 or 1.
    """

    def draw(widget: str, shown: list[str] | None) -> list[str]:
        """Draw the widget, whose options are 0 and 1."""
        if shown is not None:
            st.session_state[widget] = keys.index(shown[0])
        position = st.radio(
            "Right is",
            (0, 1),
            format_func=lambda position: escape_markdown(titles[position]),
            captions=[f"{count:,} units" for count in counts],
            key=widget,
        )
        return [keys[position]]

    (winner,) = address.choose(
        "wins",
        dict(zip(keys, titles, strict=True)),
        scope=" ".join(keys),
        default=keys[:1],
        draw=draw,
        explain=lambda key: f"The entry {address.quoted(key)} is neither of the two whose units are shown.",
    )
    return keys.index(winner)


def show_prediction_table(table: pd.DataFrame, titles: tuple[str, str], *, winner: str) -> None:
    """Show the predictions of two entries for all instances of some units.

    Args:
        table: One row per instance, as `prediction_table` makes them.
        titles: Labels of the two entries.
        winner: Label of the entry that alone predicts these units without an error.
    """
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "unit": st.column_config.TextColumn("unit", pinned=True),
            "sentence": st.column_config.TextColumn("sentence", width="large"),
            "first": st.column_config.TextColumn(titles[0]),
            "second": st.column_config.TextColumn(titles[1]),
        },
        alt=f"{table['unit'].nunique()} units that only {winner} has right, a member a line",
    )
    st.caption(
        "✓ right, ✗ wrong; a unit is right when all its members are."
        + ("" if "sentence" in table else " The corpus is not on this machine, so there are no sentences.")
    )


def main() -> None:
    """Show the page "Compare"."""
    page_state.show_heading(
        "compare",
        "A paired test: all entries were measured on the same instances, so chance plays a smaller part.",
    )
    board = page_state.board()
    if not board.entries:
        page_state.show_empty_board()
        return
    corpus = choices.pick_corpus(board.corpora, choices.follow_link(board, "entries", corpora=board.corpora))
    on_corpus = board.on(corpus)
    entries = choices.pick_entries(
        board,
        on_corpus,
        corpus=corpus,
        label="Entries, the first against each other one",
        key="entries",
        count=2,
    )
    if len(entries) < 2:
        st.info("Choose two entries or more. `arts evaluate --output results` adds one to the board.")
        return
    names = distinct_labels(on_corpus)
    first, *others = entries
    tested = [other for other in others if show_conclusion(first, other, names=names)]
    show_scores(entries, names)
    if tested:
        show_units(board, first, tested, names=names)
    with st.container(horizontal=True):
        for entry in entries:
            page_state.show_link("entry", f"Open {escape_markdown(names[entry.key])}", entry=entry.key)


main()
