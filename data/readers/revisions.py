"""Revisions: variants that people can share without the text that they are made from.

A revisions file holds, for each original of a corpus, the edits that make its variants. Applied to the
user's own copy of the corpus, they give the instances. Nothing of the source is in the file but what the
edits put in its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from arts.data.errors import DataError, SpanError
from arts.data.readers.arts_json import read_arts_json
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Aspect, Edit, Instance, Polarity, Strategy
from arts.data.support.record import Count, Record, first_fault

RULE = "written"  # the rule of an edit that was written by hand
VARIANT_ENDINGS = {Strategy.REVTGT: "adv1", Strategy.REVNON: "adv2", Strategy.ADDDIFF: "adv3"}


def _ordered(span: tuple[int, int]) -> tuple[int, int]:
    if span[0] > span[1]:
        raise ValueError("expected start <= end")
    return span


Span = Annotated[tuple[Count, Count], AfterValidator(_ordered)]


class Replacement(Record):
    """One edit: the characters of the source at `span` are replaced by `parts`, one after the other.

    A part is new text, or the span of words of the source that stand there now. So words that only moved are
    not in the file.
    """

    span: Span
    parts: tuple[str | Span, ...]

    def text(self, source: str) -> str:
        """What stands in place of the span, given the text of the source."""
        return "".join(part if isinstance(part, str) else source[slice(*part)] for part in self.parts)


class RevisedAspect(Record):
    """An aspect of a variant: its character offsets in the variant, end exclusive, and its polarity there."""

    span: Span
    polarity: Polarity


class Revision(Record):
    """How one variant is made of its original.

    Args:
        strategy: the strategy of the variant.
        edits: the edits, in the order of the source, without overlaps.
        aspects: every aspect of the variant in the order of its text: those of the source, and for ADDDIFF
            the added ones.
        target: position of the target in `aspects`.
        added: for ADDDIFF, the spans of the added claims in the variant, without the words that join them.
        place: for ADDDIFF, where the claims stand: before, inside or after what the source says.
    """

    strategy: Strategy
    edits: tuple[Replacement, ...] = Field(min_length=1)
    aspects: tuple[RevisedAspect, ...]
    target: Count
    added: tuple[Span, ...] = ()
    place: Literal["first", "inside", "last"] | None = None


class RevisedUnit(Record):
    """The variants of one original.

    Args:
        unit: the id of the original.
        source: `source_checksum` of the original.
        disputed: whether every reading rejected the gold label of the original.
        revisions: its variants.
        left_out: why there is no variant of a strategy, keyed by strategy; where nothing can be made, such
            as for neutral targets, there is no entry.
    """

    unit: str
    source: str
    disputed: bool = False
    revisions: tuple[Revision, ...] = ()
    left_out: dict[Strategy, str] = Field(default_factory=dict)


class RevisionsHeader(Record):
    """The first line of a revisions file.

    Args:
        schema_version: version of the format.
        name: name of the corpus that the revisions make.
        version: version of the content.
        source: path of the source in the ARTS release.
        units: number of originals.
        licence: licence of what the edits put in.
    """

    schema_version: Literal["1.0"] = "1.0"
    name: str
    version: str
    source: str
    units: Count
    licence: str


def source_checksum(original: Instance) -> str:
    """16 hexadecimal digits that identify the text, the target and the label of an original (SHA-256)."""
    target = original.aspect
    content = [original.id, original.text, target.start, target.end, str(target.polarity)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def read_revisions(path: Path) -> tuple[RevisionsHeader, tuple[RevisedUnit, ...]]:
    """Read a revisions file: JSON Lines, a header and one line for each original.

    Raises:
        DataError: a line does not hold what the format says, an original has two lines, or some have none;
            the message names the line.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    records: list[RevisedUnit] = []
    header = RevisionsHeader(name="", version="", source="", units=0, licence="")
    for number, line in enumerate(lines, 1):
        try:
            if number == 1:
                header = RevisionsHeader.model_validate_json(line)
            else:
                records.append(RevisedUnit.model_validate_json(line))
        except ValidationError as error:
            raise DataError(path, first_fault(error), line=number) from error
    if len({record.unit for record in records}) != header.units or len(records) != header.units:
        raise DataError(path, f"{len(records)} units; expected {header.units}, each once")
    return header, tuple(records)


def read_revised(
    path: Path, notes: ReadingNotes, *, units: Sequence[RevisedUnit], name: str
) -> Iterator[Instance]:
    """Stream the originals of a corpus and the variants that a revisions file makes of them.

    Args:
        path: JSON file of the ARTS release with the originals.
        notes: gets what the reader of the originals repaired or left out.
        units: the units of the revisions file (`read_revisions`).
        name: the name of the revisions, for errors.

    Raises:
        DataError: an original differs from the one that the revisions were made of, or is missing; the
            message names the unit.
    """
    originals = {instance.id: instance for instance in read_arts_json(path, notes)}
    by_id = {unit.unit: unit for unit in units}
    if extra := sorted(originals.keys() - by_id.keys()):
        raise DataError(path, f"the revisions {name} know no such unit", record=extra[0])
    for unit in units:
        original = originals.get(unit.unit)
        if original is None:
            raise DataError(path, f"the unit is missing; {name} revises it", record=unit.unit)
        if source_checksum(original) != unit.source:
            raise DataError(
                path,
                f"text, target or label differ from those that {name} was made of; "
                "expected the file as it was released",
                record=unit.unit,
            )
        yield original
        for revision in unit.revisions:
            yield apply_revision(original, revision)


def apply_revision(original: Instance, revision: Revision) -> Instance:
    """Make a variant of an original.

    Raises:
        DataError: the revision does not fit the original.
    """
    record = f"{original.id}_{VARIANT_ENDINGS[revision.strategy]}"
    text = replace_spans(original.text, revision.edits)
    try:
        aspects = tuple(
            Aspect(text[slice(*aspect.span)], *aspect.span, aspect.polarity) for aspect in revision.aspects
        )
        target = aspects[revision.target]
        if target.term != original.aspect.term:
            raise SpanError(f'the target is "{target.term}"; expected "{original.aspect.term}"')
        edits = tuple(
            Edit(*edit.span, original.text[slice(*edit.span)], edit.text(original.text), RULE)
            for edit in revision.edits
        )
        return Instance(record, original.id, revision.strategy, text, target, aspects, edits)
    except (SpanError, IndexError) as error:
        raise DataError("revisions", str(error), record=record) from error


def replace_spans(text: str, edits: Sequence[Replacement]) -> str:
    """Replace spans of a text, given in their order.

    Raises:
        DataError: the spans overlap or lie outside the text.
    """
    parts, end = [], 0
    for edit in edits:
        if not end <= edit.span[0] <= edit.span[1] <= len(text):
            raise DataError("revisions", f"edit at {edit.span} overlaps another or lies outside the text")
        parts += [text[end : edit.span[0]], edit.text(text)]
        end = edit.span[1]
    return "".join([*parts, text[end:]])
