"""The bootstrap over units, and the intervals that it gives: pure functions on arrays."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from arts.data.support.arrays import FloatArray

CHUNK = 1_000  # resamples in memory at the same time


def resample_units(statistics: FloatArray, *, resamples: int, seed: int) -> Iterator[FloatArray]:
    """Bootstrap over units: the sums of the statistics over each resample, in chunks (b, m) of resamples.

    The resamples depend only on the number of units, the number of resamples and the seed, so that those of
    two models are paired.

    Args:
        statistics: (units, m) the counts of each unit.
        resamples: the number of resamples.
        seed: random seed of the resamples.
    """
    for times in _draw_counts(len(statistics), resamples, seed):
        yield times.astype(np.float32) @ statistics  # exact: integers below 2**24


@lru_cache(maxsize=4)
def _draw_counts(units: int, resamples: int, seed: int) -> list[npt.NDArray[np.uint16]]:
    """How often each resample contains each unit, in chunks (b, units) of resamples."""
    rng, chunks = np.random.default_rng(seed), []
    for first in range(0, resamples, CHUNK):
        size = min(CHUNK, resamples - first)
        draws = rng.integers(units, size=(size, units), dtype=np.int32)
        draws += np.arange(size, dtype=np.int32)[:, None] * np.int32(units)
        times = np.bincount(draws.ravel(), minlength=size * units).reshape(size, units)
        chunks.append(times.astype(np.uint16))  # no resample contains a unit 65,536 times
    return chunks


def central_interval(values: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """The bounds (...) of the central interval of resampled values.

    Args:
        values: (b, ...) a score of each of b resamples. NaN is left out: the score of a class is undefined
            in a resample without this class.
        level: the share of the values inside the interval, such as 0.95.
    """
    tail = (1 - level) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail], axis=0)
    return low, high
