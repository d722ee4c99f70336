"""Reader of table files (JSONL, CSV, Parquet) with one instance per row.

A row of a JSONL or Parquet file may also be a sentence with all its aspects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from arts.data.errors import as_data_error
from arts.data.readers.arts_json import parse_id
from arts.data.readers.rows import Row, read_rows
from arts.data.readers.span_repair import ReadingNotes, repair_span
from arts.data.schema import Aspect, Edit, Instance, Opinion, Polarity, Sentence, Strategy

ChoiceT = TypeVar("ChoiceT", Polarity, Strategy)


def read_table(path: Path, notes: ReadingNotes) -> Iterator[Instance]:
    """Stream the instances of a JSONL, CSV or Parquet file.

    A row is an instance: ``id, text, term, start, end, polarity``, and optionally ``unit, strategy, aspects,
    edits``. The columns may also be named ``sentence, from, to`` instead of ``text, start, end``. A row with
    ``aspects`` but no column ``term`` is a sentence: ``id, text, aspects``.

    Without ``unit`` or ``strategy``, the id gives them, as `arts.data.readers.arts_json.parse_id` reads it.
    ``aspects`` and ``edits``, which CSV cannot hold, are lists of objects with the fields of `Aspect`
    (``opinions`` and ``id`` may be missing) and `Edit`.

    Args:
        path: the file.
        notes: gets the ids of what is repaired or left out.

    Raises:
        DataError: when a row does not have this form; names its line or, in Parquet, its number from 1.
    """
    for line, row in read_rows(path):
        with as_data_error(path, line=line):
            if "aspects" in row and "term" not in row:
                yield from _sentence(row).instances()
            elif instance := instance_from_row(row, notes):
                yield instance


def instance_from_row(row: Row, notes: ReadingNotes) -> Instance | None:
    """The instance that a row holds, or None when its span is wrong and cannot be repaired.

    Labels are names or, as Hugging Face stores them, integers: positions in `Polarity` and `Strategy`.

    Args:
        row: the values, keyed by column name.
        notes: gets the id when the span is repaired or the row is left out.

    Raises:
        KeyError: when a column is missing.
        ValueError: when a value is not of the kind that its column holds.
    """
    id, text = _text(row, "id"), _text(row, "text", "sentence")
    unit, strategy = parse_id(id)
    start, end = _offset(row, "start", "from"), _offset(row, "end", "to")
    polarity = _choice(Polarity, row["polarity"])
    span = repair_span(text, _text(row, "term"), start=start, end=end, id=id, notes=notes)
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
    """The values of an instance, keyed by column name, with labels by name.

    `instance_from_row` reads such a row back.
    """
    fields = asdict(instance)
    target, aspects, edits = (fields.pop(name) for name in ("aspect", "aspects", "edits"))
    target_columns = {name: target[name] for name in ("term", "start", "end", "polarity")}
    return {**fields, **target_columns, "aspects": list(aspects), "edits": list(edits)}


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
    """The value of the first column in `names` that the row has.

    Raises:
        KeyError: when it has none of them.
    """
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
    """The member of `kind` (`Polarity` or `Strategy`) that a label stands for, by its name or position."""
    if isinstance(value, int):
        choices = tuple(kind)
        if not 0 <= value < len(choices):
            raise ValueError(f"label {value}; expected 0 to {len(choices) - 1}")
        return choices[value]
    return kind(str(value))
