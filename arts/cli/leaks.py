"""Leaks on the command line: the option --leaks, and the list of leaked sentences as a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arts.cli.markdown import markdown_table
from arts.cli.messages import tell
from arts.data.support.atomic import atomic_file
from arts.leaks.leak_check import LeakCheck


class LeakPolicy(StrEnum):
    """What is done with training sentences that are in the test split: `WARN` of them, or `DROP` them."""

    WARN = "warn"
    DROP = "drop"


Leaks = Annotated[
    LeakPolicy,
    typer.Option(
        "--leaks",
        help="What to do with training and dev sentences that are in the test split, or nearly so: warn of "
        "them, or drop them, that is train without them.",
    ),
]


def write_leaks(check: LeakCheck | None, path: Path) -> None:
    """Write the leaks of a comparison to a Markdown file, and say so; nothing if there are none."""
    if check and check.leaks:
        with atomic_file(path) as partial:
            partial.write_text("\n".join(_lines(check)) + "\n", encoding="utf-8")
        tell(f"wrote {path}")


def _lines(check: LeakCheck) -> list[str]:
    """The lines of the file: what was found, and a table with a row per leak."""
    headings = (
        *("split", "id", "test id", "likeness", "changed words"),
        *("labels", "test labels", "text", "test text"),
    )
    rows = [
        (
            *(leak.split, leak.id, leak.test_id, leak.likeness, str(leak.changes)),
            *(leak.polarities, leak.test_polarities, leak.text, leak.test_text),
        )
        for leak in check.leaks
    ]
    return [f"{check.statement}.", "", *markdown_table(headings, rows)]
