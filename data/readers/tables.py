"""Readers of JSONL, CSV and Parquet: a row is an instance, or (JSONL) a sentence with its aspects."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from arts.data.errors import DataError, reading
from arts.data.readers.arts_json import parse_id
from arts.data.readers.span_repair import Notes, mend
from arts.data.schema import Aspect, Edit, Instance, Opinion, Polarity, Sentence, Strategy

Row = Mapping[str, Any]
ChoiceT = TypeVar("ChoiceT", Polarity, Strategy)


def read_jsonl(path: Path, notes: Notes) -> Iterator[Instance]:
    """Stream a JSONL file of instance rows or of sentence rows (``id, text, aspects``).

    Raises:
        DataError: naming the line.
    """
    for line, row in jsonl_rows(path):
        yield from _instances(path, line, row, notes)


def read_csv(path: Path, notes: Notes) -> Iterator[Instance]:
    """Stream a CSV file with a header and the columns ``id, text, term, start, end, polarity``.

    ``sentence, from, to`` are understood for ``text, start, end``; ``unit, strategy`` are optional.

    Raises:
        DataError: naming the line.
    """
    for line, row in csv_rows(path):
        yield from _instances(path, line, row, notes)


def read_parquet(path: Path, notes: Notes) -> Iterator[Instance]:
    """Stream a Parquet file of instance rows, such as `arts export` writes.

    Raises:
        DataError: naming the row, counted from 1, as the line.
    """
    for line, row in parquet_rows(path):
        yield from _instances(path, line, row, notes)


def jsonl_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """(line number, object) for each line that is not blank."""
    for line, text in _lines(path):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as error:
            raise DataError(path, f"not JSON ({error})", line=line) from error
        if not isinstance(row, dict):
            raise DataError(path, "expected a JSON object", line=line)
        yield line, row


def csv_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """(line number, row by column name) for each row below the header."""
    reader = csv.reader((text for _, text in _lines(path)), strict=True)
    header: list[str] | None = None
    try:
        for values in reader:
            if header is None:
                header = values
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
    """(row number, row by column name), read batch by batch."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except pa.ArrowException as error:
        raise DataError(path, f"not Parquet ({error})") from error


def _lines(path: Path) -> Iterator[tuple[int, str]]:
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


def _instances(path: Path, line: int, row: Row, notes: Notes) -> Iterator[Instance]:
    with reading(path, line=line):
        if "aspects" in row and "term" not in row:
            yield from _sentence(row).instances()
        elif instance := instance_from_row(row, notes):
            yield instance


def instance_from_row(row: Row, notes: Notes) -> Instance | None:
    """An instance from a mapping of column to value; None when its span had to be left out.

    Labels may be names or, as Hugging Face stores them, positions in `Polarity` and `Strategy`.

    Raises:
        KeyError: for a missing column.
        ValueError: for a value that is not what the column holds.
    """
    id, text = _text(row, "id"), _text(row, "text", "sentence")
    unit, strategy = parse_id(id)
    start, end = _offset(row, "start", "from"), _offset(row, "end", "to")
    polarity = _choice(Polarity, row["polarity"])
    span = mend(text, _text(row, "term"), start, end, id=id, notes=notes)
    if span is None:
        return None
    aspects = tuple(_aspect(aspect) for aspect in row.get("aspects") or ())
    target = next(
        (aspect for aspect in aspects if (aspect.start, aspect.end) == span),
        Aspect(text[slice(*span)], *span, polarity, id=id),
    )
    if target.polarity is not polarity:
        raise ValueError(f'polarity {polarity}, but {target.polarity} in "aspects"')
    return Instance(
        id,
        _text(row, "unit") if row.get("unit") else unit,
        _choice(Strategy, row["strategy"]) if row.get("strategy") not in (None, "") else strategy,
        text,
        target,
        aspects or (target,),
        tuple(Edit(**edit) for edit in row.get("edits") or ()),
    )


def row_from_instance(instance: Instance) -> dict[str, Any]:
    """The inverse of `instance_from_row`, with labels by name."""
    fields = asdict(instance)
    target, aspects, edits = (fields.pop(name) for name in ("aspect", "aspects", "edits"))
    place = {name: target[name] for name in ("term", "start", "end", "polarity")}
    return {**fields, **place, "aspects": list(aspects), "edits": list(edits)}


def _sentence(row: Row) -> Sentence:
    aspects = tuple(_aspect(aspect) for aspect in row["aspects"])
    return Sentence(_text(row, "id"), _text(row, "text", "sentence"), aspects)


def _aspect(row: Row) -> Aspect:
    return Aspect(
        _text(row, "term"),
        _offset(row, "start", "from"),
        _offset(row, "end", "to"),
        _choice(Polarity, row["polarity"]),
        tuple(Opinion(**opinion) for opinion in row.get("opinions") or ()),
        row.get("id") or "",
    )


def _value(row: Row, *names: str) -> Any:
    for name in names:
        if name in row:
            return row[name]
    raise KeyError(names[0])


def _text(row: Row, *names: str) -> str:
    value = _value(row, *names)
    if not isinstance(value, str) or not value:
        raise ValueError(f"field {names[0]} is {value!r}; expected text")
    return value


def _offset(row: Row, *names: str) -> int:
    value = _value(row, *names)
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"field {names[0]} is {value!r}; expected a character offset") from error


def _choice(kind: type[ChoiceT], value: object) -> ChoiceT:
    if isinstance(value, int):
        choices = tuple(kind)
        if not 0 <= value < len(choices):
            raise ValueError(f"label {value}; expected 0 to {len(choices) - 1}")
        return choices[value]
    return kind(str(value))
