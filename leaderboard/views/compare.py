"""Entries side by side: whether a difference is more than chance, and on which units it rests."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS
from arts.evaluation.paired_tests import Difference
from arts.leaderboard.analysis.before_after import TITLES, answers, p_text, score_of, won_units
from arts.leaderboard.store.entry import Entry
from arts.leaderboard.web import charts, entry_cache, page_state
from arts.leaderboard.web.entry_cache import plain

MOST = 7  # entries that a chart can tell apart


def conclusion(first: Entry, other: Entry, names: dict[str, str]) -> bool:
    """What can be said of two entries, in a sentence; whether it rests on a test."""
    one, two = (f"**{plain(names[entry.key])}**" for entry in (first, other))
    try:
        found = entry_cache.comparison(first, other)
    except ArtsError as error:
        st.markdown(
            f"{one} against {two}: ARS differs by {first.ars.value - other.ars.value:+.2f} and accuracy by "
            f"{first.accuracy.value - other.accuracy.value:+.2f} points. No test: {plain(str(error))}."
        )
        return False
    ars, accuracy = found.ars, found.accuracy
    st.markdown(
        f"{one} is right on {ars.only_first:,} units that {two} is not, {two} on {ars.only_second:,}; the "
        f"difference of ARS is {difference(ars)}. Of the originals, it is right on {accuracy.only_first:,} "
        f"that the other is not, the other on {accuracy.only_second:,}; the difference of accuracy is "
        f"{difference(accuracy)}."
    )
    return True


def difference(found: Difference) -> str:
    """A difference with its interval and p-value."""
    return f"{found.value:+.2f} \\[{found.low:+.1f}, {found.high:+.1f}\\], {p_text(found.p_value)}"


def side_by_side(entries: Sequence[Entry], names: dict[str, str]) -> None:
    """All figures with their intervals, as a chart and as a table."""
    figures = [
        {"score": TITLES[score], "series": names[entry.key], **estimate.model_dump()}
        for score in ("ars", "accuracy", *map(str, PERTURBATIONS))
        for entry in entries
        if (estimate := score_of(entry, score))
    ]
    shown = pd.DataFrame(figures)
    if len(entries) > MOST:
        st.caption(f"The chart shows the first {MOST} of {len(entries)}.")
    drawn = shown[shown["series"].isin([names[entry.key] for entry in entries[:MOST]])]
    spoken = (
        f"ARS, accuracy and strategies of {len(entries)} entries with intervals; the table below has them"
    )
    charts.show(charts.side_by_side(drawn, "entry"), spoken)
    shown["figure"] = [f"{row.value:.1f} [{row.low:.1f}, {row.high:.1f}]" for row in shown.itertuples()]
    table = shown.pivot(index="score", columns="series", values="figure")
    ordered = table.reindex(index=shown["score"].unique(), columns=shown["series"].unique())
    st.dataframe(ordered.rename_axis(None), alt="The figures of the chart")


def units(first: Entry, others: Sequence[Entry], names: dict[str, str]) -> None:
    """The units that only one of two has right, with all that each answered."""
    st.subheader("Units that only one has right")
    by_key = {entry.key: entry for entry in others}
    chosen = st.selectbox(
        f"{names[first.key]} against",
        list(by_key),
        format_func=names.__getitem__,
        key="against",
        bind="query-params",
    )
    one, two = entry_cache.answered(first, by_key[chosen])
    titles = names[first.key], names[chosen]
    sides = won_units(one, two)
    counts = [int(side.sum()) for side in sides]
    which = st.radio(
        "Right is",
        (0, 1),
        format_func=lambda k: plain(titles[k]),
        captions=[f"{count:,} units" for count in counts],
        key="wins",
        bind="query-params",
    )
    if not counts[which]:
        st.info("There is no such unit.")
        return
    found = answers(one, two, sides[which], entry_cache.texts(first))
    heads = dict(zip(("first", "second"), titles, strict=True))
    st.dataframe(
        found,
        hide_index=True,
        column_config={
            "unit": st.column_config.TextColumn("unit", pinned=True),
            "sentence": st.column_config.TextColumn("sentence", width="large"),
            **{name: st.column_config.TextColumn(title) for name, title in heads.items()},
        },
        alt=f"{counts[which]} units that only {titles[which]} has right, a member a line",
    )
    st.caption(
        "✓ right, ✗ wrong; a unit is right when all its members are."
        + ("" if "sentence" in found else " The corpus is not on this machine, so there are no sentences.")
    )


def main() -> None:
    """The page."""
    page_state.heading("compare", "Paired over units: both were asked the same, so chance is the smaller.")
    board = page_state.board()
    if not board.entries:
        st.info("No results yet. Run `arts evaluate --output results`, or submit a predictions file.")
        return
    found = board.on(page_state.pick_corpus(board.corpora))
    entries = page_state.pick_entries("Entries, the first against each other one", found, "entries", first=2)
    if len(entries) < 2:
        st.info("Choose two entries or more. `arts evaluate --output results` adds one to the board.")
        return
    names = page_state.distinct(found)
    first, *others = entries
    tested = [other for other in others if conclusion(first, other, names)]
    side_by_side(entries, names)
    if tested:
        units(first, tested, names)
    with st.container(horizontal=True):
        for entry in entries:
            page_state.link("entry", f"Open {plain(names[entry.key])}", entry=entry.key)


main()
