"""`read_instances`, which reads the instances of a file in any known format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from arts.data.errors import DataError
from arts.data.readers.arts_json import read_arts_json
from arts.data.readers.rows import ROW_READERS
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import read_table
from arts.data.schema import Instance


def _read_xml(path: Path, notes: ReadingNotes) -> Iterator[Instance]:
    from arts.data.readers.semeval import read_semeval

    for sentence in read_semeval(path, notes):
        yield from sentence.instances()


INSTANCE_READERS: dict[str, Callable[[Path, ReadingNotes], Iterator[Instance]]] = {
    ".xml": _read_xml,
    ".json": read_arts_json,
    **dict.fromkeys(ROW_READERS, read_table),
}


def read_instances(path: Path, notes: ReadingNotes | None = None) -> Iterator[Instance]:
    """Stream the instances of a file, whose format is known by its suffix.

    The formats are SemEval 2014 ``.xml``, ARTS ``.json``, and tables in ``.jsonl``, ``.csv`` or ``.parquet``.

    Args:
        path: the file.
        notes: gets what is repaired or left out; by default these notes are lost.

    Raises:
        DataError: at the first fault, after the instances before it; names the file and the line or id.
    """
    reader = INSTANCE_READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(path, f'unknown format "{path.suffix}"; expected {", ".join(INSTANCE_READERS)}')
    seen_ids: set[str] = set()
    notes = ReadingNotes() if notes is None else notes
    try:
        if path.stat().st_size == 0:
            raise DataError(path, "the file is empty; expected sentences with aspect terms")
        for instance in reader(path, notes):
            if instance.id in seen_ids:
                raise DataError(path, "duplicate id; expected every instance once", record=instance.id)
            seen_ids.add(instance.id)
            yield instance
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror or error})") from error
    if not seen_ids:
        raise DataError(path, "holds no instances; expected at least one aspect term")
