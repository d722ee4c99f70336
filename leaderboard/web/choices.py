"""What visitors choose on several pages: a corpus, entries, and the values of a filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import streamlit as st

from arts.leaderboard.analysis.entry_labels import KEY_LENGTH, distinct_labels, distinct_row_labels
from arts.leaderboard.analysis.rows import BoardRow, row_of
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import address
from arts.leaderboard.web.escaping import escape_markdown


def pick_corpus(corpora: Sequence[str], default: str | None = None) -> str:
    """Let the visitor pick a corpus; the choice is kept in the page's URL.

    Args:
        corpora: Names of the corpora to choose from.
        default: The corpus that is picked when the page opens. It is the first if this is none of them.

    Returns:
        Name of the picked corpus.
    """

    def draw() -> str:
        """Draw the widget."""
        corpus = st.segmented_control(
            "Corpus",
            corpora,
            format_func=escape_markdown,
            default=default if default in corpora else corpora[0],
            key="corpus",
            bind="query-params",
            required=True,
        )
        return str(corpus)

    return address.say_refused("corpus", [*map(escape_markdown, corpora)], what="corpus", draw=draw)


def follow_link(board: Board, parameter: str, *, corpora: Sequence[str]) -> str | None:
    """Turn to the corpus of the entry that a link names, unless the link names the corpus, too.

    Args:
        board: The board.
        parameter: Name of the query parameter, whose values are keys of entries.
        corpora: Names of the corpora that can be shown.

    Returns:
        The corpus of the first entry that the address names; None if it names none of these corpora.
    """
    keys = st.query_params.get_all(parameter)
    corpus = next((entry.corpus for key in keys if (entry := _entry_behind(board, key))), None)
    if corpus not in corpora:
        return None
    if address.is_linked(parameter) and "corpus" not in st.query_params:
        st.session_state["corpus"] = corpus  # or the page would have that of the page before
    return corpus


def pick_entry(
    board: Board, entries: Sequence[BoardEntry], *, label: str, key: str, otherwise: str = ""
) -> BoardEntry:
    """Let the visitor pick an entry; the choice is kept in the page's URL.

    Args:
        board: The board.
        entries: Entries of one corpus to choose from.
        label: Label of the widget.
        key: Name of the query parameter, whose value is the key of the entry.
        otherwise: Why an entry on this corpus may not be among them, as the rest of a sentence on it.
    """
    by_key, names = {entry.key: entry for entry in entries}, distinct_labels(entries)

    def draw(widget: str, shown: list[str] | None) -> list[str]:
        """Draw the widget."""
        if shown is not None:
            st.session_state[widget] = shown[0]
        return [st.selectbox(label, list(names), format_func=names.__getitem__, key=widget)]

    (chosen,) = address.choose(
        key,
        names,
        scope=" ".join([entries[0].corpus, *(names if otherwise else ())]),
        default=list(names)[:1],
        draw=draw,
        explain=_explanation(board, entries[0].corpus, otherwise=otherwise),
    )
    return by_key[chosen]


def pick_entries(
    board: Board,
    entries: Sequence[BoardEntry],
    *,
    corpus: str,
    label: str,
    key: str,
    count: int,
    otherwise: str = "",
) -> list[BoardEntry]:
    """Let the visitor pick several entries; the choice is kept in the page's URL.

    Args:
        board: The board.
        entries: Entries of the corpus to choose from. Without any, no widget is drawn.
        corpus: Name of the corpus.
        label: Label of the widget.
        key: Name of the query parameter, whose values are the keys of the entries.
        count: How many of the first entries are picked when the page opens with none in its URL.
        otherwise: Why an entry on this corpus may not be among them, as the rest of a sentence on it.
    """
    by_key, names = {entry.key: entry for entry in entries}, distinct_labels(entries)

    def draw(widget: str, shown: list[str] | None) -> list[str]:
        """Draw the widget."""
        if not names:
            return []
        if shown is not None:
            st.session_state[widget] = shown
        return st.multiselect(label, list(names), format_func=names.__getitem__, key=widget)

    chosen = address.choose(
        key,
        names,
        scope=corpus,
        default=list(names)[:count],
        draw=draw,
        explain=_explanation(board, corpus, otherwise=otherwise),
        most=None,
    )
    return [by_key[key] for key in chosen]


def pick_rows(
    board: Board, rows: Sequence[BoardRow], *, corpus: str, label: str, key: str, count: int, most: int
) -> dict[str, BoardRow]:
    """Let the visitor pick rows of the board, or single entries of them; the choice is kept in the URL.

    Args:
        board: The board.
        rows: The rows of the corpus, best first.
        corpus: Name of the corpus.
        label: Label of the widget.
        key: Name of the query parameter, whose values are the keys of rows or entries.
        count: How many of the first rows are picked when the page opens with none in its URL.
        most: How many can be picked at once.

    Returns:
        The picked rows in the order of the choice, keyed by labels, which are all different.
    """
    several = {row.key: row for row in rows if len(row.entries) > 1}
    singles = [row_of(entry) for row in rows for entry in row.entries]
    options = {row.key: row for row in rows} | {row.key: row for row in singles}
    row_labels = distinct_row_labels(rows)
    names = distinct_labels([row.first for row in singles]) | {
        key: f"{row_labels[key]}, {len(row.entries)} seeds" for key, row in several.items()
    }
    times = Counter(names.values())
    names = {key: f"{name} ({key[:KEY_LENGTH]})" if times[name] > 1 else name for key, name in names.items()}

    def draw(widget: str, shown: list[str] | None) -> list[str]:
        """Draw the widget."""
        if shown is not None:
            st.session_state[widget] = shown
        return st.multiselect(
            label, list(options), format_func=names.__getitem__, key=widget, max_selections=most
        )

    chosen = address.choose(
        key,
        {key: names[key] for key in options},
        scope=corpus,
        default=[row.key for row in rows[:count]],
        draw=draw,
        explain=_explanation(board, corpus, otherwise=""),
        most=most,
    )
    return {names[key]: options[key] for key in chosen}


def _entry_behind(board: Board, key: str) -> BoardEntry | None:
    """The entry with this key, or one of the configuration that has it; None if there is none."""
    if key in board.by_key:
        return board.by_key[key]
    return next((entry for entry in board.entries if entry.configuration == key), None)


def _explanation(board: Board, corpus: str, *, otherwise: str) -> Callable[[str], str]:
    """A function from the key of an entry to a sentence on why it is not among those to choose from."""

    def explain(key: str) -> str:
        """Why the entry with this key cannot be chosen, in Markdown."""
        entry = _entry_behind(board, key)
        if entry is None:
            return (
                f"No entry {address.quoted(key)} is on the board. A key changes with the content of its "
                "report, and an entry goes with its file."
            )
        name = f"The entry {address.quoted(key)}, {escape_markdown(entry.label)},"
        if entry.corpus != corpus:
            return (
                f"{name} was measured on {escape_markdown(entry.corpus)}, not on {escape_markdown(corpus)}."
            )
        if entry.key != key:
            return (
                f"{address.quoted(key)} is {escape_markdown(entry.name)} with all seeds; choose single ones."
            )
        return f"{name} {otherwise or 'cannot be chosen here'}."

    return explain


def pick_values(label: str, values: Sequence[str], *, key: str) -> list[str]:
    """Let the visitor pick several values for a filter; the choice is kept in the page's URL.

    Args:
        label: Label of the widget.
        values: The values to choose from.
        key: Name of the query parameter.

    Returns:
        The picked values; an empty list means that all values pass.
    """
    return address.say_refused(
        key,
        values,
        what=label.lower(),
        draw=lambda: st.multiselect(label, values, key=key, bind="query-params", placeholder="all"),
    )
