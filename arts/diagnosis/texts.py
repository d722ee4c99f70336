"""Reading the texts to diagnose from a file."""

from __future__ import annotations

from pathlib import Path

from arts.data.errors import DataError, as_data_error
from arts.data.readers.row_source import read_row_source
from arts.data.readers.text_rows import parse_text_row
from arts.data.support.input_files import text_lines

MIN_TEXTS = 10  # smallest number of different texts of each kind


def read_texts(path: Path) -> list[str]:
    """Read a text from each row of a table (JSONL, JSON, CSV, TSV, Parquet), or each line of a .txt file.

    A row has one of the forms of `arts.data.readers.text_rows.parse_text_row`; the texts of a chat, or of a
    prompt and its answer, are joined by line breaks. Empty lines of a .txt file are left out.

    Raises:
        DataError: when the file cannot be read, or a row has none of these keys. The message gives the
            number of the row.
    """
    if path.suffix == ".txt":
        return [text.rstrip("\r\n") for _, text in text_lines(path) if text.strip()]
    texts = []
    for line, row in read_row_source(str(path)).rows:
        with as_data_error(path, line=line):
            texts.append(parse_text_row(row).text)
    return texts


def enough_texts(path: Path) -> list[str]:
    """Read texts as `read_texts` does; raises `DataError` when too few of them are different, too."""
    texts = read_texts(path)
    if (count := len(set(texts))) < MIN_TEXTS:
        raise DataError(path, f"{count} different texts; expected {MIN_TEXTS} or more")
    return texts
