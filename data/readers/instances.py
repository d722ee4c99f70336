"""`read_instances` and `usable_instances`, which read the instances of a file in any known format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from arts.data.errors import DataError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.arts_json import read_arts_json
from arts.data.readers.rows import ROW_READERS
from arts.data.readers.span_opinions import SpanOpinions
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import read_table
from arts.data.schema import Instance


class InstanceReader(Protocol):
    """A reader of one file format."""

    def __call__(
        self, path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES
    ) -> Iterator[Instance]:
        """Stream the instances of a file.

        Args:
            path: the file.
            notes: gets what is repaired or left out.
            labels: what labels that do not name a polarity stand for.
        """


def _read_xml(path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES) -> Iterator[Instance]:
    from arts.data.readers.semeval import read_semeval

    for sentence in read_semeval(path, notes, labels=labels):
        yield from sentence.instances()


INSTANCE_READERS: Mapping[str, InstanceReader] = {
    ".xml": _read_xml,
    ".json": read_arts_json,
    **dict.fromkeys(ROW_READERS, read_table),
}


def usable_instances(
    path: Path, notes: ReadingNotes | None = None, *, labels: LabelNames = NO_NAMES
) -> Iterator[Instance]:
    """Stream the instances of a file that ask a question with one right answer, each question once.

    Aspects with polarity ``conflict``, and spans with two opinions (see `SpanOpinions`), are left out. The
    file is read twice, and not held in memory.

    Args:
        path: the file, in a format of `read_instances`.
        notes: gets what is repaired or left out; by default these notes are lost.
        labels: what labels that do not name a polarity stand for.

    Raises:
        DataError: at the first fault; names the file and the line or id.
    """
    notes = ReadingNotes() if notes is None else notes
    first_notes = ReadingNotes()
    opinions = SpanOpinions.of(read_instances(path, first_notes, labels=labels), first_notes)
    yield from opinions.usable(read_instances(path, notes, labels=labels), notes)


def load_usable_instances(
    path: Path, notes: ReadingNotes | None = None, *, labels: LabelNames = NO_NAMES
) -> list[Instance]:
    """Load what `usable_instances` streams, with one reading of the file.

    Args:
        path: the file, in a format of `read_instances`.
        notes: gets what is repaired or left out; by default these notes are lost.
        labels: what labels that do not name a polarity stand for.

    Raises:
        DataError: at the first fault; names the file and the line or id.
    """
    notes = ReadingNotes() if notes is None else notes
    return SpanOpinions.usable_of(list(read_instances(path, notes, labels=labels)), notes)


def read_instances(
    path: Path, notes: ReadingNotes | None = None, *, labels: LabelNames = NO_NAMES
) -> Iterator[Instance]:
    """Stream the instances of a file as they are, whose format is known by its suffix.

    The formats are SemEval 2014 ``.xml``, ARTS ``.json``, and tables in ``.jsonl``, ``.csv`` or ``.parquet``.

    Args:
        path: the file.
        notes: gets what is repaired or left out; by default these notes are lost.
        labels: what labels that do not name a polarity stand for.

    Raises:
        DataError: at the first fault, after the instances before it; names the file and the line or id.
    """
    reader = INSTANCE_READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(path, f'unknown format "{path.suffix}"; expected {", ".join(INSTANCE_READERS)}')
    notes = ReadingNotes() if notes is None else notes
    count = 0
    try:
        if path.stat().st_size == 0:
            raise DataError(path, "the file is empty; expected sentences with aspect terms")
        for instance in distinct_instances(reader(path, notes, labels=labels), path):
            count += 1
            yield instance
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror or error})") from error
    if not count:
        reason = f" ({notes})" if str(notes) else ""
        raise DataError(path, f"holds no instances{reason}; expected at least one aspect term")


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
