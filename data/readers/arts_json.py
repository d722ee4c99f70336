"""Reader and writer of the JSON files of the ARTS release.

Such a file holds one object, which maps ids to records. A record is one instance, or a sentence with all its
aspects and, where they are annotated, its opinion terms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import ijson

from arts.data.errors import DataError, as_data_error
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.polarity_labels import parse_gold_polarity
from arts.data.readers.span_repair import ReadingNotes, aspect_key, repair_span
from arts.data.schema import Aspect, Instance, Opinion, Sentence, Strategy

_VARIANT_ID = re.compile(r"(?P<unit>.+)_adv(?P<number>[1-4])$", re.DOTALL)
_STRATEGIES = {
    "1": Strategy.REVTGT,
    "2": Strategy.REVNON,
    "3": Strategy.ADDDIFF,
    "4": Strategy.ADDDIFF,  # used only in the tables output/*.csv of the release
}


def parse_id(id: str) -> tuple[str, Strategy]:
    """Split an id of the ARTS release into the id of its unit and its strategy.

    The suffix ``_adv1`` stands for REVTGT, ``_adv2`` for REVNON, ``_adv3`` and ``_adv4`` for ADDDIFF. An id
    without such a suffix is an original's, and is also the id of its unit.

    Example:
        >>> parse_id("892:1_0_adv4")
        ('892:1_0', <Strategy.ADDDIFF: 'adddiff'>)
        >>> parse_id("892:1_0")
        ('892:1_0', <Strategy.ORIGINAL: 'original'>)
    """
    match = _VARIANT_ID.match(id)
    return (match["unit"], _STRATEGIES[match["number"]]) if match else (id, Strategy.ORIGINAL)


def read_arts_json(path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES) -> Iterator[Instance]:
    """Stream the instances of a JSON file that maps ids to records.

    A record has one of two forms:

    - one instance: ``sentence, term, polarity, from, to``. Its key gives its unit and strategy (`parse_id`);
      if it has a field ``id``, that must be the id of its unit.
    - a sentence and its originals: ``sentence, term_list``. The list is an object that maps the id of each
      original to ``term, polarity, from, to``, and optionally to ``opinion_words`` (a list of texts) and
      ``opinion_position`` (their start and end offsets, as pairs).

    Wrong spans are repaired, or their instances left out, by `arts.data.readers.span_repair.repair_span`.
    Aspects with polarity ``conflict`` are left out and counted.

    Args:
        path: the JSON file.
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.

    Raises:
        DataError: when the file or a record does not have this form; names the id of the record.
    """
    original: Instance | None = None  # the last original read; its variants follow it
    for id, record in _records(path):
        with as_data_error(path, record=id):
            if not isinstance(record, Mapping):
                raise TypeError("a record is not an object")
            _check_keys(record)
            if "term_list" in record:
                yield from _sentence_instances(id, record, notes=notes, labels=labels)
            elif instance := _instance(id, record, notes=notes, labels=labels, last_original=original):
                if instance.strategy is Strategy.ORIGINAL:
                    original = instance
                yield instance


def _records(path: Path) -> Iterator[tuple[str, Any]]:
    """Stream (id, record) pairs of a JSON file without loading all of it."""
    last_id = None
    try:
        with path.open("rb") as file:
            for last_id, record in ijson.kvitems(file, "", map_type=_Record):
                yield last_id, record
    except ijson.IncompleteJSONError as error:
        # yajl raises this for every fault; the lines after the first draw where it is
        reason = str(error).splitlines()[0].strip()
        raise DataError(
            path, f"not complete JSON after this record ({reason})", record=last_id or "(none)"
        ) from error
    except ijson.JSONError as error:
        raise DataError(path, f"not JSON ({error})", record=last_id or "(none)") from error


class _Record(dict[str, Any]):
    """An object of the file; `repeated` is a key that is there twice, of which JSON keeps the last value."""

    repeated: str | None = None

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self:
            self.repeated = key
        super().__setitem__(key, value)


def _check_keys(record: object) -> None:
    """Raise ValueError when a record, or an object in it, has a key twice."""
    if isinstance(record, _Record):
        if record.repeated is not None:
            raise ValueError(f'"{record.repeated}" is there twice; expected every key once')
        for value in record.values():
            _check_keys(value)


def _instance(
    id: str,
    record: Mapping[str, Any],
    *,
    notes: ReadingNotes,
    labels: LabelNames,
    last_original: Instance | None,
) -> Instance | None:
    """The instance of a record, or None when it is left out.

    `last_original` is the original read last; it helps to repair the span of a variant of it.
    """
    unit, strategy = parse_id(id)
    if record.get("id", unit) != unit:
        raise ValueError(f'field id is "{record["id"]}"; expected "{unit}"')
    original = last_original if last_original and last_original.id == unit != id else None
    aspect = _aspect(
        id, record, unit=unit, text=record["sentence"], notes=notes, labels=labels, original=original
    )
    return Instance(id, unit, strategy, record["sentence"], aspect, (aspect,)) if aspect else None


def _sentence_instances(
    id: str, record: Mapping[str, Any], *, notes: ReadingNotes, labels: LabelNames
) -> Iterator[Instance]:
    """The original instances of a sentence record, except those that are left out."""
    text = record["sentence"]
    aspects = [
        _aspect(key, term, unit=key, text=text, notes=notes, labels=labels)
        for key, term in record["term_list"].items()
    ]
    return Sentence(id, text, tuple(aspect for aspect in aspects if aspect)).instances()


def _aspect(
    id: str,
    record: Mapping[str, Any],
    *,
    unit: str,
    text: str,
    notes: ReadingNotes,
    labels: LabelNames,
    original: Instance | None = None,
) -> Aspect | None:
    """The aspect of a record; None when its polarity is ``conflict``, or its span is wrong beyond repair.

    `original` is the original that the record is a variant of, if it is known; it helps to repair the span.
    """
    term, start, end = record["term"], record["from"], record["to"]
    polarity = parse_gold_polarity(record["polarity"], labels)
    if polarity is None:
        notes.conflicts[aspect_key(unit, text, start=start, end=end)] = id
        return None
    span = repair_span(text, term, start=start, end=end, id=id, notes=notes, original=original)
    if span is None:
        return None
    opinions = zip(record.get("opinion_words", ()), record.get("opinion_position", ()), strict=True)
    return Aspect(
        text[slice(*span)],
        *span,
        polarity,
        tuple(Opinion(words, start, end) for words, (start, end) in opinions),
        id,
    )


def write_arts_json(instances: Iterable[Instance], path: Path) -> None:
    """Write instances to a JSON file that maps ids to records, as in the ARTS release.

    A record holds the unit's id (in ``id``), the text, and the target with its polarity and span. The format
    has no place for other aspects, opinion terms and edits: they are not written.
    """
    with path.open("w", encoding="utf-8") as file:
        separator = "{"
        for instance in instances:
            record = {
                "id": instance.unit,
                "sentence": instance.text,
                "term": instance.aspect.term,
                "polarity": str(instance.polarity),
                "from": instance.aspect.start,
                "to": instance.aspect.end,
            }
            line = f"{json.dumps(instance.id)}: {json.dumps(record, ensure_ascii=False)}"
            file.write(f"{separator}\n{line}")
            separator = ","
        file.write("\n}\n")
