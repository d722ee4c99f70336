"""Evaluation reports as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from arts.cli import report_rows
from arts.data.published_scores import published_table
from arts.data.support.printable import printable
from arts.evaluation.summary import Summary


def markdown_tables(summary: Summary) -> str:
    """The results of an evaluation as Markdown text: scores, sentences about them, probes and curves."""
    first = summary.reports[0]
    known = published_table(first.dataset.name)
    rows = [*report_rows.model_rows(summary), *report_rows.floor_rows(summary.reports)]
    rows += report_rows.published_rows(known) if known else []
    lines = [
        f"### {printable(report_rows.report_title(first))}",
        "",
        *markdown_table(report_rows.headings(summary.reports), rows),
        "",
        *(
            f"{printable(line)}  "
            for line in (report_rows.legend(first.bootstrap.resample), *report_rows.remarks(summary))
        ),
    ]
    for table in (report_rows.probe_table(summary.reports), report_rows.curve_rows(summary.reports)):
        lines += ["", *markdown_table(table[0], table[1:]), ""] if table else []
    if known:
        lines.append(report_rows.published_source(known))
    return "\n".join(lines).rstrip()


def markdown_table(headings: Sequence[str], rows: Sequence[report_rows.Row]) -> list[str]:
    """The lines of a Markdown table whose first column is aligned to the left, the others to the right."""
    ruler = ["---", *["---:"] * (len(headings) - 1)]
    return [f"| {' | '.join(map(_escaped, cells))} |" for cells in (headings, ruler, *rows)]


def _escaped(cell: str) -> str:
    """A cell as Markdown text that does not end the cell."""
    return printable(cell).replace("|", "\\|")
