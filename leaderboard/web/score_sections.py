"""Sections of a page that show the scores of one entry as tables and charts."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from arts.data.support.rounding import decimal_text, round_half_up
from arts.evaluation.benchmark_layout import POLARITIES
from arts.evaluation.metrics import PREDICTED_LABELS
from arts.evaluation.probe_summary import HEADINGS as PROBE_HEADINGS
from arts.evaluation.probe_summary import probe_rows, probe_verdicts
from arts.evaluation.report import Report
from arts.evaluation.scores import Scores
from arts.leaderboard.analysis.entry_scores import TITLES, floors_text, interval_text
from arts.leaderboard.web import charts, page_state
from arts.leaderboard.web.escaping import escape_markdown

# Title of the column: field of `StrategyScore`.
COLUMNS = {"on originals": "original", "on variants": "perturbed", "on both": "both"}


def show_scores_by_strategy(scores: Scores) -> None:
    """Show for each strategy the accuracy on its variants, on their originals, and on pairs of the two.

    A pair counts as right if the original and the variant are both predicted right.
    """
    st.subheader("By strategy")
    if not scores.strategies:
        st.caption("The corpus has no variants.")
        return
    table = [
        {
            "strategy": TITLES[strategy],
            "variants": score.count,
            **{title: interval_text(getattr(score, field)) for title, field in COLUMNS.items()},
        }
        for strategy, score in scores.strategies.items()
    ]
    st.table(pd.DataFrame(table), hide_index=True, border="horizontal")
    chart_rows = [
        {"score": TITLES[strategy], "series": title, **getattr(score, field).model_dump()}
        for strategy, score in scores.strategies.items()
        for title, field in COLUMNS.items()
    ]
    summary = "; ".join(f"{row['strategy']}: {row['on originals']} to {row['on variants']}" for row in table)
    page_state.show_chart(
        charts.score_intervals(pd.DataFrame(chart_rows), "accuracy"), f"Accuracy by strategy. {summary}"
    )


def show_scores_by_polarity(scores: Scores) -> None:
    """Show recall, F1 and ARS for each gold polarity."""
    st.subheader("By polarity")
    rows = [
        {
            "gold label": str(polarity),
            "originals": score.count,
            "recall": interval_text(score.accuracy),
            "F1": decimal_text(score.f1),
            "ARS": interval_text(score.ars),
        }
        for polarity, score in scores.polarities.items()
    ]
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")


def show_confusion_matrix(scores: Scores) -> None:
    """Show the confusion matrix of the originals."""
    st.subheader("Confusion matrix")
    rows = pd.DataFrame(
        {
            "gold": str(gold),
            "predicted": str(predicted),
            "count": count,
            "share": round_half_up(100 * count / max(sum(counts), 1), 1),
        }
        for gold, counts in zip(POLARITIES, scores.confusion, strict=True)
        for predicted, count in zip(PREDICTED_LABELS, counts, strict=False)
    )
    summary = "; ".join(f"{row.gold} predicted as {row.predicted}: {row.count}" for row in rows.itertuples())
    page_state.show_chart(charts.confusion_matrix(rows), f"Confusion matrix of the originals. {summary}")


def show_adddiff_curve(report: Report) -> None:
    """Show accuracy by the number of added aspects, or how to measure it if the report lacks it."""
    st.subheader("More and more added aspects")
    if report.adddiff_curve is None:
        st.caption("Not measured: `arts evaluate --adddiff-curve` adds 0 to 5 aspects to each original.")
        return
    points = pd.DataFrame(
        {"added": p.added, **p.accuracy.model_dump(include={"value", "low", "high"})}
        for p in report.adddiff_curve.points
    )
    summary = ", ".join(f"{point.added}: {point.value}%" for point in points.itertuples())
    page_state.show_chart(charts.adddiff_curve(points), f"Accuracy by the number of added aspects. {summary}")
    st.caption(f"Over the {report.adddiff_curve.units:,} originals that every number can be added to.")


def show_pattern_gap(report: Report) -> None:
    """Show the pattern gap and the accuracies behind it; nothing if it was not measured."""
    pattern_gap = report.pattern_gap
    if pattern_gap is None:
        return
    st.subheader("Pattern gap")
    rows = [
        {
            "ADDDIFF templates": kind,
            "which": escape_markdown(", ".join(templates)),
            "accuracy": interval_text(accuracy),
        }
        for kind, templates, accuracy in (
            ("seen in training", pattern_gap.seen_templates, pattern_gap.seen),
            ("held out", pattern_gap.unseen_templates, pattern_gap.unseen),
        )
    ]
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")
    st.caption(
        f"Held out minus seen: {pattern_gap.gap}, over {pattern_gap.units:,} units. Below zero, the pattern "
        "was learnt rather than the skill."
    )


def show_probes(report: Report) -> None:
    """Show the probes that were made of a model, what they say, and the floors of the corpus."""
    st.subheader("Probes and floors")
    if rows := probe_rows(report):
        table = pd.DataFrame(rows, columns=list(PROBE_HEADINGS))
        st.table(table, hide_index=True, border="horizontal")
    else:
        st.caption("No probe was made: `arts evaluate --probe NAME` makes one.")
    for line in probe_verdicts(report):
        st.caption(line[0].upper() + line[1:])
    if report.floors:
        floors = [
            {"floor": floor.name, "accuracy": interval_text(floor.accuracy), "ARS": interval_text(floor.ars)}
            for floor in report.floors
        ]
        st.table(pd.DataFrame(floors), hide_index=True, border="horizontal")
        st.caption("Floors are what a predictor gets that does not read what is said of the target.")
    elif floors_sentence := floors_text(report.dataset.name):
        st.caption(floors_sentence)
