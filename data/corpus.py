"""A corpus: sentences for training and development, and a test split of originals with their variants."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from arts.data.errors import DataError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import (
    Instance,
    Polarity,
    Sentence,
    Strategy,
    group_sentences,
    original_instances,
)
from arts.data.support.display import Displayed, counted


@dataclass(frozen=True, repr=False)
class Corpus(Displayed):
    """A corpus with its train, dev and test splits.

    The test split is given; the train and dev splits are loaded when they are first used.

    Args:
        name: the name of the corpus in reports.
        test: the instances of the test split, originals and variants.
        load: called with ``"train"`` or ``"dev"`` when that split is first used; returns its sentences.
        notes: what the readers repaired or left out in the splits that are loaded so far.
        files: the SHA-256 (hexadecimal) of each file read so far, keyed by file name.
        labels: what labels that do not name a polarity stand for, in the corpus and in what models predict.
        training: the name of the corpus that the train and dev splits are of, if that is another one.

    Raises:
        DataError: when the test split holds no originals, or holds a variant but not its original.
    """

    name: str
    test: tuple[Instance, ...]
    load: Callable[[str], Iterable[Sentence]] = lambda split: ()
    notes: ReadingNotes = field(default_factory=ReadingNotes)
    files: Mapping[str, str] = field(default_factory=dict)
    labels: LabelNames = NO_NAMES
    training: str = ""

    def __post_init__(self) -> None:
        units = {i.id for i in self.test if i.strategy is Strategy.ORIGINAL}
        if not units:
            reason = f" ({self.notes})" if str(self.notes) else ""
            raise DataError(self.name, f"the test split holds no original instances{reason}")
        for instance in self.test:
            if instance.unit not in units:
                raise DataError(
                    self.name,
                    f'unit "{instance.unit}" has no original instance in the test split',
                    record=instance.id,
                )

    def headline(self) -> str:
        """The name and the size of the test split."""
        units = sum(instance.strategy is Strategy.ORIGINAL for instance in self.test)
        return f"{self.name}: {units:,} units, {len(self.test):,} instances"

    def facts(self) -> dict[str, str]:
        """The test split by strategy and polarity, the other splits if they are loaded, and the notes."""
        strategies = Counter(instance.strategy for instance in self.test)
        polarities = Counter(i.polarity for i in self.test if i.strategy is Strategy.ORIGINAL)
        splits = {
            split: f"{len(getattr(self, split)):,} sentences" if split in self.__dict__ else "not loaded yet"
            for split in ("train", "dev")
        }
        return {
            "test": counted({strategy.upper(): strategies[strategy] for strategy in Strategy}),
            "originals": counted({polarity: polarities[polarity] for polarity in Polarity}),
            **splits,
            **({"notes": str(self.notes)} if str(self.notes) else {}),
        }

    @cached_property
    def train(self) -> tuple[Sentence, ...]:
        """The sentences of the train split; empty when the corpus has no train split."""
        return tuple(self.load("train"))

    @cached_property
    def dev(self) -> tuple[Sentence, ...]:
        """The sentences of the dev split, to select models on; empty when the corpus has no dev split."""
        return tuple(self.load("dev"))

    def check_training_splits(self, hint: str) -> None:
        """Check that the corpus has what training needs: the splits train and dev.

        Args:
            hint: the end of the message, on how to train all the same.

        Raises:
            DataError: when it lacks one of them, or both.
        """
        missing = [split for split in ("train", "dev") if not getattr(self, split)]
        if missing:
            raise DataError(
                self.training or self.name,
                f"has no split {' and no split '.join(missing)}, and training needs train and dev; {hint}",
            )

    def trained_on(self, other: Corpus) -> Corpus:
        """The test split of this corpus with the train and dev splits of another one.

        Among `files`, those of the other corpus have its name before them.
        """
        files = dict(self.files)

        def load(split: str) -> Iterable[Sentence]:
            before = set(other.files)
            sentences: tuple[Sentence, ...] = getattr(other, split)
            read = {name: checksum for name, checksum in other.files.items() if name not in before}
            files.update({f"{other.name}/{name}": checksum for name, checksum in read.items()})
            return sentences

        return replace(self, load=load, files=files, training=other.name)

    def without(self, texts: Container[str]) -> Corpus:
        """This corpus without the sentences of the train and dev splits that have one of the given texts."""
        return replace(self, load=lambda split: [s for s in getattr(self, split) if s.text not in texts])

    @cached_property
    def checksum(self) -> str:
        """The SHA-256 (hexadecimal) of the content of the test split.

        It is computed by `content_checksum` from the instances, so it does not depend on the file format.
        """
        return content_checksum(self.test)


def content_checksum(instances: Iterable[Instance]) -> str:
    """The SHA-256 (hexadecimal) of the ids, units, strategies, texts, target spans and labels of instances.

    The order of the instances does not matter, nor do their other aspects, opinion terms and edits.
    """
    rows = sorted(
        json.dumps([i.id, i.unit, i.strategy, i.text, i.aspect.start, i.aspect.end, i.polarity])
        for i in instances
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def complete_test_split(test: list[Instance], notes: ReadingNotes) -> tuple[Instance, ...]:
    """Drop variants whose original was left out, and give every original all aspects of its sentence.

    Formats with one aspect per record (ARTS JSON, plain CSV) scatter the aspects of a sentence over its
    originals. Here they are collected again. Variants keep the aspects that they were read with.

    Args:
        test: the instances of a test split as they were read.
        notes: what the reader left out; the dropped variants are added to its `left_out`.

    Returns:
        The instances that remain, in the order of `test`.
    """
    missing = notes.left_out_ids
    orphans = {i.id for i in test if i.unit in missing}
    notes.left_out |= dict.fromkeys(orphans, "its original is left out")
    instances = [i for i in test if i.id not in orphans]
    originals = {i.id: i for i in original_instances(group_sentences(instances))}
    return tuple(originals.get(i.id, i) for i in instances)
