"""What interventions bring: the same models before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from arts.data.corpus_registry import CORPUS_NAMES
from arts.interventions.registry import intervention_names
from arts.leaderboard.analysis.before_after import (
    SCORES,
    TITLES,
    InterventionPair,
    compare_units,
    mean_gains,
    p_text,
    score_of,
)
from arts.leaderboard.web import charts, entry_cache, page_state
from arts.leaderboard.web.escaping import escape_markdown

COMMAND = "arts evaluate --dataset {} --model bert --intervention {} --output results"
SAMPLE = "sample"
NOT_RECORDED = "not recorded"


def empty(corpus: str) -> None:
    """Say how to have something here."""
    st.info(f"No entry on {escape_markdown(corpus)} has an intervention beside the same model without.")
    st.markdown("Each of these measures a model plain and with an intervention:")
    dataset = corpus if corpus in CORPUS_NAMES else SAMPLE
    st.code(
        "\n".join(COMMAND.format(dataset, kind) for kind in intervention_names()),
        language="bash",
        wrap_lines=True,
    )


def slope_chart(means: pd.DataFrame, pair: InterventionPair, score: str) -> None:
    """A line a model, from the mean before to the mean after; the pair is one of them."""
    stages = (pair.start.split()[0], pair.way.split()[0].rstrip(","))
    rows = pd.DataFrame(
        {"model": row.model, "stage": stage, "value": round(value, 2)}
        for row in means.itertuples()
        for stage, value in zip(stages, (row.before, row.after), strict=True)
    )
    said = "; ".join(f"{row.model}: {row.before:.1f} to {row.after:.1f}" for row in means.itertuples())
    charts.show(
        charts.slopes(rows, stages, TITLES[score]), f"{TITLES[score]} before and after {pair.title}. {said}"
    )


def gains(means: pd.DataFrame) -> None:
    """Means over seeds, and the gain with its range."""
    shown = pd.DataFrame(
        {
            "model": means["model"],
            "seeds": means["seeds"],
            "before": means["before"].map("{:.1f}".format),
            "after": means["after"].map("{:.1f}".format),
            "gain": [spread(row.gain, row.least, row.most, row.seeds) for row in means.itertuples()],
        }
    )
    st.table(shown, hide_index=True, border="horizontal")
    st.caption("Means over seeds; of the gain, also the least and the most of a seed, in points.")


def spread(mean: float, least: float, most: float, seeds: int) -> str:
    """A mean with the range that it is of."""
    return f"{mean:+.1f}" + (f" ({least:+.1f} to {most:+.1f})" if seeds > 1 else "")


def tests(pairs: Sequence[InterventionPair], score: str, corpus: str) -> None:
    """A line a pair: the gain, and the paired test on units; a pair can be opened."""
    rows = [test_row(pair, score) for pair in pairs]
    picked = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "model": st.column_config.TextColumn("model", pinned=True),
            "gain": st.column_config.NumberColumn("gain", format="%+.2f"),
            "test": st.column_config.TextColumn("test of ARS", help="Exact McNemar test on units."),
        },
        on_select="rerun",
        selection_mode="single-row",
        key="pairs",
        alt=f"{len(rows)} pairs of a plain entry and one with the intervention, with a test each",
    )
    for place in picked["selection"]["rows"][:1]:
        pair = pairs[place]
        page_state.link(
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


def test_row(pair: InterventionPair, score: str) -> Mapping[str, Any]:
    """What one pair shows."""
    before, after = score_of(pair.before, score), score_of(pair.after, score)
    apart = compare_units(pair.before, pair.after)
    won, lost = apart[:2] if apart else (None, None)
    return {
        "model": pair.after.model,
        "seed": pair.after.seed,
        "before": before and before.value,
        "after": after and after.value,
        "gain": round(after.value - before.value, 2) if before and after else None,
        "units won": won,
        "units lost": lost,
        "test": p_text(apart[2]) if apart else None,
    }


def outcomes(pairs: Sequence[InterventionPair]) -> None:
    """What a merge or unlearning came to, as recorded in the reports."""
    kind = pairs[0].after.intervention
    if kind == "merge":
        st.subheader("What was merged")
        for pair in pairs:
            merged(pair)
    elif kind == "unlearn":
        st.subheader("What unlearning came to")
        st.table(pd.DataFrame(unlearnt(pair) for pair in pairs), hide_index=True, border="horizontal")
        st.caption("kept: the step whose weights are kept; tokens: trained on.")
    if any(pair.report.pattern_gap for pair in pairs):
        st.subheader("Pattern gap")
        st.table(pd.DataFrame(map(gap, pairs)), hide_index=True, border="horizontal")
        st.caption(
            "Accuracy on ADDDIFF templates that were held out, minus that on those trained with: below zero, "
            "the pattern was learnt rather than the skill."
        )


def merged(pair: InterventionPair) -> None:
    """Coefficients, norms and cosines of a merge."""
    record = pair.report.model.intervention or {}
    names = record.get("specialists")
    title = f"{escape_markdown(pair.after.label)}: coefficients, norms and cosines "
    if not isinstance(names, list):
        st.markdown(title + NOT_RECORDED)
        return
    table = {"specialist": names}
    for column, key in (("coefficient", "coefficients"), ("norm", "norms")):
        table[column] = [number(value) for value in padded(record.get(key), len(names))]
    for place, name in enumerate(names):
        lines = padded(record.get("cosines"), len(names))
        table[f"cosine with {name}"] = [number(padded(line, len(names))[place]) for line in lines]
    st.markdown(title)
    st.table(pd.DataFrame(table), hide_index=True, border="horizontal")


def padded(values: Any, length: int) -> list[Any]:
    """A list of that length; of nothing, where the report has none such."""
    return values if isinstance(values, list) and len(values) == length else [None] * length


def number(value: Any) -> str:
    """A number of a report, for a table.

    Example:
        >>> number(0.33333), number(None), number([0.2, 0.4])
        ('0.333', 'not recorded', '0.2 to 0.4')
    """
    if isinstance(value, list) and value:  # by layer
        return f"{number(min(value))} to {number(max(value))}"
    return f"{value:.3g}" if isinstance(value, int | float) else NOT_RECORDED


def unlearnt(pair: InterventionPair) -> Mapping[str, str]:
    """Where unlearning stopped, and why."""
    record = pair.report.model.intervention or {}
    facts = {
        key: escape_markdown(str(record.get(key, NOT_RECORDED))) for key in ("kept", "stopped", "tokens")
    }
    return {"entry": escape_markdown(pair.after.label), **facts}


def gap(pair: InterventionPair) -> Mapping[str, str]:
    """The pattern gap of a pair's second, and of its first where that was trained with the same templates."""
    before, after = (report.pattern_gap for report in (pair.earlier, pair.report))
    columns = {
        "seen": after and after.seen,
        "held out": after and after.unseen,
        "gap before": before and before.gap,
        "gap": after and after.gap,
    }
    return {
        "entry": escape_markdown(pair.after.label),
        **{k: str(v or "not measured") for k, v in columns.items()},
    }


