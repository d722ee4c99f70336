"""Leaks: which sentences that a model is trained on or selected by are in the test split."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import Field

from arts.data.corpus import Corpus
from arts.data.schema import Instance, Split, Strategy, original_instances
from arts.data.support.display import counted, shortened
from arts.data.support.record import Count, Record
from arts.leaks.similar_sentences import Likeness, Match, SentenceSearch

logger = logging.getLogger(__name__)

MOST_LISTED = 1_000  # leaks that a report lists; all are counted

Passages = dict[tuple[Split, str, str], dict[str, Instance]]  # (split, id, text) → its instances, by id


class Leak(Record):
    """A sentence that a model was trained on or selected by, and the text of the test split that it is like.

    The texts are known where the leak was found. They are not written into reports, which are published.

    Args:
        split: the split of the sentence, train or dev.
        id: the id of the sentence, or of the variant if it is one.
        test_id: the id of the test split's instance that has the text; of an original, if one has it.
        likeness: how alike the texts are.
        changes: the number of words that differ.
        polarities: the labels of the sentence's instances, in their order.
        test_polarities: the labels of the test split's instances that have the text.
        text: the sentence.
        test_text: the text of the test split.
    """

    split: Split
    id: str
    test_id: str
    likeness: Likeness
    changes: Count = 0
    polarities: str = ""
    test_polarities: str = ""
    text: str = Field(default="", exclude=True)
    test_text: str = Field(default="", exclude=True)

    def __str__(self) -> str:
        words = f", {self.changes} word{'s' * (self.changes != 1)} changed" if self.changes else ""
        texts = f': "{shortened(self.text)}" and "{shortened(self.test_text)}"' if self.text else ""
        return f"{self.split} {self.id} is like test {self.test_id} ({self.likeness}{words}){texts}"


class LeakCheck(Record):
    """The comparison of what a model was trained on and selected by with the test split.

    Args:
        sentences: number of sentences and variants of the splits train and dev that were compared.
        counts: how many of them are like a text of the test split, keyed by likeness.
        units: number of units of the test split that have such a text; possible leaks do not count.
        dropped: number of sentences that were like a text of the test split, and were left out of training.
        leaks: the first 1,000 of them.
        named_sets: of a model that was trained elsewhere, the sets that its card names and that are known to
            hold ARTS test sets.
    """

    sentences: Count = 0
    counts: dict[Likeness, Count] = Field(default_factory=dict)
    units: Count = 0
    dropped: Count = 0
    leaks: tuple[Leak, ...] = ()
    named_sets: tuple[str, ...] = ()

    @property
    def certain(self) -> int:
        """The number of sentences that are the same as a text of the test split, or nearly the same."""
        return self.counts.get(Likeness.SAME, 0) + self.counts.get(Likeness.NEAR, 0)

    @property
    def statement(self) -> str:
        """What was found, as a phrase."""
        if self.named_sets:
            return f"its card names {', '.join(self.named_sets)}, known to hold ARTS test sets"
        kinds = counted([(str(kind), self.counts.get(kind, 0)) for kind in (Likeness.SAME, Likeness.NEAR)])
        units = f"; {self.units:,} test unit{'s' * (self.units != 1)}" if self.certain else ""
        parts = [
            f"{self.certain:,} of {self.sentences:,} training and dev sentences in the test split"
            + (f" ({kinds}{units})" if self.certain else ""),
            *([f"{self.dropped:,} left out before"] if self.dropped else []),
        ]
        return ", ".join(parts)


class LeakDetector:
    """Compares instances that a model is trained on or selected by with the test split of a corpus.

    Args:
        test: the instances of the test split, originals and variants.
    """

    def __init__(self, test: Sequence[Instance]) -> None:
        self._test = dict[str, list[Instance]]()
        for instance in sorted(test, key=lambda instance: instance.strategy is not Strategy.ORIGINAL):
            self._test.setdefault(instance.text, []).append(instance)
        self._texts = list(self._test)
        self._search: SentenceSearch | None = None
        self._known = dict[tuple[str, ...], list[Match | None]]()
        self._told = set[tuple[object, ...]]()

    def check(self, splits: Mapping[Split, Iterable[Instance]], *, dropped: int = 0) -> LeakCheck:
        """Compare the instances of splits with the test split.

        Args:
            splits: the instances, originals and variants, keyed by split.
            dropped: number of sentences that were left out of the splits before.
        """
        passages = _passages(splits)
        leaks = list(self._leaks(passages))
        certain = [leak for leak in leaks if leak.likeness is not Likeness.POSSIBLE]
        return LeakCheck(
            sentences=len(passages),
            counts={kind: n for kind in Likeness if (n := sum(leak.likeness is kind for leak in leaks))},
            units=len({test.unit for leak in certain for test in self._test[leak.test_text]}),
            dropped=dropped,
            leaks=tuple(sorted(leaks, key=lambda leak: tuple(Likeness).index(leak.likeness)))[:MOST_LISTED],
        )

    def leaked_texts(self, corpus: Corpus) -> set[str]:
        """The texts of train and dev that are the same as a text of the test split, or nearly the same."""
        splits = {
            Split.TRAIN: original_instances(corpus.train),
            Split.DEV: original_instances(corpus.dev),
        }
        leaks = self._leaks(_passages(splits))
        return {leak.text for leak in leaks if leak.likeness is not Likeness.POSSIBLE}

    def warn(self, check: LeakCheck, name: str) -> None:
        """Log a warning of leaks, and of sentences that were left out; the same leaks are told once.

        Args:
            check: the comparison.
            name: the name of what was compared, such as that of a corpus.
        """
        found = (check.dropped, *(leak.id for leak in check.leaks if leak.likeness is not Likeness.POSSIBLE))
        if not any(found) or found in self._told:
            return
        self._told.add(found)
        logger.warning("%s: %s; -v lists them, and a file in --output", name, check.statement)
        for leak in check.leaks:
            logger.info("%s: %s", name, leak)

    def _leaks(self, passages: Passages) -> Iterator[Leak]:
        """Yield the leaks among sentences and variants."""
        matches = self._matches(passages)
        for ((split, id, text), instances), match in zip(passages.items(), matches, strict=True):
            if match:
                test_text = self._texts[match.position]
                test = self._test[test_text]
                yield Leak(
                    split=split,
                    id=id,
                    test_id=test[0].id,
                    likeness=match.likeness,
                    changes=match.changes,
                    polarities=_polarities(instances.values()),
                    test_polarities=_polarities(test),
                    text=text,
                    test_text=test_text,
                )

    def _matches(self, passages: Passages) -> list[Match | None]:
        """The match of each sentence or variant with a text of the test split, kept for the next model."""
        texts = tuple(text for _, _, text in passages)
        if texts not in self._known:
            self._search = self._search or SentenceSearch(self._texts)
            instances = (instance for by_id in passages.values() for instance in by_id.values())
            originals = {i.text: None for i in instances if i.strategy is Strategy.ORIGINAL}
            self._known = {texts: self._search.find(texts, collection=list(originals))}
        return self._known[texts]


def _passages(splits: Mapping[Split, Iterable[Instance]]) -> Passages:
    """The instances of splits by sentence; each variant is a sentence of its own."""
    passages: Passages = {}
    for split, instances in splits.items():
        for instance in instances:
            id = instance.sentence if instance.strategy is Strategy.ORIGINAL else instance.id
            passages.setdefault((split, id, instance.text), {})[instance.id] = instance
    return passages


def _polarities(instances: Iterable[Instance]) -> str:
    """The labels of instances in their order, separated by commas."""
    return ", ".join(instance.polarity for instance in instances)
