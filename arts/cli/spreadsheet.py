"""Evaluation reports as CSV text, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from arts.data.schema import Strategy
from arts.evaluation.floors import floors
from arts.evaluation.paired_tests import Difference
from arts.evaluation.report import Report
from arts.evaluation.scores import Estimate, Floor, StrategyScore


def csv_text(reports: Sequence[Report]) -> str:
    """Format reports as CSV text: headings, then one line per report and floor; all scores are in percent."""
    first = reports[0]
    return rows_text([*map(_report_row, reports), *(_floor_row(floor, first) for floor in floors(first))])


def rows_text(rows: Sequence[Mapping[str, object]]) -> str:
    """Format rows as CSV text: headings, then one line per row; a row may lack some of the headings."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().rstrip("\n")


def _report_row(report: Report) -> dict[str, object]:
    """The cells of one report's line, keyed by the heading of the column."""
    row = _headline_columns(report.name, report, report)
    if report.invalid or report.language_model:
        row["invalid"] = report.invalid
    if asked := report.language_model:
        row |= {"prompt": asked.prompt, "shots": asked.shots.number, "asked_by": asked.facts.asked}
        row |= {
            name: getattr(asked.facts, name) for name in ("prompt_tokens", "completion_tokens", "seconds")
        }
        row["cost"] = asked.expense.cost if asked.expense else None
    return row | _strategy_columns(report.strategies) | _probe_columns(report)


def _floor_row(floor: Floor, report: Report) -> dict[str, object]:
    """The cells of a floor's line, on the dataset of a report."""
    row = _headline_columns(f"floor: {floor.name}", floor, report)
    return row | {"seed": None} | _strategy_columns(floor.strategies)


def _headline_columns(name: str, scored: Report | Floor, report: Report) -> dict[str, object]:
    """The first cells of a line: the dataset, the name and the scores of a model or floor."""
    row: dict[str, object] = {
        "dataset": report.dataset.name,
        "model": name,
        "seed": report.model.seed,
        "units": report.dataset.units,
        "instances": report.dataset.instances,
    }
    for score in ("accuracy", "macro_f1", "ars"):
        if estimate := getattr(scored, score, None):
            row |= _estimate_columns(score, estimate)
    return row


def _strategy_columns(strategies: Mapping[Strategy, StrategyScore]) -> dict[str, object]:
    """The cells of the scores by strategy."""
    row: dict[str, object] = {}
    for strategy, score in strategies.items():
        row[f"{strategy}_count"] = score.count
        row |= _estimate_columns(f"{strategy}_original", score.original)
        row |= _estimate_columns(f"{strategy}_perturbed", score.perturbed)
    return row


def _probe_columns(report: Report) -> dict[str, object]:
    """The cells of the probes that were made."""
    row: dict[str, object] = {}
    for name in ("same_side", "aspect_masked"):
        if score := getattr(report, name):
            row[f"{name}_count"] = score.count
            row |= _estimate_columns(f"{name}_original", score.original)
            row |= _estimate_columns(f"{name}_probed", score.probed)
            row |= _estimate_columns(f"{name}_change", score.change)
    if swapped := report.aspect_swapped:
        for name, answers in (("changed", swapped.changed), ("stayed", swapped.stayed)):
            if answers:
                row[f"aspect_swapped_{name}_count"] = answers.count
                row |= _estimate_columns(f"aspect_swapped_{name}", answers.share)
    return row


def _estimate_columns(name: str, estimate: Estimate | Difference) -> dict[str, float]:
    """The three cells of a score: its value, and the lower and the upper bound of its 95% interval.

    Args:
        name: heading of the value's column, such as ``ars``; those of the bounds are then ``ars_low`` and
            ``ars_high``.
        estimate: the score with its interval.

    Returns:
        The cells, keyed by the headings of their columns.
    """
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
