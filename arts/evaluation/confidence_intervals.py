"""The bootstrap over sentences, units and seeds, and its intervals, as pure functions on arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from arts.data.support.arrays import FloatArray, IntArray

CHUNK = 1_000  # resamples in memory at the same time
DEVIATIONS = 5  # standard errors by which the bounds of two honest bootstraps may differ


def cluster_sums(statistics: FloatArray, clusters: IntArray) -> FloatArray:
    """Sum rows of units over clusters.

    Args:
        statistics: (units, m) m counts for each unit.
        clusters: (units,) the number of each unit's cluster, from 0 without gaps.

    Returns:
        An array (clusters, m).
    """
    sums = np.zeros((int(clusters.max()) + 1, *statistics.shape[1:]), statistics.dtype)
    np.add.at(sums, clusters, statistics)
    return sums


def resample_clusters(statistics: FloatArray, *, resamples: int, seed: int) -> Iterator[FloatArray]:
    """Draw bootstrap resamples of the clusters, and sum the statistics over each resample.

    A resample draws as many clusters as there are, with replacement, and a cluster with all that belongs to
    it (Davison & Hinkley, 1997, section 3.8). So it may have more or fewer units than there are; scores are
    ratios of sums. The draws depend only on the number of clusters, the number of resamples and the seed. So
    two models are resampled alike, and can be compared in pairs.

    Args:
        statistics: (clusters, m) m counts for each cluster, summed over its units.
        resamples: the number of resamples.
        seed: random seed of the resamples.

    Yields:
        Chunks of the sums, as arrays (b, m): one row for each of b resamples. All chunks together have
        `resamples` rows.
    """
    for times in _draw_counts(len(statistics), resamples, seed):
        yield times.astype(np.float32) @ statistics  # exact: integers below 2**24


@lru_cache(maxsize=4)
def _draw_counts(clusters: int, resamples: int, seed: int) -> list[npt.NDArray[np.uint16]]:
    """Draw resamples of the clusters, and count how often each cluster is drawn.

    Returns:
        Chunks of the counts, as arrays (b, clusters): one row for each of b resamples. All chunks together
        have `resamples` rows.
    """
    rng, chunks = np.random.default_rng(seed), []
    for first in range(0, resamples, CHUNK):
        size = min(CHUNK, resamples - first)
        draws = rng.integers(clusters, size=(size, clusters), dtype=np.int32)
        draws += np.arange(size, dtype=np.int32)[:, None] * np.int32(clusters)
        times = np.bincount(draws.ravel(), minlength=size * clusters).reshape(size, clusters)
        chunks.append(times.astype(np.uint16))  # no resample contains a cluster 65,536 times
    return chunks


def seed_weights(seeds: int, *, resamples: int, seed: int, stream: int = 0) -> FloatArray:
    """Draw bootstrap resamples of the random seeds that a model was trained with.

    A resample draws one seed fewer than there are, with replacement. Drawn as many as there are, the variance
    of the mean over n seeds would be (n - 1) / n of the unbiased one, a third too small for three seeds; with
    n - 1 draws it is unbiased (McCarthy & Snowden, 1985; Rao & Wu, 1988). One seed is always drawn.

    Args:
        seeds: the number n of random seeds.
        resamples: the number of resamples.
        seed: random seed of the resamples; the draws do not depend on those of clusters by the same seed.
        stream: number of the random stream; draws from different ones are independent.

    Returns:
        An array (resamples, seeds): the share of the draws that each seed has in each resample.
    """
    draws = max(seeds - 1, 1)
    rng = np.random.default_rng([seed, seeds, stream])
    return np.asarray(rng.multinomial(draws, np.full(seeds, 1 / seeds), resamples) / draws)


def design_effects(sentences: IntArray, *, count: int | None = None) -> tuple[float, float]:
    """Between what factors the variance of a share by sentences differs from that by units.

    How it does depends on which units are right. At most, all units of a sentence agree, and the factor is
    the size of the largest sentence; at least, units that share a sentence cancel each other out, and those
    that are alone in theirs remain, of which half are allowed for.

    Args:
        sentences: (units,) the number of each unit's sentence.
        count: number of the units that the share is of, whichever these are. Default: all.
    """
    sizes = np.bincount(sentences)
    count = count or len(sentences)
    alone = int((sizes == 1).sum()) - (len(sentences) - count)
    return max(alone, 0) / (2 * count), float(sizes.max())


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
