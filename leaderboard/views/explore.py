"""Explore: units and their variants side by side, with what entries answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from arts.data.corpus import Corpus
from arts.data.corpus_registry import NAMES, REGISTRY, is_at_hand, load_corpus
from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.leaderboard.analysis.units import Answers, Filters, Unit, answers_of, units_of
from arts.leaderboard.store.entry import Entry
from arts.leaderboard.web import html_sentence, html_unit, page_state

SHOWN = 10  # units a page
FIRST = 3  # entries that are chosen by default
KEPT = 64  # entries whose answers are kept in memory


@st.cache_resource(max_entries=4, show_spinner="Reading the corpus …")
def units(name: str, at_hand: str) -> tuple[Corpus, list[Unit]]:
    """A corpus and its units; `at_hand` changes when corpora come or go."""
    corpus = load_corpus(name)
    return corpus, units_of(corpus.test)


@st.cache_resource(max_entries=KEPT, show_spinner="Reading answers …")
def answers(key: str, _entry: Entry) -> Answers:
    """What an entry answered."""
    return answers_of(_entry)


@st.cache_data(ttl=10, show_spinner=False)
def at_hand() -> list[str]:
    """The corpora whose text is here: those of the paper first, the sample last."""
    return [*filter(is_at_hand, REGISTRY), *(name for name in NAMES if name not in REGISTRY)]


def pick_corpus(measured: Sequence[str]) -> tuple[Corpus, list[Unit]]:
    """The corpus to show, and what to do about those that are not here."""
    try:
        here = at_hand()
        corpus, found = units(page_state.pick_corpus(here), " ".join(here))
    except ArtsError as error:
        st.error(str(error))
        st.stop()
    if missing := [name for name in measured if name in REGISTRY and name not in here]:
        st.caption(
            f"Not on this machine: the text of {' and '.join(missing)}. Set ARTS_DATA_HOME to a copy of the "
            f"ARTS_TestSet repository, or run `arts evaluate --dataset {missing[0]}` once, which fetches it."
        )
    return corpus, found


def pick_answers(corpus: Corpus, entries: Sequence[Entry]) -> dict[str, Answers]:
    """The answers of the chosen entries, by what to call these."""
    answered = [e for e in entries if e.has_answers and e.checksum == corpus.checksum]
    if not answered:
        st.info(
            f"No entry on {corpus.name} has its predictions here; only the sentences are shown. "
            f"`arts evaluate --dataset {corpus.name} --output results` adds one."
        )
        return {}
    names, found = page_state.distinct(answered), dict[str, Answers]()
    for entry in page_state.pick_entries("Entries", answered, "entries", first=FIRST):
        try:
            found[names[entry.key]] = answers(entry.key, entry)
        except ArtsError as error:
            st.warning(f"{entry.label}: {error}")
    return found


def choose(found: Sequence[Unit], chosen: Mapping[str, Answers]) -> Filters:
    """The filters, kept in the address."""
    rules = sorted({rule for unit in found for rule in unit.rules})
    lengths = [unit.words for unit in found]
    low, high = min(lengths), max(max(lengths), min(lengths) + 1)
    with st.expander("Filter", icon=":material/filter_alt:"):
        left, right = st.columns(2)
        with left:
            strategies = several("Strategy", [str(s) for s in PERTURBATIONS], "strategy")
            polarities = several("Polarity of the target", [str(p) for p in Polarity], "polarity")
        with right:
            shortest, longest = st.slider(
                "Length (words)", low, high, (low, high), key="length", bind="query-params"
            )
            picked = several("Edit rule", rules, "rule") if len(rules) > 1 else []
            failed = st.toggle(
                "Everybody fails",
                key="failed",
                bind="query-params",
                disabled=not chosen,
                help="Each chosen entry is wrong on the original or on one of the variants that are shown.",
            )
    return Filters(
        [Strategy(name) for name in strategies],
        [Polarity(name) for name in polarities],
        picked,
        shortest,
        longest,
        failed and bool(chosen),
    )


def several(label: str, options: Sequence[str], key: str) -> list[str]:
    """A choice of several; none means all."""
    return st.multiselect(label, options, key=key, bind="query-params", placeholder="all")


def pick_page(count: int, state: object) -> int:
    """The page, from 1; the first again when what is shown has changed."""
    pages = -(-count // SHOWN)
    before = st.session_state.get("explored")
    st.session_state["explored"] = state
    if "page" in st.session_state and (before not in (None, state) or st.session_state["page"] > pages):
        st.session_state["page"] = 1
    return st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1


board = page_state.board()
page_state.heading(
    "explore",
    "Each original beside its variants: what the edits took out and put in, and who was right on which.",
)
st.html(html_unit.STYLE)
corpus, found = pick_corpus(board.corpora)
chosen = pick_answers(corpus, board.on(corpus.name))
filters = choose(found, chosen)
passing = filters.apply(found, list(chosen.values()))
if not passing:
    st.info(f"None of the {len(found):,} units of {corpus.name} passes. Clear a filter.")
    st.stop()
page = pick_page(len(passing), (corpus.name, filters, tuple(chosen)))
first = (page - 1) * SHOWN
shown = passing[first : first + SHOWN]
st.caption(f"Units {first + 1:,} to {first + len(shown):,} of {len(passing):,} ({len(found):,} in all).")
st.html(html_sentence.legend())
for unit in shown:
    with st.container(border=True):
        st.caption(f"{unit.id} · {unit.words} words".replace("_", r"\_"))
        st.html(html_unit.side_by_side(unit.cards(chosen)))
