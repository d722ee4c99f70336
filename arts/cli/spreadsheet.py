"""Evaluation reports as CSV text, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from arts.evaluation.report import Report
from arts.evaluation.scores import Estimate


def csv_text(reports: Sequence[Report]) -> str:
    """Format reports as CSV text: headings, then one line per report; all scores are in percent."""
    return rows_text([_report_row(report) for report in reports])


def rows_text(rows: Sequence[Mapping[str, object]]) -> str:
    """Format rows as CSV text: headings, then one line per row; a row may lack some of the headings."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().rstrip("\n")


def _report_row(report: Report) -> dict[str, object]:
    """The cells of one report's line, keyed by the heading of the column."""
    row: dict[str, object] = {
        "dataset": report.dataset.name,
        "model": report.name,
        "seed": report.model.seed,
        "units": report.dataset.units,
        "instances": report.dataset.instances,
    }
    for name, estimate in (
        ("accuracy", report.accuracy),
        ("macro_f1", report.macro_f1),
        ("ars", report.ars),
    ):
        row |= _estimate_columns(name, estimate)
    if report.invalid or report.language_model:
        row["invalid"] = report.invalid
    if asked := report.language_model:
        row |= {"prompt": asked.prompt, "shots": asked.shots.number, "asked_by": asked.facts.asked}
        row |= {
            name: getattr(asked.facts, name) for name in ("prompt_tokens", "completion_tokens", "seconds")
        }
        row["cost"] = asked.expense.cost if asked.expense else None
    for strategy, score in report.strategies.items():
        row[f"{strategy}_count"] = score.count
        row |= _estimate_columns(f"{strategy}_original", score.original)
        row |= _estimate_columns(f"{strategy}_perturbed", score.perturbed)
    return row


def _estimate_columns(name: str, estimate: Estimate) -> dict[str, float]:
    """The three cells of a score: its value, and the lower and the upper bound of its 95% interval.

    Args:
        name: heading of the value's column, such as ``ars``; those of the bounds are then ``ars_low`` and
            ``ars_high``.
        estimate: the score with its interval.

    Returns:
        The cells, keyed by the headings of their columns.
    """
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
