"""Sections of a page on what interventions came to, beside the scores: merges, unlearning, pattern gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from arts.leaderboard.analysis.before_after import NOT_RECORDED, InterventionPair, number_text
from arts.leaderboard.web.escaping import escape_markdown


def show_outcomes(pairs: Sequence[InterventionPair]) -> None:
    """Show what reports record about merges and unlearning, and the pattern gaps that were measured.

    Args:
        pairs: The pairs.
    """
    merged = [pair for pair in pairs if pair.after.intervention == "merge"]
    if merged:
        with st.expander("What was merged", icon=":material/merge:"):
            for pair in merged:
                _show_merge(pair)
    unlearnt = [pair for pair in pairs if pair.after.intervention == "unlearn"]
    if unlearnt:
        with st.expander("What unlearning came to", icon=":material/ink_eraser:"):
            rows = [_unlearning_row(pair) for pair in unlearnt]
            st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")
            st.caption("kept: the step whose weights were kept; tokens: how many were trained on.")
    measured = [pair for pair in pairs if pair.report_after.pattern_gap]
    if measured:
        with st.expander("Pattern gap", icon=":material/compare:"):
            st.table(pd.DataFrame(map(_pattern_gap_row, measured)), hide_index=True, border="horizontal")
            st.caption(
                "Accuracy on ADDDIFF templates that were held out, minus that on templates seen in training: "
                "below zero, the pattern was learnt rather than the skill."
            )


def _show_merge(pair: InterventionPair) -> None:
    """Show a table of a merge: coefficients and norms of the task vectors, and the cosines between them.

    Args:
        pair: The pair; its entry `after` is the merged model.
    """
    record = pair.report_after.model.intervention or {}
    names = record.get("specialists")
    title = f"{escape_markdown(pair.after.label)}: coefficients, norms and cosines "
    if not isinstance(names, list) or len(set(map(str, names))) < len(names):
        st.markdown(title + NOT_RECORDED)
        return
    table = {"specialist": [*map(str, names)]}
    for column, field in (("coefficient", "coefficients"), ("norm", "norms")):
        table[column] = [number_text(value) for value in _list_of_length(record.get(field), len(names))]
    cosines = [_list_of_length(row, len(names)) for row in _list_of_length(record.get("cosines"), len(names))]
    for position, name in enumerate(names):
        table[f"cosine with {name}"] = [number_text(row[position]) for row in cosines]
    st.markdown(title)
    st.table(pd.DataFrame(table), hide_index=True, border="horizontal")


def _list_of_length(values: Any, length: int) -> list[Any]:
    """The values from a report if they are a list of `length` items; otherwise a list of `length` Nones."""
    return values if isinstance(values, list) and len(values) == length else [None] * length


def _unlearning_row(pair: InterventionPair) -> Mapping[str, str]:
    """A table row on unlearning: which step's weights were kept, why training stopped, after how many tokens.

    The row is keyed by the title of the column. Facts that the report of `after` lacks are "not recorded".
    """
    record = pair.report_after.model.intervention or {}
    fields = ("kept", "stopped", "tokens")
    facts = {field: escape_markdown(str(record.get(field, NOT_RECORDED))) for field in fields}
    return {"entry": escape_markdown(pair.after.label), **facts}


def _pattern_gap_row(pair: InterventionPair) -> Mapping[str, str]:
    """A row of the table of pattern gaps, keyed by the title of the column.

    It has the accuracies after the intervention, with ADDDIFF templates seen in training and with held-out
    ones, and the pattern gap before and after it. Values that were not measured read "not measured".
    """
    before, after = pair.report_before.pattern_gap, pair.report_after.pattern_gap
    columns = {
        "seen": after and after.seen,
        "held out": after and after.unseen,
        "gap before": before and before.gap,
        "gap": after and after.gap,
    }
    texts = {column: str(value or "not measured") for column, value in columns.items()}
    return {"entry": escape_markdown(pair.after.label), **texts}
