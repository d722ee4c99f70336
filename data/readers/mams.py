"""Reader of MAMS, whose variants were released only as a table of predictions, without spans."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from arts.data.errors import as_data_error
from arts.data.polarity_labels import parse_gold_polarity
from arts.data.readers.arts_json import parse_id
from arts.data.readers.instances import load_usable_instances
from arts.data.readers.rows import Row, csv_rows
from arts.data.readers.span_repair import ReadingNotes, transfer_span
from arts.data.schema import Aspect, Instance, Strategy, sentence_id


def read_mams_results(path: Path, notes: ReadingNotes, *, originals_path: Path) -> Iterator[Instance]:
    """Stream the instances of ``output/mams_results.csv`` (``id, sentence, term, gold_label, …``).

    The span of the term in a variant is found by `arts.data.readers.span_repair.transfer_span`. Rows where it
    cannot be found are left out.

    Args:
        path: the table of predictions.
        notes: gets the ids of what is repaired or left out.
        originals_path: the JSON file of the test set, which gives the span of the term in each original.

    Raises:
        DataError: when a row does not hold an instance of the test set or a variant of one; names its line.
    """
    originals = {instance.id: instance for instance in load_usable_instances(originals_path, notes)}
    for line, row in csv_rows(path):
        with as_data_error(path, line=line):
            instance = _instance(row, originals=originals, notes=notes)
        if instance:
            yield instance


def _instance(row: Row, *, originals: dict[str, Instance], notes: ReadingNotes) -> Instance | None:
    """The instance of a row; None when it or its original is left out."""
    id, text, term = row["id"], row["sentence"], row["term"]
    polarity = parse_gold_polarity(row["gold_label"])
    unit, strategy = parse_id(id)
    original = originals.get(unit)
    if original is None and unit in notes.left_out_ids:
        if id != unit:
            notes.left_out[id] = "its original is left out"
        return None
    if original is None:
        raise ValueError(f'no original "{unit}" for id "{id}" in the test set')
    source = original.aspect
    if source.term.lower() != term.lower():
        raise ValueError(f'term "{term}" of id "{id}"; expected "{source.term}", as in the test set')
    if strategy is Strategy.ORIGINAL and text == original.text:
        return Instance(id, unit, strategy, text, source, (source,))
    span = transfer_span(original.text, text, start=source.start, end=source.end)
    if polarity is None:
        notes.note_conflict((sentence_id(unit), text, *(span or (0, 0))), id, is_target=True)
        return None
    if span is None:
        notes.left_out[id] = f'"{term}" is not in the sentence'
        return None
    term_in_text = text[slice(*span)]
    if term_in_text != term:
        notes.repaired.append(id)
    aspect = Aspect(term_in_text, *span, polarity, id=id)
    return Instance(id, unit, strategy, text, aspect, (aspect,))
