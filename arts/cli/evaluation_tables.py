"""The tables that `arts evaluate` prints on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType

from arts.cli import report_rows
from arts.cli.tables import FigureTable, sentence
from arts.data.published_scores import PublishedTable, published_table
from arts.data.support.rounding import decimal_text
from arts.evaluation.report import Report
from arts.evaluation.summary import Summary


def evaluation_tables(summary: Summary) -> RenderableType:
    """All tables of an evaluation, to be printed by Rich.

    The first table has the scores of all models, and below them the floors and the scores that Xing et al.
    (2020) published for the dataset, if there are any. If there is a single report, tables by strategy and by
    polarity follow. Then come the probes and the ADDDIFF curves (accuracy by number of added aspects), if
    they were measured, and the sentences of `report_rows.remarks`.
    """
    first = summary.reports[0]
    known = published_table(first.dataset.name)
    parts: list[RenderableType] = [_score_table(summary, known)]
    if len(summary.reports) == 1:
        parts += [_strategy_table(first)] if first.strategies else []
        parts.append(_polarity_table(first))
    parts += _probe_table(summary.reports)
    parts += _curve_table(summary.reports)
    parts += [sentence(line) for line in report_rows.remarks(summary)]
    if known:
        parts.append(sentence(report_rows.published_source(known), "dim"))
    return Group(*parts)


def _score_table(summary: Summary, known: PublishedTable | None) -> FigureTable:
    """The table of the scores of all models.

    Args:
        summary: the evaluation.
        known: scores that were published for the dataset, shown below the others. None: there are none.
    """
    title = report_rows.report_title(summary.reports[0])
    headings = report_rows.headings(summary.reports)
    grid = FigureTable(title, headings, caption=report_rows.legend(summary.reports[0].bootstrap.resample))
    for row in report_rows.model_rows(summary):
        grid.add_row(*row, style="bold")
    grid.add_section()
    for row in report_rows.floor_rows(summary.reports):
        grid.add_row(*row, style="dim")
    if known:
        grid.add_section()
        for row in report_rows.published_rows(known):
            grid.add_row(*row, *[""] * (len(headings) - len(row)), style="dim")
    return grid


def _strategy_table(report: Report) -> FigureTable:
    """The table of one model's scores, with one row per strategy."""
    grid = FigureTable("By strategy", ("", "variants", "originals right", "variants right", "both right"))
    for strategy, score in report.strategies.items():
        cells = (str(estimate) for estimate in (score.original, score.perturbed, score.both))
        grid.add_row(strategy.upper(), f"{score.count:,}", *cells)
    return grid


def _polarity_table(report: Report) -> FigureTable:
    """The table of one model's scores, with one row per gold label of the original."""
    grid = FigureTable("By polarity of the original", ("", "units", "accuracy", "F1", "ARS"))
    for polarity, score in report.polarities.items():
        cells = (str(score.accuracy), decimal_text(score.f1), str(score.ars))
        grid.add_row(polarity, f"{score.count:,}", *cells)
    overall = (str(report.accuracy), decimal_text(report.macro_f1.value), str(report.ars))
    grid.add_row("all (macro-F1)", f"{report.dataset.units:,}", *overall)
    return grid


def _probe_table(reports: Sequence[Report]) -> list[RenderableType]:
    """A list of one table, the figures of probes; empty if none was made."""
    rows = report_rows.probe_table(reports)
    if not rows:
        return []
    grid = FigureTable("Probes", rows[0])
    for row in rows[1:]:
        grid.add_row(*row)
    return [grid]


def _curve_table(reports: Sequence[Report]) -> list[RenderableType]:
    """A list of one table, accuracy by number of aspects that ADDDIFF added; empty if it was not measured."""
    first = next((report.adddiff_curve for report in reports if report.adddiff_curve), None)
    if first is None:
        return []
    headings, *rows = report_rows.curve_rows(reports)
    grid = FigureTable(f"Accuracy by number of aspects added, {first.units:,} units", headings)
    for row in rows:
        grid.add_row(*row)
    return [grid]
