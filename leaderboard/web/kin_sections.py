"""Sections of the page of an entry on its kin: its other seeds, and the same model on other corpora."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from arts.leaderboard.analysis.entry_scores import interval_text
from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.web import page_state
from arts.leaderboard.web.escaping import escape_markdown


def show_seeds(entry: BoardEntry, row: BoardRow) -> None:
    """Show the mean over the seeds of the entry's row, and a link to each other seed; nothing for one seed.

    Args:
        entry: The entry.
        row: Its row of the board.
    """
    others = [other for other in row.entries if other.key != entry.key]
    if not others:
        return
    st.subheader("Seeds")
    st.markdown(
        escape_markdown(
            f"Mean of {len(row.entries)} seeds: ARS {interval_text(row.ars)}, accuracy "
            f"{interval_text(row.accuracy)}. This is seed {entry.seed}."
        )
    )
    with st.container(horizontal=True):
        for other in others:
            page_state.show_link(
                "entry",
                f"Seed {other.seed}: ARS {other.ars.value:.2f}",
                corpus=other.corpus,
                entry=other.key,
            )


def show_corpora(entry: BoardEntry, rows: Mapping[str, Sequence[BoardRow]]) -> None:
    """Show links to the same model on other corpora; nothing if it was measured on none.

    Args:
        entry: The entry.
        rows: The rows of the model on other corpora, keyed by corpus.
    """
    if not rows:
        return
    st.subheader("On other corpora")
    with st.container(horizontal=True):
        for corpus, found in rows.items():
            for row in found:
                other = next((one for one in row.entries if one.seed == entry.seed), row.first)
                seeds = f", {len(row.entries)} seeds" if len(row.entries) > 1 else ""
                page_state.show_link(
                    "entry",
                    f"{escape_markdown(corpus)}: ARS {row.ars.value:.2f}{seeds}",
                    corpus=corpus,
                    entry=other.key,
                )
