"""MAMS: the enriched set rebuilt from the released predictions, which hold sentences but no spans."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from arts.data.errors import reading
from arts.data.readers.arts_json import parse_id
from arts.data.readers.instances import read_instances
from arts.data.readers.rows import Row, csv_rows
from arts.data.readers.span_repair import Notes, carry
from arts.data.schema import Aspect, Instance, Polarity, Strategy


def read_results(path: Path, notes: Notes, *, originals_path: Path) -> Iterator[Instance]:
    """Instances from ``output/*_results.csv`` (``id, sentence, term, gold_label, …``).

    The term of an original is where `originals_path`, the flat JSON of the test set, has it; that of a
    variant is found by `arts.data.readers.span_repair.carry`. Rows whose term cannot be found are left out
    and noted.

    Raises:
        DataError: naming the line.
    """
    originals = {instance.id: instance for instance in read_instances(originals_path, notes)}
    for line, row in csv_rows(path):
        with reading(path, line=line):
            instance = _instance(row, originals, notes)
        if instance:
            yield instance


def _instance(row: Row, originals: dict[str, Instance], notes: Notes) -> Instance | None:
    id, text, term = row["id"], row["sentence"], row["term"]
    polarity = Polarity(row["gold_label"])
    unit, strategy = parse_id(id)
    original = originals.get(unit)
    if unit in notes.left_out:
        notes.left_out[id] = "its original is left out"
        return None
    if original is None:
        raise ValueError(f'no original "{unit}" for id "{id}" in the test set')
    source = original.aspect
    if source.term.lower() != term.lower():
        raise ValueError(f'term "{term}" of id "{id}"; expected "{source.term}", as in the test set')
    if strategy is Strategy.ORIGINAL and text == original.text:
        return Instance(id, unit, strategy, text, source, (source,))
    span = carry(original.text, source.start, source.end, text)
    if span is None:
        notes.left_out[id] = f'"{term}" is not in the sentence'
        return None
    found = text[slice(*span)]
    if found != term:
        notes.repaired.append(id)
    aspect = Aspect(found, *span, polarity, id=id)
    return Instance(id, unit, strategy, text, aspect, (aspect,))
