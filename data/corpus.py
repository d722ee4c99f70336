"""A corpus: a test split of originals and variants, and sentences to train and choose on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from arts.data.errors import DataError
from arts.data.readers.span_repair import Notes
from arts.data.schema import Instance, Sentence, Strategy, group_sentences, originals


@dataclass(frozen=True)
class Corpus:
    """A corpus in its three splits.

    Args:
        name: what reports call it.
        test: the originals and their variants.
        load: gives the sentences of ``train`` or ``dev``, when they are first asked for.
        notes: what the readers repaired and left out, so far.
        files: SHA-256 of each file read so far, by name.
    """

    name: str
    test: tuple[Instance, ...]
    load: Callable[[str], Iterable[Sentence]] = lambda split: ()
    notes: Notes = field(default_factory=Notes)
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
        """The sentences to learn from; none when the corpus has no such split."""
        return tuple(self.load("train"))

    @cached_property
    def dev(self) -> tuple[Sentence, ...]:
        """The sentences to choose by; none when the corpus has no such split."""
        return tuple(self.load("dev"))

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the content of the test split: equal for equal instances, whatever the format."""
        return content_checksum(self.test)


def content_checksum(instances: Iterable[Instance]) -> str:
    """SHA-256 (hexadecimal) of what the instances ask and of their labels, independent of order."""
    rows = sorted(
        json.dumps([i.id, i.unit, i.strategy, i.text, i.aspect.start, i.aspect.end, i.polarity])
        for i in instances
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def completed(test: list[Instance], notes: Notes) -> tuple[Instance, ...]:
    """A test split as read, made whole: what every source of instances needs before it is a corpus.

    Variants of an original that was left out are left out and noted too. Originals get all the aspects
    that their sentence is known to have, since formats that list one aspect a record (ARTS JSON, plain
    CSV) scatter them.
    """
    orphans = {i.id for i in test if i.unit in notes.left_out}
    notes.left_out |= dict.fromkeys(orphans, "its original is left out")
    kept = [i for i in test if i.id not in orphans]
    by_id = {original.id: original for original in originals(group_sentences(kept))}
    return tuple(by_id.get(instance.id, instance) for instance in kept)
