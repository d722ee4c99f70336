"""Reader of corpora in text files, whose layout their first line tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from arts.data.errors import DataError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.field_names import NO_COLUMNS, ColumnNames
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.three_lines import PLACE, read_three_lines
from arts.data.readers.tuple_lines import MARK, read_tuple_lines
from arts.data.schema import Instance
from arts.data.support.input_files import text_lines

THREE_LINES = f"three lines an aspect ({PLACE} for the term, the term, the label)"
TUPLES = f"a sentence a line with {MARK} and a list of tuples"
_NEAREST = (  # what the first line of other layouts looks like, and the nearest known one
    (r"\[B-ASP\]|\$LABEL\$", THREE_LINES),
    (r"^\S+[ \t]+(O|[BI]-\S+)([ \t]|$)", f"{THREE_LINES}, as a word a line with its tag is not read"),
    (r"^[^\t]+(\t[^\t]+)+$", "a table with a header line; name the file .tsv"),
    (r"^[^,]*(,[^,]+){2,}$", "a table with a header line; name the file .csv"),
    (r"^\s*\{.*\}\s*$", "an object a line; name the file .jsonl"),
    (r"^\s*[\[{]", "JSON; name the file .json"),
    (r"^\s*<", "XML; name the file .xml"),
)


def read_text_corpus(
    path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES, columns: ColumnNames = NO_COLUMNS
) -> Iterator[Instance]:
    """Stream the instances of a text file: `read_three_lines` or `read_tuple_lines`.

    Args:
        path: the file.
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.
        columns: must be empty: there are no columns.

    Raises:
        DataError: when the layout is unknown; says which known one is the nearest.
    """
    if columns.names:
        raise DataError(path, "--columns has no effect on a text file, which has none; leave it out")
    line, first = next(((line, text) for line, text in text_lines(path) if text.strip()), (1, ""))
    if MARK in first:
        return read_tuple_lines(path, notes, labels=labels)
    if PLACE in first.upper() or not first:
        return read_three_lines(path, notes, labels=labels)
    known = f"{THREE_LINES}, or {TUPLES}"
    nearest = next((layout for form, layout in _NEAREST if re.search(form, first.strip())), known)
    raise DataError(path, f'unknown layout: "{first.strip()[:40]}"; nearest known: {nearest}', line=line)
