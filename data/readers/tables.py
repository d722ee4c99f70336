"""Reader of tables (JSONL, CSV, TSV, Parquet) with one instance per row.

A row may also be a sentence with all its aspects, except in CSV and TSV.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from arts.data.errors import DataError, as_data_error
from arts.data.label_names import NO_NAMES, LabelNames, is_number
from arts.data.readers.arts_json import parse_id
from arts.data.readers.field_names import NO_COLUMNS, ColumnNames, missing_field, plain_fields
from arts.data.readers.row_ids import RowIds
from arts.data.readers.row_shapes import in_usual_shape
from arts.data.readers.rows import Row, read_rows
from arts.data.readers.sentence_reader import SentenceReader, parse_offset
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.written_lists import MAX_ITEMS
from arts.data.schema import Aspect, Edit, Instance, Opinion, Sentence, Strategy
from arts.data.support.record import first_fault


def read_table(
    path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES, columns: ColumnNames = NO_COLUMNS
) -> Iterator[Instance]:
    """Stream the instances of a table: a JSONL, CSV, TSV or Parquet file.

    A row is an instance: ``id, text, term, start, end, polarity``, and optionally ``unit, strategy, aspects,
    edits``. A row with ``aspects`` but no column ``term`` is a sentence: ``id, text, aspects``. Columns may
    have the other names of `FIELDS`, such as ``Sentence`` and ``Aspect Term``, or those of `columns`.

    Without ``unit`` or ``strategy``, the id gives them, as `arts.data.readers.arts_json.parse_id` reads it.
    Without ``id``, or where all rows of a sentence have its id, rows are numbered (`RowIds`). Without
    ``start`` and ``end``, the term has to occur once. ``aspects`` and ``edits``, which CSV cannot hold, are
    lists of objects with the fields of `Aspect` (``opinions`` and ``id`` may be missing) and `Edit`. Aspects
    with polarity ``conflict``, targets or not, are left out and counted.

    Args:
        path: the file.
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the file.

    Raises:
        DataError: when a row does not have this form; names its line or, in Parquet, its number from 1.
    """
    rows, line = RowReader(notes, labels, columns), 0
    for line, row in read_rows(path):
        with as_data_error(path, line=line):
            yield from rows.instances(row)
    if not line:
        raise DataError(path, "holds no instances: it has no rows, or its only line is taken as its header")


Built = TypeVar("Built", Edit, Opinion)
_EDIT, _OPINION = TypeAdapter(Edit), TypeAdapter(Opinion)  # to make one takes longer than to read a row
_PAIR = re.compile(r"[\s\[(]*(\d{1,18})\s*[,;:-]\s*(\d{1,18})[\s\])]*")  # a start and an end as text


@dataclass(frozen=True)
class RowReader:
    """Reads the instances of the rows of one file or dataset, in their order.

    Args:
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the rows.
    """

    notes: ReadingNotes
    labels: LabelNames = NO_NAMES
    columns: ColumnNames = NO_COLUMNS
    _ids: RowIds = field(default_factory=RowIds)

    def instances(self, row: Row) -> Iterator[Instance]:
        """The instances of a row, which is an instance or a sentence; none when they are left out.

        Args:
            row: the values, keyed by column name. Labels are names; see `read_table` for the columns.

        Raises:
            ValueError: when a column is missing, or a value is not of the kind that its column holds.
        """
        fields = in_usual_shape(self.columns.fields(row), row)
        if "aspects" in fields and "term" not in fields:
            text = _text(fields, row, "text")
            id = _id(fields) or self._ids.next_sentence()
            sentence = SentenceReader(text, id, self.notes, self.labels)
            aspects = self._aspects(fields["aspects"], sentence, prefix=f"{id}_")
            yield from Sentence(id, sentence.text, aspects).instances()
        elif instance := self._instance(fields, row):
            yield instance

    def _instance(self, fields: Row, row: Row) -> Instance | None:
        """The instance of a row; None when its target is left out."""
        text = _text(fields, row, "text")
        id, unit, strategy = self._identity(fields, row, text)
        sentence = SentenceReader(text, unit, self.notes, self.labels)
        for name in ("term", "polarity"):
            if name not in fields:
                raise missing_field(name, row)
        target = sentence.aspect(
            fields["term"],
            fields["polarity"],
            id=id,
            offsets=_offsets(fields),
            ordinal=_offset(fields, "ordinal") or 0,
        )
        if target is None:
            return None
        aspects = self._aspects(fields.get("aspects"), sentence, row_id=id)
        listed = [aspect for aspect in aspects if (aspect.start, aspect.end) == (target.start, target.end)]
        same = [aspect for aspect in listed if aspect.polarity is target.polarity]
        if listed and not same:
            raise ValueError(f'polarity {target.polarity}, but {listed[0].polarity} in "aspects"')
        target = same[0] if same else target
        edits = tuple(_built(_EDIT, edit, name="edit") for edit in _objects(fields.get("edits"), "edits"))
        acceptance = _share(fields, "acceptance")
        return Instance(id, unit, strategy, sentence.text, target, aspects or (target,), edits, acceptance)

    def _identity(self, fields: Row, row: Row, text: str) -> tuple[str, str, Strategy]:
        """The id, unit and strategy of a row."""
        id = _id(fields)
        has_own = any(fields.get(name) not in (None, "") for name in ("unit", "strategy"))
        if not id and has_own:
            raise missing_field("id", row)
        unit, strategy = parse_id(id)
        if not has_own and strategy is Strategy.ORIGINAL:
            unit = id = self._ids.numbered(id, text, row) if id else self._ids.made(text)
        unit = _text(fields, row, "unit") if fields.get("unit") else unit
        given = fields.get("strategy")
        return id, unit, strategy if given in (None, "") else _strategy(given)

    def _aspects(
        self, listed: Any, sentence: SentenceReader, *, prefix: str = "", row_id: str = ""
    ) -> tuple[Aspect, ...]:
        """The aspects that a row lists, without those that are left out.

        Args:
            listed: the list.
            sentence: the reader of the row's sentence.
            prefix: where the aspects are the targets, what comes before their number in an id that is made.
            row_id: where one of them is the target, the id of the row, for the notes.
        """
        aspects = []
        for position, item in enumerate(_objects(listed, "aspects")):
            fields = plain_fields(item)
            for name in ("term", "polarity"):
                if name not in fields:
                    raise missing_field(name, item)
            id = _id(fields) or (f"{prefix}{position}" if prefix else "")
            aspect = sentence.aspect(
                fields["term"],
                fields["polarity"],
                id=id,
                offsets=_offsets(fields),
                noted_as=f"{row_id}, aspect {position}" if row_id else "",
                opinions=_opinions(item.get("opinions")),
            )
            if aspect:
                aspects.append(aspect)
        return tuple(aspects)


def row_from_instance(instance: Instance) -> dict[str, Any]:
    """The values of an instance, keyed by column name, with labels by name.

    `RowReader` reads such a row back.
    """
    fields = asdict(instance)
    target, aspects, edits = (fields.pop(name) for name in ("aspect", "aspects", "edits"))
    target_columns = {name: target[name] for name in ("term", "start", "end", "polarity")}
    return {**fields, **target_columns, "aspects": list(aspects), "edits": list(edits)}


def _objects(value: Any, name: str) -> list[Row]:
    """The objects that a column lists, if any; older `datasets` stored them as an object of lists."""
    if value is None or value in ("", [], {}):
        return []
    if isinstance(value, Mapping) and all(isinstance(items, list) for items in value.values()):
        value = [dict(zip(value, items, strict=True)) for items in zip(*value.values(), strict=True)]
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(f"field {name} is {value!r:.60}; expected a list of objects")
    if len(value) > MAX_ITEMS:
        raise ValueError(
            f"field {name} lists {len(value):,} items; expected at most {MAX_ITEMS:,} a sentence"
        )
    return value


def _built(adapter: TypeAdapter[Built], item: Row, *, name: str) -> Built:
    """An `Edit` or `Opinion` of its fields; ValueError when one is missing, or of another kind."""
    try:
        return adapter.validate_python(dict(item))
    except ValidationError as error:
        raise ValueError(f"{name}: {first_fault(error)}") from error


def _opinions(listed: Any) -> list[Opinion] | list[str]:
    """The opinion terms that an aspect lists, as objects or as texts."""
    if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
        return listed
    return [_built(_OPINION, item, name="opinion") for item in _objects(listed, "opinions")]


def _text(fields: Row, row: Row, name: str) -> str:
    """The text of a field; `row` is what it was read from, for errors."""
    if name not in fields:
        raise missing_field(name, row)
    value = fields[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"field {name} is {value!r:.60}; expected text")
    return value


def _share(fields: Row, name: str) -> float | None:
    """The number from 0 to 1 in a field; None when it is empty."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    try:
        share = float(value)
    except (TypeError, ValueError):
        share = math.nan
    if isinstance(value, bool) or not 0 <= share <= 1:
        raise ValueError(f"field {name} is {value!r:.60}; expected a number from 0 to 1")
    return share


