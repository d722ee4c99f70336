"""The page "Interventions": what the same models score without and with an intervention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from arts.data.corpus_registry import CORPUS_NAMES, SAMPLE
from arts.data.support.rounding import decimal_text, p_value_text, round_half_up
from arts.interventions.registry import intervention_names
from arts.leaderboard.analysis.before_after import (
    NOT_RECORDED,
    InterventionPair,
    gain_text,
    mean_gains,
    number_text,
)
from arts.leaderboard.analysis.entry_scores import SCORES, TITLES, score_of
from arts.leaderboard.analysis.unit_comparison import compare_units
from arts.leaderboard.web import address, charts, choices, entry_cache, page_state, selectable_table
from arts.leaderboard.web.escaping import escape_markdown

COMMAND = "arts evaluate --dataset {} --model bert --intervention {} --output results"


def show_no_pairs(corpus: str) -> None:
    """Show that no model was measured both without and with an intervention, and how to measure one so."""
    st.info(f"No entry on {escape_markdown(corpus)} has an intervention beside the same model without.")
    st.markdown("Each of these commands measures a model without and with an intervention:")
    dataset = corpus if corpus in CORPUS_NAMES else SAMPLE
    commands = [COMMAND.format(dataset, name) for name in intervention_names()]
    st.code("\n".join(commands), language="bash", wrap_lines=True)


def show_slopes(gains: pd.DataFrame, pair: InterventionPair, *, score: str) -> None:
    """Show a chart with one line per model, from its mean score before the intervention to that after it.

    Args:
        gains: One row per model, as `mean_gains` makes them.
        pair: Any of the pairs that `gains` averages; its `start` and `intervention` label the axis.
        score: Name of the score.
    """
    stages = (pair.start.split()[0], pair.intervention.split()[0].rstrip(","))
    rows = pd.DataFrame(
        {"model": row.model, "stage": stage, "value": round_half_up(value)}
        for row in gains.itertuples()
        for stage, value in zip(stages, (row.before, row.after), strict=True)
    )
    summary = "; ".join(
        f"{row.model}: {decimal_text(row.before)} to {decimal_text(row.after)}" for row in gains.itertuples()
    )
    page_state.show_chart(
        charts.before_after_slopes(rows, stages, title=TITLES[score]),
        f"{TITLES[score]} before and after {pair.title}. {summary}",
    )


def show_gains(gains: pd.DataFrame) -> None:
    """Show a table of mean scores before and after, and of mean gains with their range over seeds.

    Args:
        gains: One row per model, as `mean_gains` makes them.
    """
    table = pd.DataFrame(
        {
            "model": gains["model"],
            "seeds": gains["seeds"],
            "before": gains["before"].map(decimal_text),
            "after": gains["after"].map(decimal_text),
            "gain": [
                gain_text(row.gain, (row.least, row.most) if row.seeds > 1 else ())
                for row in gains.itertuples()
            ],
        }
    )
    st.table(table, hide_index=True, border="horizontal")
    st.caption("Means over seeds; beside the gain, the smallest and largest gain of a seed, in points.")


def show_pairs(pairs: Sequence[InterventionPair], score: str, *, corpus: str) -> None:
    """Show a table of pairs with gains and tests, and a link that compares the selected pair.

    Args:
        pairs: The pairs of one intervention.
        score: Name of the score.
        corpus: Name of the corpus.
    """
    rows = [pair_row(pair, score) for pair in pairs]
    by_key = {f"{pair.before.key} {pair.after.key}": pair for pair in pairs}
    ticked = selectable_table.pick_rows(
        pd.DataFrame(rows),
        table="pairs",
        names={
            key: f"{pair.after.label} beside {pair.before.label} on {corpus}" for key, pair in by_key.items()
        },
        several=False,
        column_config={
            "model": st.column_config.TextColumn("model", pinned=True),
            "gain": st.column_config.NumberColumn("gain", format="%+.2f"),
            "test": st.column_config.TextColumn(
                "test of ARS", help="Exact paired test, over sentences where they are known."
            ),
        },
        alt=f"{len(rows)} pairs of a plain entry and one with the intervention, with a test each",
    )
    for key in ticked:
        pair = by_key[key]
        page_state.show_link(
            "compare",
            f"Compare {escape_markdown(pair.after.label)} with {escape_markdown(pair.before.label)}",
            corpus=corpus,
            entries=[pair.after.key, pair.before.key],
        )
    st.caption(
        "Units won are right only with the intervention, units lost only without. Select a row to compare "
        "the two."
    )
    if any(row["test"] is None for row in rows):
        st.caption("Where the test is missing, predictions are: both entries need theirs.")


def pair_row(pair: InterventionPair, score: str) -> Mapping[str, Any]:
    """The row of a pair in the table of pairs, keyed by the title of the column.

    Values are None where the score or the test is not available.

    Args:
        pair: The pair.
        score: Name of the score.
    """
    before, after = score_of(pair.before, score), score_of(pair.after, score)
    difference = compare_units(pair.before, pair.after)
    return {
        "model": pair.after.model,
        "seed": pair.after.seed,
        "before": before and before.value,
        "after": after and after.value,
        "gain": round_half_up(after.value - before.value) if before and after else None,
        "units won": difference and difference.won,
        "units lost": difference and difference.lost,
        "test": p_value_text(difference.p_value) if difference else None,
    }


def show_outcomes(pairs: Sequence[InterventionPair]) -> None:
    """Show what the reports record about a merge or about unlearning, and the pattern gap if it was measured.

    Args:
        pairs: The pairs of one intervention.
    """
    intervention = pairs[0].after.intervention
    if intervention == "merge":
        st.subheader("What was merged")
        for pair in pairs:
            show_merge(pair)
    elif intervention == "unlearn":
        st.subheader("What unlearning came to")
        rows = [unlearning_row(pair) for pair in pairs]
        st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")
        st.caption("kept: the step whose weights were kept; tokens: how many were trained on.")
    if any(pair.report_after.pattern_gap for pair in pairs):
        st.subheader("Pattern gap")
        st.table(pd.DataFrame(map(pattern_gap_row, pairs)), hide_index=True, border="horizontal")
        st.caption(
            "Accuracy on ADDDIFF templates that were held out, minus that on templates seen in training: "
            "below zero, the pattern was learnt rather than the skill."
        )


def show_merge(pair: InterventionPair) -> None:
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
        table[column] = [number_text(value) for value in list_of_length(record.get(field), len(names))]
    cosines = [list_of_length(row, len(names)) for row in list_of_length(record.get("cosines"), len(names))]
    for position, name in enumerate(names):
        table[f"cosine with {name}"] = [number_text(row[position]) for row in cosines]
    st.markdown(title)
    st.table(pd.DataFrame(table), hide_index=True, border="horizontal")


def list_of_length(values: Any, length: int) -> list[Any]:
    """The values from a report if they are a list of `length` items; otherwise a list of `length` Nones."""
    return values if isinstance(values, list) and len(values) == length else [None] * length


def unlearning_row(pair: InterventionPair) -> Mapping[str, str]:
    """A table row on unlearning: which step's weights were kept, why training stopped, after how many tokens.

    The row is keyed by the title of the column. Facts that the report of `after` lacks are "not recorded".
    """
    record = pair.report_after.model.intervention or {}
    fields = ("kept", "stopped", "tokens")
    facts = {field: escape_markdown(str(record.get(field, NOT_RECORDED))) for field in fields}
    return {"entry": escape_markdown(pair.after.label), **facts}


def pattern_gap_row(pair: InterventionPair) -> Mapping[str, str]:
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


def pick_pairs(pairs: Sequence[InterventionPair]) -> tuple[list[InterventionPair], str]:
    """Let the visitor pick an intervention and a score.

    Args:
        pairs: All pairs on the corpus.

    Returns:
        The pairs of the picked intervention, ordered by model and seed, and the name of the score.
    """
    titles = sorted({pair.title for pair in pairs})
    title = address.say_refused(
        "way",
        titles,
        what="intervention",
        draw=lambda: st.selectbox("Intervention", titles, key="way", bind="query-params"),
    )
    score = address.say_refused(
        "score",
        TITLES.values(),
        what="score",
        draw=lambda: st.segmented_control(
            "Score",
            SCORES,
            default="ars",
            format_func=TITLES.__getitem__,
            key="score",
            bind="query-params",
            required=True,
        ),
    )
    chosen = sorted(
        (pair for pair in pairs if pair.title == title),
        key=lambda pair: (pair.after.model, pair.after.encoder, pair.after.seed or 0, pair.after.key),
    )
    return chosen, str(score)


def main() -> None:
    """Show the page "Interventions"."""
    page_state.show_heading(
        "interventions",
        "Each model beside itself: the same start and seed, without and with adversarial training, merging "
        "of specialists, or unlearning of a pattern.",
    )
    board = page_state.board()
    if not board.entries:
        show_no_pairs("the board")
        return
    corpus = choices.pick_corpus(board.corpora)
    all_pairs = entry_cache.pairs_on(corpus)
    if not all_pairs:
        show_no_pairs(corpus)
        return
    pairs, score = pick_pairs(all_pairs)
    gains = mean_gains(pairs, score)
    if gains.empty:
        st.info(f"{escape_markdown(corpus)} has no variants of this kind. Choose another score.")
        return
    left, right = st.columns(2, gap="large")
    with left:
        show_slopes(gains, pairs[0], score=score)
    with right:
        show_gains(gains)
    st.subheader("Seed by seed")
    show_pairs(pairs, score, corpus=corpus)
    show_outcomes(pairs)


main()
