"""The section of a page on the units that only one of two entries predicts without an error."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from arts.leaderboard.analysis.entry_labels import distinct_labels
from arts.leaderboard.analysis.rows import BoardRow, row_of
from arts.leaderboard.analysis.unit_comparison import exclusive_units, prediction_table
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import address, choices, entry_cache, html_duel, page_state
from arts.leaderboard.web.escaping import escape_markdown


def units_only_right_by(right: BoardRow, wrong: BoardRow) -> dict[str, str | Sequence[str]]:
    """Query parameters with which "Explore" shows the units that one model has right and another has not.

    Args:
        right: The row of the model that has them right, with every seed.
        wrong: The row of the other model, that has them wrong with every seed.
    """
    rights, wrongs = ([entry.key for entry in row.entries] for row in (right, wrong))
    return {"corpus": right.first.corpus, "entries": rights + wrongs, "right": rights, "wrong": wrongs}


def show_units(board: Board, first: Sequence[BoardEntry], others: Sequence[BoardEntry]) -> None:
    """Show the units that only one of two entries predicts without an error, with all predictions of both.

    Args:
        board: The board.
        first: The entries of the first model, one per seed, of which the visitor picks one.
        others: Entries with predictions; the visitor picks one to compare with that.
    """
    st.subheader("Units that only one has right")
    names = distinct_labels(board.on(others[0].corpus))
    one = first[0]
    if len(first) > 1:
        one = choices.pick_entry(board, first, label="Seed", key="of", otherwise="is no seed of the first")
    name = escape_markdown(names[one.key])
    other = choices.pick_entry(
        board,
        others,
        label=f"{name} against",
        key="against",
        otherwise=f"is not compared with {name} by a test here",
    )
    pair, titles = (one, other), (names[one.key], names[other.key])
    predictions = entry_cache.aligned_predictions(*pair)
    sides = exclusive_units(*predictions)
    winner = pick_winner((one.key, other.key), titles, counts=[int(side.sum()) for side in sides])
    if not sides[winner].any():
        st.info("There is no such unit.")
        return
    instances = entry_cache.instances_of(one)
    table = prediction_table(*predictions, units=sides[winner], instances=instances)
    if instances:
        parameters = units_only_right_by(row_of(pair[winner]), row_of(pair[1 - winner]))
        page_state.show_link("explore", "Read them in Explore", **parameters)
        table["unit"] = _addresses(table["unit"], pair)
    show_prediction_table(table, titles, winner=titles[winner])


def _addresses(units: Sequence[str], entries: Sequence[BoardEntry]) -> list[str]:
    """The addresses at which "Explore" shows units, with what some entries predict."""
    keys = [entry.key for entry in entries]
    return [html_duel.explore_address(corpus=entries[0].corpus, unit=unit, entries=keys) for unit in units]


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
        table: One row per instance, as `prediction_table` makes them; with sentences, the column ``unit`` has
            addresses.
        titles: Labels of the two entries.
        winner: Label of the entry that alone predicts these units without an error.
    """
    if "sentence" in table:
        unit = st.column_config.LinkColumn("unit", pinned=True, display_text=r"unit=([^&]+)")
    else:
        unit = st.column_config.TextColumn("unit", pinned=True)
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "unit": unit,
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
