"""A corpus: sentences for training and development, and a test split of originals and their variants."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from arts.data.errors import DataError
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Instance, Sentence, Strategy, group_sentences, original_instances


@dataclass(frozen=True)
class Corpus:
    """A corpus with its three splits.

    Args:
        name: the name in reports.
        test: the original instances and their variants.
        load: returns the sentences of ``train`` or ``dev``; called when a split is first used.
        notes: what the readers have repaired and left out so far.
        files: SHA-256 (hexadecimal) of each file read so far, by file name.

    Raises:
        DataError: when the test split holds no originals, or a variant without its original.
    """

    name: str
    test: tuple[Instance, ...]
    load: Callable[[str], Iterable[Sentence]] = lambda split: ()
    notes: ReadingNotes = field(default_factory=ReadingNotes)
    files: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        units = {i.id for i in self.test if i.strategy is Strategy.ORIGINAL}
        if not units:
            raise DataError(self.name, "the test split holds no original instances")
        for instance in self.test:
            if instance.unit not in units:
                raise DataError(
                    self.name,
                    f'unit "{instance.unit}" has no original instance in the test split',
                    record=instance.id,
                )

    @cached_property
    def train(self) -> tuple[Sentence, ...]:
        """The sentences to train on; empty when the corpus has no such split."""
        return tuple(self.load("train"))

    @cached_property
    def dev(self) -> tuple[Sentence, ...]:
        """The sentences to select models on; empty when the corpus has no such split."""
        return tuple(self.load("dev"))

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the content of the test split, whatever file format it was read from."""
        return content_checksum(self.test)


def content_checksum(instances: Iterable[Instance]) -> str:
    """SHA-256 (hexadecimal) of texts, targets and labels of the instances, whatever their order."""
    rows = sorted(
        json.dumps([i.id, i.unit, i.strategy, i.text, i.aspect.start, i.aspect.end, i.polarity])
        for i in instances
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def complete_test_split(test: list[Instance], notes: ReadingNotes) -> tuple[Instance, ...]:
    """Complete a test split: drop variants without an original, and collect the aspects of each sentence.

    Formats with one aspect a record (ARTS JSON, plain CSV) scatter the aspects of a sentence over its
    originals; here each original gets all of them.

    Args:
        test: the instances, as read.
        notes: variants whose original was left out are added to its `left_out`.
    """
    orphans = {i.id for i in test if i.unit in notes.left_out}
    notes.left_out |= dict.fromkeys(orphans, "its original is left out")
    instances = [i for i in test if i.id not in orphans]
    originals = {i.id: i for i in original_instances(group_sentences(instances))}
    return tuple(originals.get(i.id, i) for i in instances)
