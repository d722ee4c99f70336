"""Readers of tables: they stream the rows of CSV, TSV, JSONL, JSON and Parquet files, with line numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from arts.data.errors import DataError, as_data_error
from arts.data.readers.class_labels import class_label_reader, parquet_features
from arts.data.readers.json_layouts import listed_rows
from arts.data.support.input_files import check_file, input_path, read_bytes, text_lines
from arts.data.support.json_text import parse_json

Row = Mapping[str, Any]
DELIMITERS = ",\t;|"
_IN_JSON = "expected an object a line, or the name .json"
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)  # how Excel tells the delimiter before the header


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
        if text.strip() in ("{", "[", "[{"):
            raise DataError(path, f"JSON over several lines; {_IN_JSON}", line=line)
        row = parse_json(text, path, line=line)
        if not isinstance(row, dict):
            hint = f" a line, not an array; {_IN_JSON}" if isinstance(row, list) else ""
            raise DataError(path, f"expected a JSON object{hint}", line=line)
        yield line, row


def json_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (number, object) pairs of a JSON file that holds an array of objects, numbered from 1.

    The other layouts are those of `listed_rows`. A file with an object per line is read as JSONL.

    Raises:
        DataError: when the file is not JSON, or not of such a form.
    """
    content = read_bytes(path)
    if is_jsonl(content):
        yield from jsonl_rows(path)
        return
    value = parse_json(content, path)
    with as_data_error(path):
        rows = listed_rows(value)
    if rows is None:
        raise DataError(path, "expected a JSON array of objects, or an object per line")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise DataError(path, f"item {number} of the array is {row!r:.60}; expected a JSON object")
        yield number, row


def is_jsonl(content: bytes) -> bool:
    """Whether a JSON text is an object per line: its first line is whole, and another object follows."""
    return re.match(rb"(?:\xef\xbb\xbf)?\s*\{[^\n]*\}[ \t\r]*\n\s*\{", content) is not None


def csv_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Stream (line number, row) pairs of a table in text with a header: CSV, or with tabs or semicolons.

    The delimiter is the one of the header: comma, tab, semicolon or bar. A row maps column names to texts. A
    row that goes over several lines has the number of its last one; with tabs a row is a line.

    Raises:
        DataError: when a line is not CSV in UTF-8, or has another number of columns than the header, or the
            header names a column twice.
    """
    numbered = text_lines(path)
    first_line, first = next(((line, text) for line, text in numbered if text.strip()), (1, ""))
    usual = "," if path.suffix.lower() == ".csv" else "\t"
    if declared := _SEPARATOR.fullmatch(first.strip("\r\n")):
        usual = declared[1]
        first_line, first = next(numbered, (first_line, ""))
    lines = (text for _, text in numbered)
    try:
        delimiter, header = (usual, _cells(first, usual)) if declared else _header(first, usual)
    except csv.Error as error:
        raise DataError(path, _csv_fault(error), line=first_line) from error
    if repeated := [name for name in header if name and header.count(name) > 1]:
        raise DataError(path, f'the column "{repeated[0]}" is there twice', line=first_line)
    for line, values in _records(path, lines, delimiter, first_line):
        if len(values) == len(header):
            yield line, dict(zip(header, values, strict=True))
        elif values:
            columns = f"{len(header)} ({', '.join(header)})"
            quoted = "; a quote does not join lines or tabs" if delimiter == "\t" else ""
            raise DataError(path, f"{len(values)} columns; expected {columns}{quoted}", line=line)


def _records(
    path: Path, lines: Iterator[str], delimiter: str, header_line: int
) -> Iterator[tuple[int, list[str]]]:
    """Stream (line number, cells) pairs of the lines behind the header."""
    if delimiter == "\t":
        for line, text in enumerate(lines, header_line + 1):
            yield line, _tab_cells(text) if text.strip() else []
        return
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    try:
        for values in reader:
            yield reader.line_num + header_line, values
    except csv.Error as error:
        raise DataError(path, _csv_fault(error), line=reader.line_num + header_line) from error


def _tab_cells(text: str) -> list[str]:
    """The cells of a line with tabs; quotes around a whole cell are not part of it.

    A quote that is not closed in its cell is a character: to take it as the beginning of a longer cell would
    join rows where a sentence begins with a quote.
    """
    return [
        cell[1:-1].replace('""', '"') if _QUOTED.fullmatch(cell) else cell
        for cell in text.rstrip("\r\n").split("\t")
    ]


def _csv_fault(error: csv.Error) -> str:
    if "field larger" in str(error):
        return f"a cell of more than {csv.field_size_limit():,} characters; is a quote before it not closed?"
    return f"not CSV ({error})"


def _header(line: str, usual: str) -> tuple[str, list[str]]:
    """The delimiter of a table, and the names of its columns; `usual` is preferred where others fit, too."""
    headers = {delimiter: _cells(line, delimiter) for delimiter in usual + DELIMITERS}
    delimiter = max(headers, key=lambda delimiter: len(headers[delimiter]))
    return delimiter, headers[delimiter]


def _cells(line: str, delimiter: str) -> list[str]:
    """The names of the columns in a header."""
    return [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]


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
            with as_data_error(path):
                name_labels = class_label_reader(parquet_features(file.schema_arrow.metadata, path))
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
