"""The page "Explore": units with their variants side by side, and what entries predict for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from arts.data.corpus import Corpus
from arts.data.corpus_registry import CORPUS_NAMES, RELEASED_CORPORA, is_available_locally, load_corpus
from arts.data.errors import ArtsError
from arts.leaderboard.analysis.entry_labels import distinct_labels
from arts.leaderboard.analysis.units import PredictionsById, Unit, predictions_by_id, units_of
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import address, choices, html_sentence, html_unit, page_state, unit_filters
from arts.leaderboard.web.active_filters import show_active_filters
from arts.leaderboard.web.escaping import error_markdown, escape_markdown

UNITS_PER_PAGE = 10
DEFAULT_ENTRIES = 3  # number of entries that are picked when the page opens
CACHED_ENTRIES = 64  # number of entries whose predictions stay in memory
SCROLL_UP = "<script>document.querySelector('[data-testid=stMain]').scrollTo(0, 0)</script>"


@st.cache_resource(max_entries=4, show_spinner="Reading the corpus …")
def cached_units(name: str, available: str) -> tuple[Corpus, list[Unit]]:
    """Read a corpus and group its test split into units; the result is cached.

    Args:
        name: Name of the corpus.
        available: Names of the corpora on this machine, as one text. When it changes, the corpus is read
            again.
    """
    corpus = load_corpus(name)
    return corpus, units_of(corpus.test)


@st.cache_resource(max_entries=CACHED_ENTRIES, show_spinner="Reading predictions …")
def cached_predictions(key: str, _entry: BoardEntry) -> PredictionsById:
    """The polarities that an entry predicts, keyed by instance id; cached by the first argument.

    Args:
        key: Key of the entry, and the checksum of its predictions.
        _entry: The entry; because of the leading underscore, streamlit leaves it out of the cache's key.
    """
    return predictions_by_id(_entry)


@st.cache_data(ttl=10, show_spinner=False)
def available_corpora() -> list[str]:
    """Names of the corpora on this machine: those of the paper first, the sample last."""
    return [
        *filter(is_available_locally, RELEASED_CORPORA),
        *(name for name in CORPUS_NAMES if name not in RELEASED_CORPORA),
    ]


def pick_corpus(board: Board) -> tuple[Corpus, list[Unit]]:
    """Let the visitor pick a corpus, and tell how to get the paper's corpora that are not on this machine.

    Returns:
        The corpus, and the units of its test split.
    """
    try:
        available = available_corpora()
        linked = choices.follow_link(board, "entries", corpora=available)
        corpus, units = cached_units(choices.pick_corpus(available, linked), " ".join(available))
    except ArtsError as error:
        st.error(error_markdown(error))
        page_state.end_page()
    if missing := [name for name in board.corpora if name in RELEASED_CORPORA and name not in available]:
        st.caption(
            f"Not on this machine: the text of {' and '.join(missing)}. Set ARTS_DATA_HOME to a copy of the "
            f"ARTS_TestSet repository, or run `arts evaluate --dataset {missing[0]}` once to download it."
        )
    return corpus, units


def pick_predictions(board: Board, corpus: Corpus) -> tuple[dict[str, str], list[PredictionsById]]:
    """Let the visitor pick entries whose predictions are shown.

    Args:
        board: The board.
        corpus: The corpus that is shown.

    Returns:
        Labels of the picked entries, all different, keyed by the key of the entry; and the predictions of
        each, a dict of predicted labels keyed by instance id.
    """
    usable = [e for e in board.on(corpus.name) if e.has_predictions and e.checksum == corpus.checksum]
    entries = choices.pick_entries(
        board,
        usable,
        corpus=corpus.name,
        label="Entries",
        key="entries",
        count=DEFAULT_ENTRIES,
        otherwise=f"has no predictions here for this version of {escape_markdown(corpus.name)}",
    )
    if not usable:
        st.info(
            f"No entry on {corpus.name} has its predictions here; only the sentences are shown. "
            f"`arts evaluate --dataset {corpus.name} --output results` adds one."
        )
        return {}, []
    labels = distinct_labels(usable)
    names, predictions = dict[str, str](), list[PredictionsById]()
    for entry in entries:
        try:
            predictions.append(cached_predictions(f"{entry.key} {entry.predictions_checksum}", entry))
            names[entry.key] = labels[entry.key]
        except ArtsError as error:
            st.warning(f"{escape_markdown(entry.label)}: {error_markdown(error)}")
    return names, predictions


def pick_page(count: int, state: object) -> int:
    """Let the visitor turn pages of units, beginning again with the first page when the filters change.

    Args:
        count: Number of units that pass the filters.
        state: Everything that decides which units pass: corpus, filters and entries.

    Returns:
        Number of the page, counted from 1.
    """
    pages = -(-count // UNITS_PER_PAGE)
    before = st.session_state.get("explored")
    st.session_state["explored"] = state
    if "page" in st.session_state and (before not in (None, state) or st.session_state["page"] > pages):
        st.session_state["page"] = 1
    return address.say_refused(
        "page",
        [str(number + 1) for number in range(pages)],
        what="page",
        draw=lambda: st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1,
    )


def turn_page_below(page: int, count: int) -> None:
    """Let the visitor turn pages below the units, too, and begin at the top of the next one.

    Args:
        page: Number of the page that is shown, counted from 1.
        count: Number of units that pass the filters.
    """

    def turn() -> None:
        """Turn the page before the script runs again, and its top comes into sight."""
        st.session_state["page"] = st.session_state["page below"]
        st.session_state["turned below"] = True

    if count > UNITS_PER_PAGE:
        st.session_state["page below"] = page
        st.pagination(-(-count // UNITS_PER_PAGE), key="page below", on_change=turn)
    if st.session_state.pop("turned below", False):
        st.html(SCROLL_UP, unsafe_allow_javascript=True)


def show_units(
    units: Sequence[Unit], names: Mapping[str, str], predictions: Sequence[PredictionsById], *, corpus: str
) -> None:
    """Show units one below another, each with its variants side by side and a link to it.

    Args:
        units: The units of the page.
        names: Labels of the picked entries, keyed by the key of the entry.
        predictions: The predictions of each, as `pick_predictions` returns them.
        corpus: Name of the corpus.
    """
    by_name = dict(zip(names.values(), predictions, strict=True))
    st.html(html_sentence.legend_html())
    for unit in units:
        with st.container(border=True):
            page_state.show_link(
                "explore",
                f"{escape_markdown(unit.id)} · {unit.word_count} words",
                corpus=corpus,
                unit=unit.id,
                entries=[*names],
            )
            summary = html_unit.unit_summary_html(unit, by_name)
            st.html(summary + html_unit.cards_html(html_unit.unit_cards(unit, by_name)))


def main() -> None:
    """Show the page "Explore"."""
    board = page_state.board()
    page_state.show_heading(
        "explore",
        "Each original beside its variants: what the edits removed and inserted, and who was right on which.",
    )
    st.html(html_unit.STYLE)
    corpus, units = pick_corpus(board)
    names, predictions = pick_predictions(board, corpus)
    filters = unit_filters.pick_filters(units, names, corpus=corpus.name)
    show_active_filters(list(unit_filters.active_filters(filters, units, names)))
    passing = filters.apply(units, predictions)
    if not passing:
        st.info(f"None of the {len(units):,} units of {corpus.name} passes. Clear a filter.")
        return
    page = pick_page(len(passing), (corpus.name, filters, tuple(names)))
    first = (page - 1) * UNITS_PER_PAGE
    shown = passing[first : first + UNITS_PER_PAGE]
    st.caption(f"Units {first + 1:,} to {first + len(shown):,} of {len(passing):,} ({len(units):,} in all).")
    show_units(shown, names, predictions, corpus=corpus.name)
    turn_page_below(page, len(passing))


main()