def _id(fields: Row) -> str:
    """The id of a row, which may be a number; empty when there is none."""
    value = fields.get("id")
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"field id is {value!r:.60}; expected text")
    return str(value).strip()


def _offsets(fields: Row) -> tuple[int, int] | None:
    """The start and end that a row gives, in two columns or in one; None when it gives none."""
    location = fields.get("location")
    if isinstance(location, str) and (pair := _PAIR.fullmatch(location)):
        location = list(pair.groups())
    if isinstance(location, list) and "start" not in fields:
        if len(location) != 2:
            raise ValueError(f"field location is {location!r:.60}; expected a start and an end")
        fields = dict(zip(("start", "end"), location, strict=True))
    start, end = _offset(fields, "start"), _offset(fields, "end")
    if (start is None) != (end is None):
        raise ValueError(f"offsets {start} to {end}; expected a start and an end, or neither")
    return None if start is None or end is None else (start, end)


def _offset(fields: Row, name: str) -> int | None:
    return parse_offset(fields.get(name), name)


def _strategy(value: object) -> Strategy:
    """The strategy that a label names."""
    if is_number(value):
        names = ", ".join(Strategy)
        raise ValueError(f'strategy "{value}"; a number does not name a strategy, expected one of: {names}')
    return Strategy(str(value).strip().lower())
