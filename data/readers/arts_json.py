"""Reader of the ARTS repository's JSON: flat, by sentence, with opinion terms (TOWE), and enriched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import ijson

from arts.data.errors import DataError, reading
from arts.data.readers.span_repair import Notes, mend
from arts.data.schema import Aspect, Instance, Opinion, Polarity, Sentence, Strategy

_SUFFIX = re.compile(r"(?P<unit>.+)_adv(?P<number>[1-4])$", re.DOTALL)
_STRATEGIES = {
    "1": Strategy.REVTGT,
    "2": Strategy.REVNON,
    "3": Strategy.ADDDIFF,
    "4": Strategy.ADDDIFF,  # in output/*.csv
}


def parse_id(id: str) -> tuple[str, Strategy]:
    """Unit and strategy of an id of the ARTS release.

    Example:
        >>> parse_id("892:1_0_adv4")
        ('892:1_0', <Strategy.ADDDIFF: 'adddiff'>)
        >>> parse_id("892:1_0")
        ('892:1_0', <Strategy.ORIGINAL: 'original'>)
    """
    match = _SUFFIX.match(id)
    return (match["unit"], _STRATEGIES[match["number"]]) if match else (id, Strategy.ORIGINAL)


def read_arts_json(path: Path, notes: Notes) -> Iterator[Instance]:
    """Stream the instances of a JSON object of id to record.

    A record is flat (``sentence, term, polarity, from, to``; a perturbed one names its unit in ``id``)
    or a sentence (``sentence, term_list``; opinion terms in ``opinion_words, opinion_position``).
    Spans are repaired, or their rows left out, as `arts.data.readers.span_repair.mend` says.

    Raises:
        DataError: naming the id, for anything that is not such a file.
    """
    original: Instance | None = None  # of the variants that follow it
    for id, record in _records(path):
        with reading(path, record=id):
            if not isinstance(record, Mapping):
                raise TypeError("a record is not an object")
            if "term_list" in record:
                yield from _sentence(id, record, notes)
            elif instance := _flat(id, record, notes, original):
                if instance.strategy is Strategy.ORIGINAL:
                    original = instance
                yield instance


def _records(path: Path) -> Iterator[tuple[str, Any]]:
    last = None
    try:
        with path.open("rb") as file:
            for last, record in ijson.kvitems(file, ""):
                yield last, record
    except ijson.IncompleteJSONError as error:
        # yajl reports every fault so, with a drawing of the place in the lines that follow
        reason = str(error).splitlines()[0].strip()
        raise DataError(
            path, f"not complete JSON after this record ({reason})", record=last or "(none)"
        ) from error
    except ijson.JSONError as error:
        raise DataError(path, f"not JSON ({error})", record=last or "(none)") from error


def _flat(id: str, record: Mapping[str, Any], notes: Notes, last: Instance | None) -> Instance | None:
    unit, strategy = parse_id(id)
    if record.get("id", unit) != unit:
        raise ValueError(f'field id is "{record["id"]}"; expected "{unit}"')
    original = last if last and last.id == unit != id else None
    aspect = _aspect(id, record["sentence"], record, notes, original)
    return Instance(id, unit, strategy, record["sentence"], aspect, (aspect,)) if aspect else None


def _sentence(id: str, record: Mapping[str, Any], notes: Notes) -> Iterator[Instance]:
    text = record["sentence"]
    aspects = [_aspect(key, text, term, notes) for key, term in record["term_list"].items()]
    return Sentence(id, text, tuple(aspect for aspect in aspects if aspect)).instances()


def _aspect(
    id: str,
    text: str,
    record: Mapping[str, Any],
    notes: Notes,
    original: Instance | None = None,
) -> Aspect | None:
    term, start, end = record["term"], record["from"], record["to"]
    span = mend(text, term, start, end, id=id, notes=notes, original=original)
    polarity = Polarity(record["polarity"])
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
    """Write the release's format: an object of id to record; a record of a variant names its unit in ``id``.

    The format has no place for the other aspects and for the edits.
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
