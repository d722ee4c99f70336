"""`arts models`: what can be measured by name."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from arts.console import command_line, run


class Format(StrEnum):
    """How the list is written."""

    TABLE = "table"
    JSON = "json"


def models(
    format: Annotated[Format, typer.Option(help="Of what is written to standard output.")] = Format.TABLE,
) -> None:
    """List the models that go by a name, with paper, size (on the default encoder) and what they read."""
    from arts import render
    from arts.models.registry import entries

    rows = entries()
    if format is Format.JSON:
        typer.echo(json.dumps(rows, indent=1))
    else:
        render.show(render.catalogue(rows))


if __name__ == "__main__":
    run(command_line(models))
