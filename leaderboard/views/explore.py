"""The page "Explore": units with their variants side by side, and what entries predict for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from arts.data.corpus import Corpus
from arts.data.corpus_registry import CORPUS_NAMES, RELEASED_CORPORA, is_available_locally, load_corpus
from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.leaderboard.analysis.entry_labels import distinct_labels
from arts.leaderboard.analysis.units import PredictionsById, Unit, UnitFilter, predictions_by_id, units_of
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import address, choices, html_sentence, html_unit, page_state
from arts.leaderboard.web.escaping import escape_markdown

UNITS_PER_PAGE = 10
DEFAULT_ENTRIES = 3  # number of entries that are picked when the page opens
CACHED_ENTRIES = 64  # number of entries whose predictions stay in memory


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
        st.error(escape_markdown(str(error)))
        st.stop()
    if missing := [name for name in board.corpora if name in RELEASED_CORPORA and name not in available]:
        st.caption(
            f"Not on this machine: the text of {' and '.join(missing)}. Set ARTS_DATA_HOME to a copy of the "
            f"ARTS_TestSet repository, or run `arts evaluate --dataset {missing[0]}` once to download it."
        )
    return corpus, units


def pick_predictions(board: Board, corpus: Corpus) -> dict[str, PredictionsById]:
    """Let the visitor pick entries whose predictions are shown.

    Args:
        board: The board.
        corpus: The corpus that is shown.

    Returns:
        The predictions of the picked entries, keyed by their labels, which are all different. Each value is a
        dict of predicted polarities, keyed by instance id.
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
        return {}
    names = distinct_labels(usable)
    predictions = {}
    for entry in entries:
        try:
            predictions[names[entry.key]] = cached_predictions(
                f"{entry.key} {entry.predictions_checksum}", entry
            )
        except ArtsError as error:
            st.warning(escape_markdown(f"{entry.label}: {error}"))
    return predictions


def pick_filters(units: Sequence[Unit], predictions: Mapping[str, PredictionsById]) -> UnitFilter:
    """Let the visitor pick filters of units; the choice is kept in the page's URL.

    Args:
        units: All units of the corpus.
        predictions: The predictions of the picked entries, keyed by label.
    """
    rules = sorted({rule for unit in units for rule in unit.rules})
    counts = [unit.word_count for unit in units]
    low, high = min(counts), max(max(counts), min(counts) + 1)
    with st.expander("Filter", icon=":material/filter_alt:"):
        left, right = st.columns(2)
        with left:
            strategies = choices.pick_values("Strategy", [str(s) for s in PERTURBATIONS], key="strategy")
            polarities = choices.pick_values(
                "Polarity of the target", [str(p) for p in Polarity], key="polarity"
            )
        with right:
            shortest, longest = st.slider(
                "Length (words)", low, high, (low, high), key="length", bind="query-params"
            )
            chosen_rules = choices.pick_values("Edit rule", rules, key="rule") if len(rules) > 1 else []
            failed_by_all = st.toggle(
                "Failed by all entries",
                key="failed",
                bind="query-params",
                disabled=not predictions,
                help="Each chosen entry is wrong on the original or on one of the variants that are shown.",
            )
    return UnitFilter(
        strategies=[Strategy(name) for name in strategies],
        polarities=[Polarity(name) for name in polarities],
        rules=chosen_rules,
        shortest=shortest,
        longest=longest,
        failed_by_all=failed_by_all and bool(predictions),
    )


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


def show_units(units: Sequence[Unit], predictions: Mapping[str, PredictionsById]) -> None:
    """Show units one below another, each with its variants side by side.

    Args:
        units: The units of the page.
        predictions: The predictions of the picked entries, keyed by label. Each value is a dict of predicted
            polarities, keyed by instance id.
    """
    st.html(html_sentence.legend_html())
    for unit in units:
        with st.container(border=True):
            st.caption(f"{unit.id} · {unit.word_count} words".replace("_", r"\_"))
            st.html(html_unit.cards_html(html_unit.unit_cards(unit, predictions)))


def main() -> None:
    """Show the page "Explore"."""
    board = page_state.board()
    page_state.show_heading(
        "explore",
        "Each original beside its variants: what the edits removed and inserted, and who was right on which.",
    )
    st.html(html_unit.STYLE)
    corpus, units = pick_corpus(board)
    predictions = pick_predictions(board, corpus)
    filters = pick_filters(units, predictions)
    passing = filters.apply(units, list(predictions.values()))
    if not passing:
        st.info(f"None of the {len(units):,} units of {corpus.name} passes. Clear a filter.")
        return
    page = pick_page(len(passing), (corpus.name, filters, tuple(predictions)))
    first = (page - 1) * UNITS_PER_PAGE
    shown = passing[first : first + UNITS_PER_PAGE]
    st.caption(f"Units {first + 1:,} to {first + len(shown):,} of {len(passing):,} ({len(units):,} in all).")
    show_units(shown, predictions)


main()
