"""Reader of corpora in JSON: records by id as in the ARTS release, or an array of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from arts.data.errors import DataError, as_data_error
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.arts_json import record_instances
from arts.data.readers.field_names import NO_COLUMNS, ColumnNames
from arts.data.readers.json_layouts import listed_rows
from arts.data.readers.rows import is_jsonl
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import RowReader, read_table
from arts.data.schema import Instance, Split
from arts.data.support.input_files import read_bytes
from arts.data.support.json_text import parse_json

SPLIT_NAMES = {name for split in Split for name in split.file_stems}


def read_json(
    path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES, columns: ColumnNames = NO_COLUMNS
) -> Iterator[Instance]:
    """Stream the instances of a JSON file.

    It holds one of: an object that maps ids to records (`read_arts_json`); an array of rows, or columns, as
    `json_rows` reads them; a row per line. Rows are those of `read_table`.

    Args:
        path: the file.
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the file.

    Raises:
        DataError: when the file is not JSON of such a form; names the place.
    """
    content = read_bytes(path)
    if is_jsonl(content):
        yield from read_table(path, notes, labels=labels, columns=columns)
        return
    value = parse_json(content, path)
    with as_data_error(path):
        rows = listed_rows(value)
    if rows is None and isinstance(value, Mapping) and value.keys() & SPLIT_NAMES:
        raise DataError(path, f"holds the splits {', '.join(value)}; expected a file per split, in a folder")
    if rows is None and isinstance(value, Mapping):
        if columns.names:
            raise DataError(path, "--columns has no effect on records by id; leave it out")
        yield from record_instances(value, path, notes, labels=labels)
        return
    if rows is None:
        raise DataError(path, f"unknown layout: {value!r:.40}; nearest known: an array of rows")
    reader = RowReader(notes, labels, columns)
    for number, row in enumerate(rows, 1):
        with as_data_error(f"{path}, item {number}"):
            if not isinstance(row, Mapping):
                raise TypeError(f"{row!r:.60}; expected a JSON object")
            yield from reader.instances(row)
