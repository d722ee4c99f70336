"""The layout of a benchmark: gold labels, strategies, units and sentences of its instances, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity, Strategy
from arts.data.support.arrays import BoolArray, IntArray
from arts.evaluation.resample import Resample

POLARITIES = tuple(Polarity)


@dataclass(frozen=True)
class BenchmarkLayout:
    """The gold labels, strategies and units of a benchmark's n instances, as arrays.

    Args:
        gold: (n,) the gold label of each instance, as a position in `Polarity`.
        strategy: (n,) the strategy of each instance, as a position in `Strategy`.
        units: (n,) the number of each instance's unit; units are numbered from 0, in the order of originals.
        original: (n,) the position of each instance's original among the n instances. An original has its
            own position.
        sentences: (units,) the number of each unit's sentence; sentences are numbered from 0, in the order of
            originals. None if the sentences are not known.
    """

    gold: IntArray
    strategy: IntArray
    units: IntArray
    original: IntArray
    sentences: IntArray | None = None

    @classmethod
    def of(
        cls, instances: Sequence[Instance], *, sentences: Mapping[str, str] | None = None
    ) -> BenchmarkLayout:
        """The layout of the instances of a test split.

        Args:
            instances: the instances.
            sentences: what tells the sentence of each unit from the others, keyed by the unit's id. Default:
                the text of its original, whatever its case and spacing.

        Raises:
            KeyError: when a variant's original is missing.
        """
        originals = [i for i in instances if i.strategy is Strategy.ORIGINAL]
        sentences = sentences or sentence_keys(originals)
        return cls.of_columns(
            [i.id for i in instances],
            [i.unit for i in instances],
            strategies=[i.strategy for i in instances],
            polarities=[i.polarity for i in instances],
            sentences=[sentences[i.unit] for i in originals],
        )

    @classmethod
    def of_columns(
        cls,
        ids: Sequence[str],
        units: Sequence[str],
        *,
        strategies: Sequence[Strategy],
        polarities: Sequence[Polarity],
        sentences: Sequence[str] | None = None,
    ) -> BenchmarkLayout:
        """The layout of n instances whose fields are given as columns.

        Args:
            ids: the n ids.
            units: the id of each instance's original.
            strategies: the strategy of each instance, `ORIGINAL` for originals.
            polarities: the gold label of each instance.
            sentences: what tells the sentence of each original from the others, one per original; None if
                the sentences are not known.

        Raises:
            KeyError: when a variant's original is missing.
        """
        originals = {
            id: row
            for row, (id, strategy) in enumerate(zip(ids, strategies, strict=True))
            if strategy is Strategy.ORIGINAL
        }
        number = {id: unit for unit, id in enumerate(originals)}
        order = tuple(Strategy)
        return cls(
            np.array([POLARITIES.index(polarity) for polarity in polarities]),
            np.array([order.index(strategy) for strategy in strategies]),
            np.array([number[unit] for unit in units]),
            np.array([originals[unit] for unit in units]),
            None if sentences is None else _numbers(sentences),
        )

    def clusters(self, resample: Resample) -> IntArray:
        """The number of the sentence of each unit, or its own number, as an array (units,).

        Raises:
            ArtsError: when the sentences are wanted and not known.
        """
        if resample is Resample.UNITS:
            return np.arange(int(self.units.max()) + 1)
        if self.sentences is None:
            raise ArtsError(
                "the sentences of the units are not known: the predictions do not name them, and the corpus "
                "is not on this machine"
            )
        return self.sentences

    def sentence_names(self, ids: Sequence[str]) -> list[str]:
        """The name of each instance's sentence: of the ids of its originals, the first in sorted order.

        Args:
            ids: the ids of the n instances, whose sentences are known.
        """
        sentences, names = self.clusters(Resample.SENTENCES)[self.units], dict[int, str]()
        for row in np.unique(self.original):
            names[sentences[row]] = min(names.get(sentences[row], ids[row]), ids[row])
        return [names[sentence] for sentence in sentences]

    def strategy_mask(self, strategy: Strategy) -> BoolArray:
        """Whether each of the n instances was made by the strategy, as an array (n,) of booleans."""
        return np.asarray(self.strategy == tuple(Strategy).index(strategy))


def sentence_keys(originals: Iterable[Instance]) -> dict[str, str]:
    """The text of each original, whatever its case and spacing, keyed by the id of its unit."""
    return {original.unit: " ".join(original.text.casefold().split()) for original in originals}


def _numbers(names: Sequence[str]) -> IntArray:
    """The number of each name, from 0 in the order in which they first appear, as an array (n,)."""
    number = {name: position for position, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names])
