"""Readers of table files: they stream the rows of CSV, JSONL and Parquet files with their line numbers."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from arts.data.errors import DataError, as_data_error
from arts.data.readers.class_labels import class_label_reader, parquet_features

Row = Mapping[str, Any]


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (line number, row) pairs of a table file, whose format is known by its suffix.

    A row maps column names to values. The suffixes are ``.csv``, ``.jsonl`` and ``.parquet``.

    Raises:
        DataError: when there is no such file, its suffix is unknown, or a line cannot be read in its format.
    """
    reader = ROW_READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(path, f'unknown format "{path.suffix}"; expected {", ".join(ROW_READERS)}')
    if not path.is_file():
        raise DataError(path, "no such file")
    return reader(path)


def jsonl_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (line number, object) pairs of a JSONL file; blank lines are skipped.

    Raises:
        DataError: when a line is not a JSON object in UTF-8.
    """
    for line, text in _lines(path):
        if not text.strip():
            continue
        try:
            row = _DECODER.decode(text)
        except ValueError as error:
            raise DataError(path, f"not JSON ({error})", line=line) from error
        if not isinstance(row, dict):
            raise DataError(path, "expected a JSON object", line=line)
        yield line, row


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; ValueError when it has a key twice, of which JSON would keep the last value."""
    row = dict(pairs)
    if len(row) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f'"{next(key for key in keys if keys.count(key) > 1)}" is there twice')
    return row


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def csv_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (line number, row) pairs of a CSV file with a header.

    A row maps column names to texts. A row that goes over several lines has the number of its last one.

    Raises:
        DataError: when a line is not CSV in UTF-8, or has another number of columns than the header, or the
            header names a column twice.
    """
    reader = csv.reader((text for _, text in _lines(path)), strict=True)
    header: list[str] | None = None
    try:
        for values in reader:
            if header is None:
                header = values
                if repeated := [name for name in header if header.count(name) > 1]:
                    raise DataError(path, f'the column "{repeated[0]}" is there twice', line=1)
            elif len(values) == len(header):
                yield reader.line_num, dict(zip(header, values, strict=True))
            elif values:
                raise DataError(
                    path,
                    f"{len(values)} columns; expected {len(header)} ({', '.join(header)})",
                    line=reader.line_num,
                )
    except csv.Error as error:
        raise DataError(path, f"not CSV ({error})", line=reader.line_num) from error


def parquet_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (row number, row) pairs of a Parquet file, whose rows are numbered from 1.

    A row maps column names to values. The file is read in batches, so it need not fit into memory. Numbers of
    class labels, which `datasets` names in the file's metadata, are read as their names.

    Raises:
        DataError: when the file is not Parquet, or a class label has a number without a name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            number = 0
            name_labels = class_label_reader(parquet_features(file.schema_arrow.metadata))
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    number += 1
                    with as_data_error(path, line=number):
                        named = name_labels(row)
                    yield number, named
    except pa.ArrowException as error:
        raise DataError(path, f"not Parquet ({error})") from error


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Stream (line number, text) pairs of a UTF-8 file; lines are numbered from 1."""
    with path.open("rb") as file:
        for line, raw in enumerate(file, 1):
            try:
                yield line, raw.decode("utf-8-sig" if line == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise DataError(
                    path,
                    f"byte 0x{raw[error.start]:02x} at column {error.start + 1} is not UTF-8; "
                    "expected a UTF-8 file",
                    line=line,
                ) from error


ROW_READERS: Mapping[str, Callable[[Path], Iterator[tuple[int, Row]]]] = {
    ".csv": csv_rows,
    ".jsonl": jsonl_rows,
    ".parquet": parquet_rows,
}
