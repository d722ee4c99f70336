"""The bootstrap over units and its confidence intervals, as pure functions on arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from arts.data.support.arrays import FloatArray

CHUNK = 1_000  # resamples in memory at the same time
DEVIATIONS = 5  # standard errors by which the bounds of two honest bootstraps may differ


def resample_units(statistics: FloatArray, *, resamples: int, seed: int) -> Iterator[FloatArray]:
    """Draw bootstrap resamples of the units, and sum the statistics over each resample.

    A resample draws as many units as there are, with replacement. The draws depend only on the number of
    units, the number of resamples and the seed. So two models are resampled alike, and can be compared in
    pairs.

    Args:
        statistics: (units, m) m counts for each unit.
        resamples: the number of resamples.
        seed: random seed of the resamples.

    Yields:
        Chunks of the sums, as arrays (b, m): one row for each of b resamples. All chunks together have
        `resamples` rows.
    """
    for times in _draw_counts(len(statistics), resamples, seed):
        yield times.astype(np.float32) @ statistics  # exact: integers below 2**24


@lru_cache(maxsize=4)
def _draw_counts(units: int, resamples: int, seed: int) -> list[npt.NDArray[np.uint16]]:
    """Draw resamples of the units, and count how often each unit is drawn.

    Returns:
        Chunks of the counts, as arrays (b, units): one row for each of b resamples. All chunks together
        have `resamples` rows.
    """
    rng, chunks = np.random.default_rng(seed), []
    for first in range(0, resamples, CHUNK):
        size = min(CHUNK, resamples - first)
        draws = rng.integers(units, size=(size, units), dtype=np.int32)
        draws += np.arange(size, dtype=np.int32)[:, None] * np.int32(units)
        times = np.bincount(draws.ravel(), minlength=size * units).reshape(size, units)
        chunks.append(times.astype(np.uint16))  # no resample contains a unit 65,536 times
    return chunks


def central_interval(values: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """The lower and upper bounds of the central interval of resampled scores.

    Args:
        values: (b, ...) scores of b resamples. NaN is ignored; the score of a class is NaN in a resample
            that does not contain the class.
        level: the share of the values inside the interval, such as 0.95.

    Returns:
        The lower bounds and the upper bounds, each as an array (...).
    """
    tail = (1 - level) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail], axis=0)
    return low, high


def levels_within_error(level: float, *resamples: int) -> tuple[float, float]:
    """The levels between which the bounds of a repeated bootstrap lie, because of its random resamples.

    Bounds that were computed with other random numbers, by another version of a library, are other
    quantiles of the same distribution. Their ranks among the resampled values have a binomial standard error.
    The levels differ from the given one by five standard errors of the difference between two bootstraps:
    with 10,000 resamples each, 0.928 and 0.972 around 0.95.

    Args:
        level: level of the interval, such as 0.95.
        resamples: numbers of resamples of the two bootstraps.

    Returns:
        The lower level, whose interval is the narrowest one, and the higher level.
    """
    tail = (1 - level) / 2
    error = DEVIATIONS * math.sqrt(tail * (1 - tail) * sum(1 / number for number in resamples))
    return 1 - 2 * (tail + error), 1 - 2 * max(tail - error, 0)
