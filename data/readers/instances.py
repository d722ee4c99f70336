"""One way in for every file format: `read_instances`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from arts.data.errors import DataError
from arts.data.readers.arts_json import read_arts_json
from arts.data.readers.rows import ROW_READERS
from arts.data.readers.span_repair import Notes
from arts.data.readers.tables import read_table
from arts.data.schema import Instance


def _read_xml(path: Path, notes: Notes) -> Iterator[Instance]:
    from arts.data.readers.semeval import read_semeval

    for sentence in read_semeval(path, notes):
        yield from sentence.instances()


READERS: dict[str, Callable[[Path, Notes], Iterator[Instance]]] = {
    ".xml": _read_xml,
    ".json": read_arts_json,
    **dict.fromkeys(ROW_READERS, read_table),
}


def read_instances(path: Path, notes: Notes | None = None) -> Iterator[Instance]:
    """Stream the instances of a file; the format follows from its suffix.

    Formats: SemEval 2014 ``.xml``, ARTS ``.json``, ``.jsonl``, ``.csv``, ``.parquet``.

    Args:
        path: the file.
        notes: told what was repaired and what was left out.

    Raises:
        DataError: naming the file and the line or id, for the first thing that is not as expected.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(path, f'unknown format "{path.suffix}"; expected {", ".join(READERS)}')
    seen: set[str] = set()
    notes = Notes() if notes is None else notes
    try:
        if path.stat().st_size == 0:
            raise DataError(path, "the file is empty; expected sentences with aspect terms")
        for instance in reader(path, notes):
            if instance.id in seen:
                raise DataError(path, "duplicate id; expected every instance once", record=instance.id)
            seen.add(instance.id)
            yield instance
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror or error})") from error
    if not seen:
        raise DataError(path, "holds no instances; expected at least one aspect term")
