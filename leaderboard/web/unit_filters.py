"""The filters of the page "Explore": widgets whose values are kept in its address, and their summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.leaderboard.analysis.units import Unit, UnitFilter
from arts.leaderboard.web import address, choices
from arts.leaderboard.web.active_filters import ActiveFilter
from arts.leaderboard.web.escaping import escape_markdown


def pick_filters(units: Sequence[Unit], names: Mapping[str, str], *, corpus: str) -> UnitFilter:
    """Let the visitor pick filters of units; the choice is kept in the page's URL.

    Args:
        units: All units of the corpus.
        names: Labels of the entries whose predictions are shown, all different, keyed by the key of the
            entry. The filter knows them by their positions.
        corpus: Name of the corpus.
    """
    left, right = st.columns([2, 1])
    with left:
        text = st.text_input(
            "Search the texts", key="text", bind="query-params", placeholder="words in any order"
        )
    with right:
        ids = _pick_keys(
            "unit",
            "Unit",
            {unit.id: unit.id for unit in units},
            scope=corpus,
            otherwise=f"is the id of no unit of {escape_markdown(corpus)}",
        )
    with st.expander("Filter", icon=":material/filter_alt:"):
        filters = _pick_from_expander(units, names)
    return replace(filters, ids=ids, words=text.split())


def _pick_from_expander(units: Sequence[Unit], names: Mapping[str, str]) -> UnitFilter:
    """Let the visitor pick the filters that are not always in sight.

    Args:
        units: All units of the corpus.
        names: Labels of the entries whose predictions are shown, keyed by the key of the entry.
    """
    rules = sorted({rule for unit in units for rule in unit.rules})
    low, high = length_range(units)
    left, right = st.columns(2)
    with left:
        strategies = choices.pick_values("Strategy", [str(s) for s in PERTURBATIONS], key="strategy")
        polarities = choices.pick_values("Polarity of the target", [str(p) for p in Polarity], key="polarity")
        chosen_rules = choices.pick_values("Edit rule", rules, key="rule") if len(rules) > 1 else []
    with right:
        outcomes = {
            outcome: _pick_keys(
                outcome,
                f"{outcome.capitalize()} by",
                names,
                scope=" ".join(names),
                otherwise="is the key of no entry whose predictions are shown here",
            )
            for outcome in ("right", "wrong")
        }
        shortest, longest = st.slider(
            "Length (words)", low, high, (low, high), key="length", bind="query-params"
        )
        failed_by_all = st.toggle(
            "Failed by all entries",
            key="failed",
            bind="query-params",
            disabled=not names,
            help="Each chosen entry is wrong on the original or on one of the variants that are shown.",
        )
    positions = {outcome: [[*names].index(key) for key in keys] for outcome, keys in outcomes.items()}
    return UnitFilter(
        strategies=[Strategy(name) for name in strategies],
        polarities=[Polarity(name) for name in polarities],
        rules=chosen_rules,
        shortest=shortest,
        longest=longest,
        failed_by_all=failed_by_all and bool(names),
        right=positions["right"],
        wrong=positions["wrong"],
    )


def length_range(units: Sequence[Unit]) -> tuple[int, int]:
    """The smallest and the largest number of words of an original, which are at least one apart."""
    counts = [unit.word_count for unit in units]
    return min(counts), max(max(counts), min(counts) + 1)


def _pick_keys(
    parameter: str, label: str, names: Mapping[str, str], *, scope: str, otherwise: str
) -> list[str]:
    """Let the visitor pick any number of options that have a key, which the URL names; none at first.

    Args:
        parameter: Name of the query parameter, whose values are keys.
        label: Label of the widget.
        names: Labels of the options by key.
        scope: What the options depend on.
        otherwise: Why a key is not among the options, as the rest of a sentence on it.
    """

    def draw(widget: str, shown: list[str] | None) -> list[str]:
        """Draw the widget."""
        if shown is not None:
            st.session_state[widget] = shown
        return st.multiselect(
            label,
            list(names),
            format_func=names.__getitem__,
            key=widget,
            placeholder="all",
            disabled=not names,
        )

    return address.choose(
        parameter,
        names,
        scope=scope,
        default=[],
        draw=draw,
        explain=lambda key: f"{address.quoted(key)} {otherwise}.",
        most=None,
    )


def active_filters(
    filters: UnitFilter, units: Sequence[Unit], names: Mapping[str, str]
) -> Iterator[ActiveFilter]:
    """Yield each thing that units are filtered by.

    Args:
        filters: The filters.
        units: All units of the corpus.
        names: Labels of the entries whose predictions are shown, keyed by the key of the entry.
    """
    if filters.words:
        yield ActiveFilter("text", f"text: {' '.join(filters.words)}", unset="")
    for parameter, values in (
        ("unit", filters.ids),
        ("strategy", map(str, filters.strategies)),
        ("polarity", map(str, filters.polarities)),
        ("rule", filters.rules),
    ):
        yield from (ActiveFilter(parameter, f"{parameter}: {value}", value) for value in values)
    entries = list(names.items())
    for outcome, positions in (("right", filters.right), ("wrong", filters.wrong)):
        for key, label in (entries[position] for position in positions):
            yield ActiveFilter(outcome, f"{outcome}: {label}", key)
    if (filters.shortest, filters.longest) != (lengths := length_range(units)):
        yield ActiveFilter("length", f"length: {filters.shortest} to {filters.longest} words", unset=lengths)
    if filters.failed_by_all:
        yield ActiveFilter("failed", "failed: by all entries", unset=False)
