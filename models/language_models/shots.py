"""Shots: the training instances that a prompt shows as examples."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, zip_longest
from random import Random

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity

logger = logging.getLogger(__name__)


class ShotChoice(StrEnum):
    """How examples are chosen: drawn at random, as many of each label as can be; or the nearest texts."""

    LABEL = "label"
    NEAREST = "nearest"


@dataclass(frozen=True)
class Shots:
    """How many examples are shown, and how they are chosen.

    Args:
        number: examples in each prompt.
        by: LABEL draws them once for all instances, so that all prompts begin alike, and balanced: the
            counts of labels differ by 1 at most where there are enough. NEAREST takes for each instance those
            whose texts are nearest by the default encoder's embeddings, the nearest last.
        seed: random seed of the draw.

    Raises:
        ArtsError: when the number is below 0.
    """

    number: int = 0
    by: ShotChoice = ShotChoice.LABEL
    seed: int = 0

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ArtsError(f"--shots {self.number}; expected 0 or more")

    def choose(self, train: Sequence[Instance], instances: Sequence[Instance]) -> list[tuple[Instance, ...]]:
        """The examples for each of n instances, from the training split.

        Training instances with the text of an instance asked about are never examples; they are counted in
        the log.

        Args:
            train: the instances of the training split.
            instances: the instances that are asked about.

        Returns:
            n tuples in the order of `instances`.

        Raises:
            ArtsError: when there are fewer training instances than `number`.
        """
        if not self.number:
            return [()] * len(instances)
        pool = self._pool(train, instances)
        if self.by is ShotChoice.LABEL:
            return [self._balanced(pool)] * len(instances)
        return self._nearest(pool, instances)

    def _pool(self, train: Sequence[Instance], instances: Sequence[Instance]) -> list[Instance]:
        """The training instances that may be examples, in the order of their ids."""
        asked = {instance.text for instance in instances}
        pool = sorted((one for one in train if one.text not in asked), key=lambda one: (one.id, one.text))
        if left := len(train) - len(pool):
            logger.warning("%d training instances are asked about, too; they are no examples", left)
        if len(pool) < self.number:
            raise ArtsError(
                f"--shots {self.number}: the training split has {len(pool)} instances that are not asked "
                "about; expected at least as many as shots"
            )
        return pool

    def _balanced(self, pool: Sequence[Instance]) -> tuple[Instance, ...]:
        """Draw examples: one of each label in turn, then in a random order."""
        draw = Random(f"{self.seed} shots")
        shuffled = draw.sample(pool, len(pool))
        by_label = [[one for one in shuffled if one.polarity is polarity] for polarity in Polarity]
        turns = filter(None, chain.from_iterable(zip_longest(*by_label)))
        chosen = [one for one, _ in zip(turns, range(self.number), strict=False)]
        return tuple(draw.sample(chosen, len(chosen)))

    def _nearest(self, pool: Sequence[Instance], instances: Sequence[Instance]) -> list[tuple[Instance, ...]]:
        """For each instance the training instances whose texts are nearest to its text, the nearest last."""
        import numpy as np

        from arts.models.language_models.text_embeddings import embed_texts

        vectors = embed_texts([one.text for one in [*pool, *instances]])
        known, asked = vectors[: len(pool)], vectors[len(pool) :]
        chosen = []
        for vector in asked:
            order = np.argsort(-(known @ vector), kind="stable")[: self.number]
            chosen.append(tuple(pool[n] for n in order[::-1]))
        return chosen
