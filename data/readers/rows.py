"""Readers of tables: they stream the rows of CSV, TSV, JSONL, JSON and Parquet files, with line numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from arts.data.errors import DataError, as_data_error
from arts.data.readers.class_labels import class_label_reader, parquet_features
from arts.data.support.input_files import check_file, input_path, read_bytes, text_lines
from arts.data.support.json_text import parse_json

Row = Mapping[str, Any]
DELIMITERS = ",\t;|"


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (line number, row) pairs of a table file, whose format is known by its suffix.

    A row maps column names to values. The suffixes are ``.csv``, ``.tsv``, ``.jsonl``, ``.json`` (an array)
    and ``.parquet``. The path ``-`` stands for standard input.

    Raises:
        DataError: when there is no such file, its suffix is unknown, or a line cannot be read in its format.
    """
    path = input_path(path)
    check_file(path)
    reader = ROW_READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(path, f'unknown format "{path.suffix}"; expected {", ".join(ROW_READERS)}')
    return reader(path)


def jsonl_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (line number, object) pairs of a JSONL file; blank lines are skipped.

    Raises:
        DataError: when a line is not a JSON object in UTF-8.
    """
    for line, text in text_lines(path):
        if not text.strip():
            continue
        row = parse_json(text, path, line=line)
        if not isinstance(row, dict):
            raise DataError(path, "expected a JSON object", line=line)
        yield line, row


def json_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (number, object) pairs of a JSON file that holds an array of objects, numbered from 1.

    The array may be the only value of an object (``{"data": [...]}``), or columns: an object of lists, or of
    objects by row, as pandas writes them. A file with an object per line is read as JSONL.

    Raises:
        DataError: when the file is not JSON, or not of such a form.
    """
    content = read_bytes(path)
    if is_jsonl(content):
        yield from jsonl_rows(path)
        return
    rows = listed_rows(parse_json(content, path))
    if rows is None:
        raise DataError(path, "expected a JSON array of objects, or an object per line")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise DataError(path, f"item {number} of the array is {row!r:.60}; expected a JSON object")
        yield number, row


def is_jsonl(content: bytes) -> bool:
    """Whether a JSON text is an object per line: its first line is whole, and another object follows."""
    return re.match(rb"(?:\xef\xbb\xbf)?\s*\{[^\n]*\}[ \t\r]*\n\s*\{", content) is not None


def listed_rows(value: Any) -> list[Any] | None:
    """The rows that a JSON value lists, in one of the forms of `json_rows`; None when it lists none.

    Example:
        >>> listed_rows({"text": {"0": "Good soup."}, "term": {"0": "soup"}})
        [{'text': 'Good soup.', 'term': 'soup'}]
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not value:
        return None
    columns = list(value.values())
    if len(columns) == 1 and isinstance(columns[0], list):
        return columns[0]
    if all(isinstance(column, dict) for column in columns) and "text" in value:
        columns = [list(column.values()) for column in columns]
    if any(isinstance(cell, dict) for column in columns if isinstance(column, list) for cell in column):
        return None
    if all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns):
        return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]
    return None


def csv_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (line number, row) pairs of a table in text with a header: CSV, or with tabs or semicolons.

    The delimiter is the one of the header: comma, tab, semicolon or bar. A row maps column names to texts. A
    row that goes over several lines has the number of its last one.

    Raises:
        DataError: when a line is not CSV in UTF-8, or has another number of columns than the header, or the
            header names a column twice.
    """
    lines = (text for _, text in text_lines(path))
    first = next(lines, "")
    try:
        delimiter, header = _header(first, "," if path.suffix.lower() == ".csv" else "\t")
    except csv.Error as error:
        raise DataError(path, f"not CSV ({error})", line=1) from error
    if repeated := [name for name in header if name and header.count(name) > 1]:
        raise DataError(path, f'the column "{repeated[0]}" is there twice', line=1)
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    try:
        for values in reader:
            line = reader.line_num + 1
            if len(values) == len(header):
                yield line, dict(zip(header, values, strict=True))
            elif values:
                raise DataError(
                    path, f"{len(values)} columns; expected {len(header)} ({', '.join(header)})", line=line
                )
    except csv.Error as error:
        raise DataError(path, f"not CSV ({error})", line=reader.line_num + 1) from error


def _header(line: str, usual: str) -> tuple[str, list[str]]:
    """The delimiter of a table, and the names of its columns; `usual` is preferred where others fit, too."""
    delimiters = usual + DELIMITERS
    headers = {delimiter: next(csv.reader([line], delimiter=delimiter), []) for delimiter in delimiters}
    delimiter = max(headers, key=lambda delimiter: len(headers[delimiter]))
    return delimiter, [name.strip() for name in headers[delimiter]]


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
    except (pa.ArrowException, OSError) as error:
        raise DataError(path, f"not Parquet ({str(error).splitlines()[0]:.200})") from error


ROW_READERS: Mapping[str, Callable[[Path], Iterator[tuple[int, Row]]]] = {
    ".csv": csv_rows,
    ".tsv": csv_rows,
    ".tab": csv_rows,
    ".jsonl": jsonl_rows,
    ".ndjson": jsonl_rows,
    ".json": json_rows,
    ".parquet": parquet_rows,
}
