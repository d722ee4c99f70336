"""The comparison of two reports, as `arts compare` prints it: the scores of both, and their differences."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from rich.console import Group, RenderableType

from arts.cli import report_rows
from arts.cli.markdown import markdown_table
from arts.cli.spreadsheet import rows_text
from arts.cli.tables import FigureTable
from arts.data.support.printable import printable
from arts.data.support.rounding import round_half_up
from arts.evaluation.report import Report
from arts.evaluation.seed_summary import SeedSummary
from arts.evaluation.summary import Pairing


def _difference_legend(pair: Pairing) -> str:
    """How the differences were computed."""
    return f"In percentage points, with the 95% interval and the p-value: {pair.method}."


def comparison_tables(
    pair: Pairing, reports: Sequence[Report], seeds: Sequence[SeedSummary] = ()
) -> RenderableType:
    """Two tables for a terminal: the scores of both models, and the differences.

    Args:
        pair: the comparison of two models.
        reports: the reports of the two, those of the first before those of the second.
        seeds: the means of those with several seeds.
    """
    title = report_rows.report_title(reports[0])
    scores = FigureTable(title, report_rows.headings(reports), caption=report_rows.legend(pair.resample))
    for row in report_rows.pair_rows(pair, reports, seeds):
        scores.add_row(*row)
    scores.add_section()
    for row in report_rows.floor_rows(reports):
        scores.add_row(*row, style="dim")
    title = f"{pair.first} minus {pair.second}"
    differences = FigureTable(title, report_rows.DIFFERENCE_HEADINGS, caption=_difference_legend(pair))
    for row in report_rows.difference_rows(pair):
        differences.add_row(*row, style="bold")
    return Group(scores, differences)


def comparison_markdown(pair: Pairing, reports: Sequence[Report], seeds: Sequence[SeedSummary] = ()) -> str:
    """The same two tables as Markdown text."""
    scores = [*report_rows.pair_rows(pair, reports, seeds), *report_rows.floor_rows(reports)]
    lines = (
        f"### {printable(report_rows.report_title(reports[0]))}",
        "",
        *markdown_table(report_rows.headings(reports), scores),
        "",
        report_rows.legend(pair.resample),
        "",
        *markdown_table(report_rows.DIFFERENCE_HEADINGS, report_rows.difference_rows(pair)),
        "",
        _difference_legend(pair),
    )
    return "\n".join(lines)


def comparison_csv(pair: Pairing, reports: Sequence[Report]) -> str:
    """CSV text with one line for the accuracy and one for the ARS; scores are in percent."""
    count = max(len(pair.seeds[0]), 1) if pair.seeds else 1
    sides = reports[:count], reports[count:]

    def value(side: Sequence[Report], score: str) -> float:
        """The mean of a score over the reports of one model."""
        return round_half_up(fmean(getattr(report, score).value for report in side))

    return rows_text(
        [
            {
                "dataset": reports[0].dataset.name,
                "first": pair.first,
                "second": pair.second,
                "seed": pair.seed,
                "first_reports": len(sides[0]),
                "second_reports": len(sides[1]),
                "score": score,
                "first_value": value(sides[0], score),
                "second_value": value(sides[1], score),
                "difference": difference.value,
                "low": difference.low,
                "high": difference.high,
                "p_value": difference.p_value,
                "only_first": difference.only_first,
                "only_second": difference.only_second,
                "resample": str(pair.resample),
            }
            for score, difference in (("accuracy", pair.accuracy), ("ars", pair.ars))
        ]
    )
