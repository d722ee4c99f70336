"""What a model is trained on, collected while it is trained, to be compared with the test split."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from arts.data.corpus import Corpus
from arts.data.schema import Instance, Split, original_instances
from arts.leaks.leak_check import LeakCheck, LeakDetector


class TrainingData:
    """The instances that a model is trained on and selected by.

    Args:
        corpus: the corpus that is measured, whose splits train and dev are used.
        detector: compares them with its test split.
        drop: whether sentences of train and dev that are in the test split are left out of both.
    """

    def __init__(self, corpus: Corpus, detector: LeakDetector, *, drop: bool = False) -> None:
        self.measured, self._detector, self._drop = corpus, detector, drop
        self._instances = dict[Split, list[Instance]]()

    @cached_property
    def corpus(self) -> Corpus:
        """The corpus to train on: the given one, without what is to be left out."""
        texts = self._detector.leaked_texts(self.measured) if self._drop else ()
        return self.measured.without(texts) if texts else self.measured

    @property
    def dropped(self) -> int:
        """The number of sentences that were left out."""
        sizes = [len(corpus.train) + len(corpus.dev) for corpus in (self.measured, self.corpus)]
        return sizes[0] - sizes[1] if self._drop else 0

    def originals(self, split: Split) -> list[Instance]:
        """The original instances of the train or the dev split; they count as trained on."""
        instances = original_instances(self.corpus.train if split is Split.TRAIN else self.corpus.dev)
        self._instances.setdefault(split, []).extend(instances)
        return instances

    def observe(self, train: Iterable[Instance], dev: Iterable[Instance]) -> None:
        """Add instances that a model is trained on and selected by; those known already count once."""
        self._instances.setdefault(Split.TRAIN, []).extend(train)
        self._instances.setdefault(Split.DEV, []).extend(dev)

    def check(self) -> LeakCheck | None:
        """The comparison with the test split, which warns of leaks; None if nothing was trained on."""
        if not self._instances:
            return None
        check = self._detector.check(self._instances, dropped=self.dropped)
        self._detector.warn(check, self.measured.training or self.measured.name)
        return check
