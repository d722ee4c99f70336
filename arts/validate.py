"""`arts validate`: check report and corpus files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arts.cli.app import BAD_INPUT, run_command
from arts.data.errors import ArtsError


def validate(
    files: Annotated[
        list[Path],
        typer.Argument(help="Report (JSON) or corpus file (XML, JSON, JSONL, CSV, Parquet) to check."),
    ],
) -> None:
    """Check files: reports against the schema and their predictions, corpora against their format.

    Every file is checked; the exit code is 2 when one of them fails.
    """
    faults = 0
    for file in files:
        try:
            typer.echo(f"{file}: {_describe(file)}")
        except ArtsError as error:
            typer.echo(f"arts: error: {error}", err=True)
            faults += 1
    if faults:
        raise typer.Exit(BAD_INPUT)


def _describe(path: Path) -> str:
    """What a sound file holds."""
    from arts.data.readers.instances import read_instances
    from arts.data.readers.span_repair import ReadingNotes

    if _is_report(path):
        from arts.evaluation.report import Report

        report = Report.load(path)
        checked = "recomputed from its predictions" if report.has_predictions else "without predictions"
        return f"report of {report.name} on {report.dataset.name}, ARS {report.ars}, {checked}"
    notes = ReadingNotes()
    count = sum(1 for _ in read_instances(path, notes))
    return f"{count:,} instances" + (f"; {notes}" if str(notes) else "")


def _is_report(path: Path) -> bool:
    """Whether a JSON file has a schema version at its top level, near its beginning."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return b'"schema_version"' in file.read(1 << 12)


if __name__ == "__main__":
    run_command(validate)
