"""Reader of table files (JSONL, CSV, Parquet) with one instance per row.

A row of a JSONL or Parquet file may also be a sentence with all its aspects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from arts.data.errors import as_data_error
from arts.data.label_names import NO_NAMES, LabelNames, is_number
from arts.data.polarity_labels import parse_gold_polarity
from arts.data.readers.arts_json import parse_id
from arts.data.readers.rows import Row, read_rows
from arts.data.readers.span_repair import ReadingNotes, aspect_key, repair_span
from arts.data.schema import Aspect, Edit, Instance, Opinion, Sentence, Strategy


def read_table(path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES) -> Iterator[Instance]:
    """Stream the instances of a JSONL, CSV or Parquet file.

    A row is an instance: ``id, text, term, start, end, polarity``, and optionally ``unit, strategy, aspects,
    edits``. The columns may also be named ``sentence, from, to`` instead of ``text, start, end``. A row with
    ``aspects`` but no column ``term`` is a sentence: ``id, text, aspects``.

    Without ``unit`` or ``strategy``, the id gives them, as `arts.data.readers.arts_json.parse_id` reads it.
    ``aspects`` and ``edits``, which CSV cannot hold, are lists of objects with the fields of `Aspect`
    (``opinions`` and ``id`` may be missing) and `Edit`. Aspects with polarity ``conflict``, targets or not,
    are left out and counted.

    Args:
        path: the file.
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.

    Raises:
        DataError: when a row does not have this form; names its line or, in Parquet, its number from 1.
    """
    rows = RowReader(notes, labels)
    for line, row in read_rows(path):
        with as_data_error(path, line=line):
            yield from rows.instances(row)


@dataclass(frozen=True)
class RowReader:
    """Reads the instances of rows.

    Args:
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.
    """

    notes: ReadingNotes
    labels: LabelNames = NO_NAMES

    def instances(self, row: Row) -> Iterator[Instance]:
        """The instances of a row, which is an instance or a sentence; none when they are left out.

        Args:
            row: the values, keyed by column name. Labels are names; see `read_table` for the columns.

        Raises:
            KeyError: when a column is missing.
            ValueError: when a value is not of the kind that its column holds.
        """
        if "aspects" in row and "term" not in row:
            id, text = _text(row, "id"), _text(row, "text", "sentence")
            yield from Sentence(id, text, self._aspects(row, unit=id, text=text, prefix=id)).instances()
        elif instance := self._instance(row):
            yield instance

    def _instance(self, row: Row) -> Instance | None:
        """The instance of a row; None when its polarity is ``conflict``, or its span wrong beyond repair."""
        id, text = _text(row, "id"), _text(row, "text", "sentence")
        unit, strategy = parse_id(id)
        unit = _text(row, "unit") if row.get("unit") else unit
        strategy = _strategy(row["strategy"]) if row.get("strategy") not in (None, "") else strategy
        start, end = _offset(row, "start", "from"), _offset(row, "end", "to")
        term, polarity = _text(row, "term"), parse_gold_polarity(row["polarity"], self.labels)
        if polarity is None:
            self.notes.conflicts[aspect_key(unit, text, start=start, end=end)] = id
            return None
        span = repair_span(text, term, start=start, end=end, id=id, notes=self.notes)
        if span is None:
            return None
        aspects = self._aspects(row, unit=unit, text=text)
        listed = [aspect for aspect in aspects if (aspect.start, aspect.end) == span]
        target = next(
            (aspect for aspect in listed if aspect.polarity is polarity),
            Aspect(text[slice(*span)], *span, polarity, id=id),
        )
        if listed and target not in listed:
            raise ValueError(f'polarity {polarity}, but {listed[0].polarity} in "aspects"')
        edits = tuple(Edit(**edit) for edit in _objects(row, "edits"))
        return Instance(id, unit, strategy, text, target, aspects or (target,), edits)

    def _aspects(self, row: Row, *, unit: str, text: str, prefix: str = "") -> tuple[Aspect, ...]:
        """The aspects that a row lists, without those of polarity ``conflict``.

        Args:
            row: the row.
            unit: the id of the unit that the text belongs to.
            text: the text.
            prefix: the id of the sentence, with which aspects without id are numbered; empty to leave it.
        """
        aspects = []
        for position, fields in enumerate(_objects(row, "aspects")):
            start, end = _offset(fields, "start", "from"), _offset(fields, "end", "to")
            id = fields.get("id") or (f"{prefix}_{position}" if prefix else "")
            term, polarity = _text(fields, "term"), parse_gold_polarity(fields["polarity"], self.labels)
            if polarity is None:
                self.notes.conflicts.setdefault(aspect_key(unit, text, start=start, end=end), id)
                continue
            opinions = tuple(Opinion(**opinion) for opinion in _objects(fields, "opinions"))
            aspects.append(Aspect(term, start, end, polarity, opinions, id))
        return tuple(aspects)


def row_from_instance(instance: Instance) -> dict[str, Any]:
    """The values of an instance, keyed by column name, with labels by name.

    `RowReader` reads such a row back.
    """
    fields = asdict(instance)
    target, aspects, edits = (fields.pop(name) for name in ("aspect", "aspects", "edits"))
    target_columns = {name: target[name] for name in ("term", "start", "end", "polarity")}
    return {**fields, **target_columns, "aspects": list(aspects), "edits": list(edits)}


def _value(row: Row, *names: str) -> Any:
    """The value of the first column in `names` that the row has.

    Raises:
        KeyError: when it has none of them.
    """
    for name in names:
        if name in row:
            return row[name]
    raise KeyError(names[0])


def _objects(row: Row, name: str) -> list[Row]:
    """The objects that a column lists, if any; older `datasets` stored them as an object of lists."""
    value = row.get(name)
    if not value:
        return []
    if isinstance(value, Mapping) and all(isinstance(items, list) for items in value.values()):
        value = [dict(zip(value, items, strict=True)) for items in zip(*value.values(), strict=True)]
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(f"field {name} is {value!r}; expected a list of objects")
    return value


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


def _strategy(value: object) -> Strategy:
    """The strategy that a label names."""
    if is_number(value):
        names = ", ".join(Strategy)
        raise ValueError(f'strategy "{value}"; a number does not name a strategy, expected one of: {names}')
    return Strategy(str(value).strip().lower())
