"""Readings of generated variants, kept without the text of the corpora that they were made from.

    python benchmarks/quality/generated_readings.py FOLDER READER_A READER_B --set NAME=CORPUS --seed N
        --append FILE.jsonl

FOLDER holds the sheets that ``blind_reading.py make`` wrote of the same sets. A record has the edits that
make the variant, so it does not go stale when the generators change: applied to the user's own copy of the
corpus, it gives the variant that was read.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from blind_reading import Reading, read_answers
from pydantic import ValidationError
from reading_sheets import Item, read_key

from arts.data.corpus_registry import load_corpus
from arts.data.errors import DataError
from arts.data.schema import Aspect, Edit, Instance, Opinion, Polarity, Sentence, Strategy
from arts.data.support.atomic import atomic_file
from arts.data.support.record import Count, Record, first_fault

Span = tuple[Count, Count]


class VariantAspect(Record):
    """An aspect of a variant: its span there, its polarity, and for an added one the span of what is said."""

    span: Span
    polarity: Polarity
    opinion: Span | None = None


class VariantReading(Record):
    """What one reader said of a variant: whether it is fluent, and the sentiment towards the target."""

    fluent: bool
    sentiment: str


class GeneratedVariant(Record):
    """A variant that was read.

    Args:
        corpus: the corpus that its original is from: ``laptop``, ``restaurant`` or ``sample``, train split.
        unit: id of the original.
        strategy: the strategy that made it.
        seed: seed of the generation.
        edits: (start, end, what was put in, rule) of each edit, with offsets into the original.
        aspects: all aspects of the variant, in the order of its text.
        target: position of the target in `aspects`.
        readings: what the readers said.
    """

    corpus: str
    unit: str
    strategy: Strategy
    seed: int
    edits: tuple[tuple[Count, Count, str, str], ...]
    aspects: tuple[VariantAspect, ...]
    target: Count
    readings: tuple[VariantReading, ...]

    @property
    def votes(self) -> tuple[bool, ...]:
        """Whether each reader accepted it: fluent, with the intended sentiment towards the target."""
        intended = str(self.aspects[self.target].polarity)
        return tuple(reading.fluent and reading.sentiment == intended for reading in self.readings)

    def instance(self, sentence: Sentence) -> Instance:
        """The variant, made from its sentence.

        Raises:
            SpanError: the sentence is not the one that it was made from.
        """
        text, shift = sentence.text, 0
        for start, end, after, _ in self.edits:
            text = text[: start + shift] + after + text[end + shift :]
            shift += len(after) - (end - start)
        aspects = tuple(
            Aspect(
                text[slice(*a.span)],
                *a.span,
                a.polarity,
                (Opinion(text[slice(*a.opinion)], *a.opinion),) if a.opinion else (),
            )
            for a in self.aspects
        )
        edits = tuple(Edit(s, e, sentence.text[s:e], after, rule) for s, e, after, rule in self.edits)
        return Instance(
            f"{self.unit}_{self.strategy}",
            self.unit,
            self.strategy,
            text,
            aspects[self.target],
            aspects,
            edits,
        )


def record_of(
    variant: Instance, corpus: str, readings: Sequence[Reading], *, place: int, seed: int
) -> GeneratedVariant:
    """The record of a variant.

    Args:
        variant: the variant.
        corpus: the corpus that its original is from.
        readings: what the readers said.
        place: position of the target among the terms that they were asked about.
        seed: seed of the generation.
    """
    aspects = sorted(variant.aspects, key=lambda aspect: (aspect.start, aspect.end))
    spans = [(aspect.start, aspect.end) for aspect in aspects]
    return GeneratedVariant(
        corpus=corpus,
        unit=variant.unit,
        strategy=variant.strategy,
        seed=seed,
        edits=tuple((edit.start, edit.end, edit.after, edit.rule) for edit in variant.edits),
        aspects=tuple(_aspect_of(aspect) for aspect in aspects),
        target=spans.index((variant.aspect.start, variant.aspect.end)),
        readings=tuple(VariantReading(fluent=r.fluent, sentiment=r.sentiments[place]) for r in readings),
    )


def _aspect_of(aspect: Aspect) -> VariantAspect:
    opinion = aspect.opinions[0] if aspect.opinions else None
    span = (opinion.start, opinion.end) if opinion else None
    return VariantAspect(span=(aspect.start, aspect.end), polarity=aspect.polarity, opinion=span)


def read_records(path: Path) -> Iterator[GeneratedVariant]:
    """Stream the records of a file, one a line.

    Raises:
        DataError: a line is no record; the message names it.
    """
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                yield GeneratedVariant.model_validate_json(line)
            except ValidationError as error:
                raise DataError(path, first_fault(error), line=number) from error


def collect(
    folder: Path, readers: Sequence[Path], corpora: dict[str, str], *, seed: int
) -> Iterator[GeneratedVariant]:
    """Stream the records of the variants on some sheets; originals are left out.

    Args:
        folder: the folder with the sheets and their key.
        readers: the folders with the readers' answers.
        corpora: the corpus with the variants of each set, keyed by the name of the set.
        seed: seed of the generation.
    """
    key = read_key(folder)
    answers = [read_answers(reader, key) for reader in readers]
    variants = {(name, i.id): i for name, corpus in corpora.items() for i in load_corpus(corpus).test}
    for number, (_, item) in sorted(key.items()):
        if item.strategy != Strategy.ORIGINAL:
            yield _record_of_item(item, variants[item.set, item.ids[0]], [a[number] for a in answers], seed)


def _record_of_item(
    item: Item, variant: Instance, readings: Sequence[Reading], seed: int
) -> GeneratedVariant:
    return record_of(variant, item.set, readings, place=item.targets[0], seed=seed)


def main() -> None:
    """Append the records of some sheets to a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("readers", type=Path, nargs="+")
    parser.add_argument("--set", action="append", required=True, metavar="NAME=CORPUS")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--append", type=Path, required=True)
    options = parser.parse_args()
    corpora = dict(part.split("=", 1) for part in options.set)
    records = [*read_records(options.append)] if options.append.exists() else []
    records += collect(options.folder, options.readers, corpora, seed=options.seed)
    with atomic_file(options.append) as partial:
        partial.write_text(
            "".join(record.model_dump_json(exclude_none=True) + "\n" for record in records), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
