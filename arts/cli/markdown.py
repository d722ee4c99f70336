"""Evaluation reports as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from arts.cli.report_rows import (
    HEADINGS,
    LEGEND,
    Row,
    curve_rows,
    model_rows,
    published_rows,
    remarks,
    report_title,
)
from arts.data.published_scores import published_table
from arts.evaluation.summary import Summary


def markdown_tables(summary: Summary) -> str:
    """The score table and the remarks as Markdown."""
    first = summary.reports[0]
    known = published_table(first.dataset.name)
    rows = [*model_rows(summary), *(published_rows(known) if known else ())]
    lines = [
        f"### {report_title(first)}",
        "",
        *_markdown_table(HEADINGS, rows),
        "",
        *(f"{line}  " for line in (LEGEND, *remarks(summary))),
    ]
    if curves := curve_rows(summary.reports):
        lines += ["", *_markdown_table(curves[0], curves[1:]), ""]
    if known:
        lines.append(f"Published: {known['source']}.")
    return "\n".join(lines).rstrip()


def _markdown_table(headings: Sequence[str], rows: Sequence[Row]) -> list[str]:
    ruler = ["---", *["---:"] * (len(headings) - 1)]
    return [f"| {' | '.join(cell.strip() for cell in cells)} |" for cells in (headings, ruler, *rows)]