def main() -> None:
    """The page."""
    page_state.heading(
        "interventions",
        "Each model beside itself: the same start and seed, without and with adversarial training, merging "
        "of specialists, or unlearning of a pattern.",
    )
    board = page_state.board()
    if not board.entries:
        empty("the board")
        return
    corpus = page_state.pick_corpus(board.corpora)
    pairs = entry_cache.pairs_on(corpus)
    if not pairs:
        empty(corpus)
        return
    way = st.selectbox("Intervention", sorted({pair.title for pair in pairs}), key="way", bind="query-params")
    score = st.segmented_control(
        "Score",
        SCORES,
        default="ars",
        format_func=TITLES.__getitem__,
        key="score",
        bind="query-params",
        required=True,
    )
    chosen = sorted(
        (pair for pair in pairs if pair.title == way),
        key=lambda pair: (pair.after.model, pair.after.encoder, pair.after.seed or 0, pair.after.key),
    )
    means = mean_gains(chosen, str(score))
    if means.empty:
        st.info(f"{escape_markdown(corpus)} has no variants of this kind. Choose another score.")
        return
    left, right = st.columns(2, gap="large")
    with left:
        slope_chart(means, chosen[0], str(score))
    with right:
        gains(means)
    st.subheader("Seed by seed")
    tests(chosen, str(score), corpus)
    outcomes(chosen)


main()
