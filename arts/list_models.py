"""The command `arts models`: list the registered models."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from arts.cli.app import run_command
from arts.cli.options import ReportFormat


def models(
    format: Annotated[
        ReportFormat, typer.Option(help="Format of the list on standard output.")
    ] = ReportFormat.TABLE,
) -> None:
    """List the models with their names, papers, sizes (with the default encoder) and what they read."""
    from arts.cli import tables
    from arts.models.registry import model_rows

    rows = model_rows()
    if format is ReportFormat.JSON:
        typer.echo(json.dumps(rows, indent=1))
    else:
        tables.show(tables.model_table(rows))


if __name__ == "__main__":
    run_command(models)
