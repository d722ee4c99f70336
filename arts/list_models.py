"""`arts models`: what can be measured by name."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from arts.cli.app import run_command


class Format(StrEnum):
    """How the list is written."""

    TABLE = "table"
    JSON = "json"


def models(
    format: Annotated[Format, typer.Option(help="Of what is written to standard output.")] = Format.TABLE,
) -> None:
    """List the models that go by a name, with paper, size (on the default encoder) and what they read."""
    from arts.cli import tables
    from arts.models.registry import entries

    rows = entries()
    if format is Format.JSON:
        typer.echo(json.dumps(rows, indent=1))
    else:
        tables.show(tables.catalogue(rows))


if __name__ == "__main__":
    run_command(models)
