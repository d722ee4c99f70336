"""Paired tests of ARS between models with several random seeds, from what the board keeps of each unit."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from arts.data.support.arrays import FloatArray, IntArray
from arts.evaluation.confidence_intervals import cluster_sums, resample_clusters, seed_weights
from arts.evaluation.scores import BOOTSTRAP_SEED, RESAMPLES
from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.store.encoded_units import decode_right_units, decode_sentences


class SeedUnits(NamedTuple):
    """Which units a model has wholly right with each of its seeds, as `BoardEntry` keeps it.

    Args:
        right_units: For each seed, whether each unit is right.
        seeds: The seeds; None for a model without one.
        sentences: The number of each unit's sentence; empty if that is not known.
        units: Number of units.
    """

    right_units: tuple[str, ...]
    seeds: tuple[int | None, ...]
    sentences: str
    units: int

    @classmethod
    def of(cls, row: BoardRow) -> SeedUnits:
        """Those of a row of the board, all of whose entries have predictions."""
        right_units = tuple(entry.right_units for entry in row.entries)
        seeds = tuple(entry.seed for entry in row.entries)
        return cls(right_units, seeds, row.first.sentences, row.first.units)

    def right(self) -> FloatArray:
        """Whether each seed has each unit right, as an array (units, seeds) of zeros and ones."""
        seeds = [decode_right_units(text, units=self.units) for text in self.right_units]
        return np.stack(seeds, 1).astype(np.float32)

    def clusters(self) -> IntArray:
        """The number of each unit's sentence, or its own if that is not known, as an array (units,)."""
        return decode_sentences(self.sentences, units=self.units)


@lru_cache(maxsize=1 << 13)
def ars_p_value(first: SeedUnits, second: SeedUnits) -> float:
    """Two-sided p-value of the difference in mean ARS of two models on one test split.

    It is that of `arts.evaluation.seed_summary.compare_seeds`: by the bootstrap of seeds and sentences, in
    which seeds are drawn in pairs if both models have the same.

    Args:
        first: The units of the first model.
        second: The units of the second model; one of the two has several seeds.
    """
    sentences = max(first.sentences, second.sentences, key=len)
    stream = 0 if first.seeds == second.seeds else 1
    differences = _resampled_ars(first, sentences) - _resampled_ars(second, sentences, stream=stream)
    fewer = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    return min(2 * (1 + fewer) / (1 + RESAMPLES), 1.0)


@lru_cache(maxsize=1 << 7)
def _resampled_ars(side: SeedUnits, sentences: str, *, stream: int = 0) -> FloatArray:
    """The mean ARS of a model over the seeds that each resample draws, as an array (b,).

    Args:
        side: The units of the model.
        sentences: The number of each unit's sentence, as `SeedUnits` has it.
        stream: Number of the random stream that the seeds are drawn from.
    """
    clusters = side._replace(sentences=sentences).clusters()
    sums = cluster_sums(np.concatenate([side.right(), np.ones((side.units, 1), np.float32)], 1), clusters)
    drawn = np.concatenate(list(resample_clusters(sums, resamples=RESAMPLES, seed=BOOTSTRAP_SEED)))
    ars = (drawn[:, :-1] / drawn[:, -1:]).T  # in single precision, as `SeedRuns` has it: ties fall alike
    weights = seed_weights(len(ars), resamples=RESAMPLES, seed=BOOTSTRAP_SEED, stream=stream)
    return np.asarray(np.einsum("bs,sb->b", weights, np.ascontiguousarray(ars)))
