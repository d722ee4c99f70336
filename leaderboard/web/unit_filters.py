"""The filters of the page "Explore": widgets whose values are kept in its address, and their summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.leaderboard.analysis.units import Unit, UnitFilter
from arts.leaderboard.web import address, choices
from arts.leaderboard.web.escaping import escape_markdown

CHOSEN_BY_KEY = ("unit", "right", "wrong")  # parameters that are no keys of widgets
UNSET: Mapping[str, object] = {"text": "", "strategy": [], "polarity": [], "rule": [], "failed": False}


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


def show_active_filters(filters: UnitFilter, units: Sequence[Unit], names: Sequence[str]) -> None:
    """Show what units are filtered by, each with a button that removes the filter.

    Args:
        filters: The filters.
        units: All units of the corpus.
        names: Labels of the entries whose predictions are shown.
    """
    lengths = length_range(units)
    active = active_filters(filters, names, lengths=lengths)
    with st.container(horizontal=True, gap="small"):
        for parameter, text in active.items():
            st.button(
                escape_markdown(text),
                key=f"remove-{parameter}",
                icon=":material/close:",
                help="Remove this filter.",
                on_click=_remove_filters,
                args=([parameter], lengths),
            )
        if len(active) > 1:
            st.button("Remove all", key="remove-all", on_click=_remove_filters, args=([*active], lengths))


def active_filters(filters: UnitFilter, names: Sequence[str], *, lengths: tuple[int, int]) -> dict[str, str]:
    """What units are filtered by, in words, keyed by the query parameter.

    Args:
        filters: The filters.
        names: Labels of the entries whose predictions are shown.
        lengths: The smallest and the largest number of words of an original.
    """
    is_narrowed = (filters.shortest, filters.longest) != lengths
    values = {
        "text": " ".join(filters.words),
        "unit": ", ".join(filters.ids),
        "strategy": ", ".join(map(str, filters.strategies)),
        "polarity": ", ".join(map(str, filters.polarities)),
        "rule": ", ".join(filters.rules),
        "right": ", ".join(names[n] for n in filters.right),
        "wrong": ", ".join(names[n] for n in filters.wrong),
        "length": f"{filters.shortest} to {filters.longest} words" if is_narrowed else "",
        "failed": "by all entries" if filters.failed_by_all else "",
    }
    return {parameter: f"{parameter}: {value}" for parameter, value in values.items() if value}


def _remove_filters(parameters: Sequence[str], lengths: tuple[int, int]) -> None:
    """Let all units pass the filters of these query parameters, before the page runs again.

    Args:
        parameters: The query parameters.
        lengths: The smallest and the largest number of words.
    """
    for parameter in parameters:
        if parameter in CHOSEN_BY_KEY:
            st.query_params.pop(parameter, None)
        else:
            st.session_state[parameter] = ({**UNSET, "length": lengths})[parameter]
