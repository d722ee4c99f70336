"""Prints the results of an evaluation, and draws its curves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from arts.cli.messages import tell
from arts.cli.result_format import ResultFormat

if TYPE_CHECKING:
    from arts.evaluation.report import Report


def draw_curves(reports: list[Report], folder: Path) -> None:
    """Draw the ADDDIFF curves of the reports to a PNG and an SVG file in a folder."""
    from arts.evaluation.plots import curves_name, draw_adddiff_curves

    for path in draw_adddiff_curves(reports, folder / curves_name(reports)):
        tell(f"wrote {path}")


def show_results(reports: list[Report], format: ResultFormat) -> None:
    """Print the results on standard output in the given format."""
    from arts.cli import evaluation_tables, markdown, spreadsheet, tables
    from arts.evaluation.summary import Summary

    if format is ResultFormat.CSV:
        typer.echo(spreadsheet.csv_text(reports))
    elif format is ResultFormat.JSON and len(reports) == 1:
        typer.echo(reports[0].model_dump_json(indent=1))
    else:
        summary = Summary.of(reports)
        if format is ResultFormat.JSON:
            typer.echo(summary.model_dump_json(indent=1))
        elif format is ResultFormat.MARKDOWN:
            typer.echo(markdown.markdown_tables(summary))
        else:
            tables.show(evaluation_tables.evaluation_tables(summary))
