"""The command `arts validate`: check files of reports and corpora."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from arts.cli import options
from arts.cli.app import BAD_INPUT, run_command
from arts.cli.messages import tell_error
from arts.data.errors import ArtsError, DataError
from arts.data.label_names import LabelNames
from arts.data.readers.field_names import ColumnNames
from arts.data.support.printable import printable


def validate(
    files: Annotated[list[Path], typer.Argument()],
    labels: options.Labels = None,
    columns: options.Columns = None,
) -> None:
    """Check reports as the leaderboard does, and corpora against their file format.

    A report's line ends with how far its figures can be trusted, such as "verified". All files are checked,
    also after an invalid one. The exit code is 2 if any file is invalid.

    Args:
        files: Files to check, or folders of such: reports (JSON) or corpora (XML, JSON, JSONL, CSV, TSV,
            Parquet, or text such as .raw). A report's scores are recomputed when the file of its predictions
            (Parquet, of the same name) is beside it; units, strategies and labels are those of the corpus
            when it is on this machine.
    """
    invalid, names, columns_named = 0, options.label_polarities(labels), options.column_names(columns)
    for file in _files(files):
        try:
            typer.echo(printable(f"{file}: {_describe(file, names, columns_named)}"))
        except ArtsError as error:
            tell_error(str(error))
            invalid += 1
    if invalid:
        raise typer.Exit(BAD_INPUT)


def _files(paths: list[Path]) -> Iterator[Path]:
    """The files to check: those that are given, and those of a known format in folders, sorted by name.

    The predictions beside a report are checked with it, so they are no files of their own. A folder that has
    a corpus in each subfolder, as `arts generate` and `arts export` write it, stands for these corpora.

    Raises:
        DataError: when a folder has no such file.
    """
    from arts.data.readers.instances import INSTANCE_READERS
    from arts.data.readers.split_files import corpus_files
    from arts.generators.running.output import REPORT_FILE

    for path in paths:
        if not path.is_dir():
            yield path
            continue
        files = [file for file in sorted(path.iterdir()) if file.suffix.lower() in INSTANCE_READERS]
        checked = [
            file for file in files if file.suffix != ".parquet" or not _is_report(file.with_suffix(".json"))
        ]
        if all(file.name == REPORT_FILE for file in checked):
            checked = corpus_files(path) or checked
        if not checked:
            raise DataError(path, "holds no reports and no corpora")
        yield from checked


def _describe(path: Path, labels: LabelNames, columns: ColumnNames) -> str:
    """Check a file, and describe its content in one line, such as "638 instances".

    Args:
        path: the file.
        labels: what labels of a corpus that do not name a polarity stand for.
        columns: the names that the columns of a corpus have.

    Raises:
        ArtsError: when the file is invalid.
    """
    from arts.data.readers.instances import usable_instances
    from arts.data.readers.span_repair import ReadingNotes

    if _is_report(path):
        from arts.evaluation.report import Report
        from arts.evaluation.verification import verify

        report = Report.load_unchecked(path)
        checked = verify(report, source=path)
        checked.raise_if_differing(path)
        return f"report of {report.name} on {report.dataset.name}, ARS {report.ars}, {checked.statement}"
    notes = ReadingNotes()
    count = sum(1 for _ in usable_instances(path, notes, labels=labels, columns=columns))
    return f"{count:,} instances" + (f"; {notes}" if str(notes) else "")


def _is_report(path: Path) -> bool:
    """Whether a file is a report: JSON with the key "schema_version" in its first 4,096 bytes."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return b'"schema_version"' in file.read(1 << 12)


if __name__ == "__main__":
    run_command(validate)
