"""`read_instances` and `usable_instances`, which read the instances of a file in any known format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from arts.data.errors import DataError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.field_names import NO_COLUMNS, ColumnNames
from arts.data.readers.json_corpus import read_json
from arts.data.readers.rows import ROW_READERS
from arts.data.readers.span_opinions import SpanOpinions
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import read_table
from arts.data.readers.text_corpus import read_text_corpus
from arts.data.schema import Instance
from arts.data.support.input_files import check_file, input_path


class InstanceReader(Protocol):
    """A reader of one file format."""

    def __call__(
        self,
        path: Path,
        notes: ReadingNotes,
        *,
        labels: LabelNames = NO_NAMES,
        columns: ColumnNames = NO_COLUMNS,
    ) -> Iterator[Instance]:
        """Stream the instances of a file.

        Args:
            path: the file.
            notes: gets what is repaired or left out.
            labels: what labels that do not name a polarity stand for.
            columns: the names that columns have in the file.
        """


def _read_xml(
    path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES, columns: ColumnNames = NO_COLUMNS
) -> Iterator[Instance]:
    from arts.data.readers.semeval import read_semeval

    if columns.names:
        raise DataError(path, "--columns has no effect on XML, which has none; leave it out")
    for sentence in read_semeval(path, notes, labels=labels):
        yield from sentence.instances()


INSTANCE_READERS: Mapping[str, InstanceReader] = {
    ".xml": _read_xml,
    **dict.fromkeys(ROW_READERS, read_table),
    ".json": read_json,
    **dict.fromkeys((".txt", ".raw", ".seg", ".dat", ".apc"), read_text_corpus),
}


def usable_instances(
    path: Path,
    notes: ReadingNotes | None = None,
    *,
    labels: LabelNames = NO_NAMES,
    columns: ColumnNames = NO_COLUMNS,
) -> Iterator[Instance]:
    """Stream the instances of a file that ask a question with one right answer, each question once.

    Aspects with polarity ``conflict``, and spans with two opinions (see `SpanOpinions`), are left out. The
    file is read twice, and not held in memory.

    Args:
        path: the file, in a format of `read_instances`.
        notes: gets what is repaired or left out; by default these notes are lost.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the file.

    Raises:
        DataError: at the first fault; names the file and the line or id.
    """
    notes = ReadingNotes() if notes is None else notes
    first_notes = ReadingNotes()
    opinions = SpanOpinions.of(read_instances(path, first_notes, labels=labels, columns=columns), first_notes)
    read = read_instances(path, notes, labels=labels, columns=columns)
    usable = opinions.usable(read, notes)
    yield from _at_least_one(usable, path, notes, what="original instances")


def load_usable_instances(
    path: Path,
    notes: ReadingNotes | None = None,
    *,
    labels: LabelNames = NO_NAMES,
    columns: ColumnNames = NO_COLUMNS,
) -> list[Instance]:
    """Load what `usable_instances` streams, with one reading of the file.

    Args:
        path: the file, in a format of `read_instances`.
        notes: gets what is repaired or left out; by default these notes are lost.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the file.

    Raises:
        DataError: at the first fault; names the file and the line or id.
    """
    notes = ReadingNotes() if notes is None else notes
    read = list(read_instances(path, notes, labels=labels, columns=columns))
    usable = SpanOpinions.usable_of(read, notes)
    return list(_at_least_one(usable, path, notes, what="original instances"))


def read_instances(
    path: Path,
    notes: ReadingNotes | None = None,
    *,
    labels: LabelNames = NO_NAMES,
    columns: ColumnNames = NO_COLUMNS,
) -> Iterator[Instance]:
    """Stream the instances of a file as they are, whose format is known by its suffix.

    The formats are the XML of SemEval and MAMS, ``.json`` (of ARTS, or an array), tables in ``.jsonl``,
    ``.csv``, ``.tsv`` or ``.parquet``, and text with three lines an aspect or with ``####``. The path ``-``
    stands for standard input.

    Args:
        path: the file.
        notes: gets what is repaired or left out; by default these notes are lost.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the file.

    Raises:
        DataError: at the first fault, after the instances before it; names the file and the line or id.
    """
    path = input_path(path)
    check_file(path)
    reader = INSTANCE_READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(path, f'unknown format "{path.suffix}"; expected {", ".join(INSTANCE_READERS)}')
    notes = ReadingNotes() if notes is None else notes
    if path.stat().st_size == 0:
        raise DataError(path, "the file is empty; expected sentences with aspect terms")
    read = reader(path, notes, labels=labels, columns=columns)
    yield from _at_least_one(distinct_instances(read, path), path, notes, what="instances")


def _at_least_one(
    instances: Iterable[Instance], path: Path, notes: ReadingNotes, *, what: str
) -> Iterator[Instance]:
    """Stream instances, and raise `DataError`, which tells what was left out, when there are none."""
    none = True
    for instance in instances:
        none = False
        yield instance
    if none:
        reason = f" ({notes})" if str(notes) else ""
        raise DataError(path, f"holds no {what}{reason}; expected at least one labelled aspect term")


def distinct_instances(instances: Iterable[Instance], source: object) -> Iterator[Instance]:
    """Stream instances, and raise `DataError` at the second of two with one id.

    Args:
        instances: the instances.
        source: the name of where they come from, for the error.
    """
    seen_ids: set[str] = set()
    for instance in instances:
        if instance.id in seen_ids:
            raise DataError(source, "duplicate id; expected every instance once", record=instance.id)
        seen_ids.add(instance.id)
        yield instance
