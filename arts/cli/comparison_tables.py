"""The comparison of two reports, as `arts compare` prints it: the scores of both, and their differences."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType

from arts.cli import report_rows
from arts.cli.markdown import markdown_table
from arts.cli.spreadsheet import rows_text
from arts.cli.tables import FigureTable
from arts.data.support.printable import printable
from arts.evaluation.report import Report
from arts.evaluation.summary import Pairing

DIFFERENCE_LEGEND = (
    "In percentage points, with the 95% interval by paired bootstrap over units and the p-value of the exact "
    "McNemar test."
)


def comparison_tables(pair: Pairing, reports: Sequence[Report]) -> RenderableType:
    """Two tables for a terminal: the scores of both models, and the differences.

    Args:
        pair: the comparison of two models.
        reports: the reports of the two.
    """
    title = report_rows.report_title(reports[0])
    scores = FigureTable(title, report_rows.headings(reports), caption=report_rows.LEGEND)
    for row in report_rows.pair_rows(pair, reports):
        scores.add_row(*row)
    scores.add_section()
    for row in report_rows.floor_rows(reports):
        scores.add_row(*row, style="dim")
    title = f"{pair.first} minus {pair.second}"
    differences = FigureTable(title, report_rows.DIFFERENCE_HEADINGS, caption=DIFFERENCE_LEGEND)
    for row in report_rows.difference_rows(pair):
        differences.add_row(*row, style="bold")
    return Group(scores, differences)


def comparison_markdown(pair: Pairing, reports: Sequence[Report]) -> str:
    """The same two tables as Markdown text."""
    scores = [*report_rows.pair_rows(pair, reports), *report_rows.floor_rows(reports)]
    lines = (
        f"### {printable(report_rows.report_title(reports[0]))}",
        "",
        *markdown_table(report_rows.headings(reports), scores),
        "",
        report_rows.LEGEND,
        "",
        *markdown_table(report_rows.DIFFERENCE_HEADINGS, report_rows.difference_rows(pair)),
        "",
        DIFFERENCE_LEGEND,
    )
    return "\n".join(lines)


def comparison_csv(pair: Pairing, reports: Sequence[Report]) -> str:
    """CSV text with one line for the accuracy and one for the ARS; scores are in percent."""
    first, second = reports
    return rows_text(
        [
            {
                "dataset": first.dataset.name,
                "first": pair.first,
                "second": pair.second,
                "seed": pair.seed,
                "score": score,
                "first_value": getattr(first, score).value,
                "second_value": getattr(second, score).value,
                "difference": difference.value,
                "low": difference.low,
                "high": difference.high,
                "p_value": difference.p_value,
                "only_first": difference.only_first,
                "only_second": difference.only_second,
            }
            for score, difference in (("accuracy", pair.accuracy), ("ars", pair.ars))
        ]
    )
