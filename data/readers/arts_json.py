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

from arts.data.errors import DataError, as_data_error
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.field_names import missing_field, plain_fields
from arts.data.readers.sentence_reader import SentenceReader, parse_offset
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Aspect, Instance, Opinion, Sentence, Strategy
from arts.data.support.input_files import read_bytes
from arts.data.support.json_text import parse_json

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

    Wrong spans are repaired, or their instances left out, by `SentenceReader`. Aspects with polarity
    ``conflict`` are left out and counted.

    Args:
        path: the JSON file.
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.

    Raises:
        DataError: when the file or a record does not have this form; names the id of the record.
    """
    records = parse_json(read_bytes(path), path)
    if not isinstance(records, dict):
        raise DataError(path, "expected a JSON object that maps ids to records, as in the ARTS release")
    yield from record_instances(records, path, notes, labels=labels)


def record_instances(
    records: Mapping[str, Any], path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES
) -> Iterator[Instance]:
    """Stream the instances of records keyed by id; see `read_arts_json`, which the arguments are of."""
    original: Instance | None = None  # the last original read; its variants follow it
    for id, record in records.items():
        with as_data_error(path, record=id):
            if not isinstance(record, Mapping):
                raise TypeError("a record is not an object")
            if "term_list" in record:
                yield from _sentence_instances(id, record, notes=notes, labels=labels)
            elif instance := _instance(id, record, notes=notes, labels=labels, last_original=original):
                if instance.strategy is Strategy.ORIGINAL:
                    original = instance
                yield instance


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
    sentence = SentenceReader(_text(record), unit, notes, labels)
    aspect = _aspect(id, record, sentence, original=original)
    return Instance(id, unit, strategy, sentence.text, aspect, (aspect,)) if aspect else None


def _sentence_instances(
    id: str, record: Mapping[str, Any], *, notes: ReadingNotes, labels: LabelNames
) -> Iterator[Instance]:
    """The original instances of a sentence record, except those that are left out."""
    if not isinstance(record["term_list"], Mapping):
        raise TypeError("term_list is not an object that maps ids to terms")
    aspects, text = [], _text(record)
    for key, term in record["term_list"].items():
        if not isinstance(term, Mapping):
            raise TypeError(f'term "{key}" is not an object')
        sentence = SentenceReader(text, key, notes, labels)
        aspects.append(_aspect(key, term, sentence))
        text_read = sentence.text
    if aspects:
        yield from Sentence(id, text_read, tuple(aspect for aspect in aspects if aspect)).instances()


def _text(record: Mapping[str, Any]) -> str:
    fields = plain_fields(record)
    if "text" not in fields:
        raise missing_field("text", record)
    if not isinstance(fields["text"], str):
        raise TypeError(f"field sentence is {fields['text']!r:.60}; expected text")
    return str(fields["text"])


def _aspect(
    id: str,
    record: Mapping[str, Any],
    sentence: SentenceReader,
    *,
    original: Instance | None = None,
) -> Aspect | None:
    """The aspect of a record; None when it is left out.

    `original` is the original that the record is a variant of, if it is known; it helps to repair the span.
    """
    fields = plain_fields(record)
    for name in ("term", "polarity"):
        if name not in fields:
            raise missing_field(name, record)
    start, end = (parse_offset(fields.get(name), other) for name, other in (("start", "from"), ("end", "to")))
    return sentence.aspect(
        fields["term"],
        fields["polarity"],
        id=id,
        offsets=None if start is None or end is None else (start, end),
        original=original,
        opinions=_opinions(record, sentence),
    )


def _opinions(record: Mapping[str, Any], sentence: SentenceReader) -> list[Opinion]:
    """The opinion terms of a record of TOWE."""
    words, positions = (record.get(name) or [] for name in ("opinion_words", "opinion_position"))
    if not isinstance(words, list) or not isinstance(positions, list) or len(words) != len(positions):
        raise ValueError("opinion_words and opinion_position are no lists of the same length")
    opinions = []
    for text, position in zip(words, positions, strict=True):
        if not isinstance(text, str) or not isinstance(position, list) or len(position) != 2:
            raise ValueError(
                f"opinion {text!r:.60} at {position!r:.60}; expected a text, and a start and an end"
            )
        start, end = (parse_offset(offset, "opinion_position") for offset in position)
        if start is not None and end is not None:
            opinions.append(sentence.opinion(text, start, end))
    return opinions


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
