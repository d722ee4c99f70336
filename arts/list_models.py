"""The command `arts models`: list the registered models."""

from __future__ import annotations

import json

import typer

from arts.cli.app import run_command
from arts.cli.options import ReportFormat


def models(
    format: ReportFormat = ReportFormat.TABLE,
) -> None:
    """List the models with their names, papers, sizes (with the default encoder) and inputs.

    Args:
        format: Format of the list on standard output.
    """
    from arts.cli import command_tables, tables
    from arts.models.registry import model_rows

    rows = model_rows()
    if format is ReportFormat.JSON:
        typer.echo(json.dumps(rows, indent=1))
    else:
        tables.show(command_tables.model_table(rows))


if __name__ == "__main__":
    run_command(models)
