"""A template of predictions: a table with the ids and texts of a test split, and a column to fill in."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from arts.data.errors import DataError
from arts.data.schema import Instance
from arts.data.support.atomic import atomic_file

COLUMNS = ("id", "text", "term", "start", "end", "prediction")
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


def check_template_path(path: Path) -> None:
    """Raise `DataError` unless a path is that of a new file with a suffix that `write_template` knows."""
    if path.suffix.lower() not in (*_DELIMITERS, ".jsonl"):
        raise DataError(path, f'unknown format "{path.suffix}"; expected a file .csv, .tsv or .jsonl')
    if path.exists():
        raise DataError(path, "exists; expected a new file")


def write_template(instances: Iterable[Instance], path: Path) -> None:
    """Write a row per instance: its id, text, term and span, and an empty prediction. Labels are not written.

    Args:
        instances: the instances of a test split.
        path: a new file, whose suffix gives the format: ``.csv``, ``.tsv`` or ``.jsonl``.

    Raises:
        DataError: when the file cannot be written, or exists.
    """
    check_template_path(path)
    with atomic_file(path) as work, work.open("w", encoding="utf-8", newline="") as file:
        if path.suffix.lower() == ".jsonl":
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(instances))
            return
        writer = csv.DictWriter(
            file, COLUMNS, delimiter=_DELIMITERS[path.suffix.lower()], lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(_rows(instances))


def _rows(instances: Iterable[Instance]) -> Iterator[dict[str, object]]:
    for instance in instances:
        target = instance.aspect
        values = (instance.id, instance.text, target.term, target.start, target.end, "")
        yield dict(zip(COLUMNS, values, strict=True))
