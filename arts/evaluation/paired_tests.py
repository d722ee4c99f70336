"""Paired comparison of two models by bootstrap and exact tests, over sentences and random seeds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated

import numpy as np
from pydantic import Field

from arts.data.support.arrays import FloatArray, IntArray
from arts.data.support.display import Displayed
from arts.data.support.record import Count, Record
from arts.data.support.rounding import decimal_text, p_value_text
from arts.evaluation.confidence_intervals import central_interval, cluster_sums
from arts.evaluation.predictions import Predictions, align_all
from arts.evaluation.resample import Resample
from arts.evaluation.scores import LEVEL, Bootstrap, Resampled
from arts.evaluation.seed_runs import SeedRuns


class Difference(Record):
    """The difference of one score between two models: that of the first minus that of the second.

    Args:
        value: the difference, in percentage points; of the means, for models with several seeds.
        low: lower bound of its 95% interval by paired bootstrap, in percentage points.
        high: upper bound of this interval, in percentage points.
        only_first: number of originals (for ARS: of units) that the first model has right and the second
            has wrong; for several seeds, that the first has right with a greater share of its seeds.
        only_second: number of originals (for ARS: of units) that the second model has right and the first
            has wrong; for several seeds, that the second has right with a greater share of its seeds.
        p_value: two-sided p-value: of `exact_sign_flip`, or of the two-level bootstrap for several seeds.
    """

    value: float
    low: float
    high: float
    only_first: Count
    only_second: Count
    p_value: Annotated[float, Field(ge=0, le=1)]

    def __str__(self) -> str:
        low, high = (decimal_text(bound, 1, sign=True) for bound in (self.low, self.high))
        return f"{decimal_text(self.value, sign=True)} [{low}, {high}], {p_value_text(self.p_value)}"


class Comparison(Displayed, Resampled):
    """The differences in accuracy and ARS between two models that predicted one set of instances.

    Args:
        accuracy: the difference in accuracy on the originals.
        ars: the difference in ARS.
    """

    accuracy: Difference
    ars: Difference

    def headline(self) -> str:
        """The two differences, the first model minus the second."""
        return f"first minus second: accuracy {self.accuracy}; ARS {self.ars}"

    def facts(self) -> dict[str, str]:
        """The differences, and on how many originals and units only one of the models is right."""
        return {
            name: f"{difference}; right only by the first: {difference.only_first:,} {what}, only by the "
            f"second: {difference.only_second:,}"
            for name, difference, what in (
                ("accuracy", self.accuracy, "originals"),
                ("ARS", self.ars, "units"),
            )
        }


def compare(
    first: Predictions | Sequence[Predictions],
    second: Predictions | Sequence[Predictions],
    *,
    resample: Resample | None = None,
    paired_seeds: bool = False,
) -> Comparison:
    """Compare the predictions of two models for one set of instances, in whatever order.

    A model that was trained with several seeds has predictions for each; then the means over its seeds are
    compared, with intervals by the bootstrap of seeds and sentences that `SeedRuns` describes.

    The p-value of one seed against one is that of `exact_sign_flip`. Seeds cannot be flipped usefully, since
    three have only eight ways. So with several seeds, it is twice the smaller share of the resamples in which
    the difference is at most or at least 0 (Davison & Hinkley, 1997, section 4.4), and at least 2 / 10,001.

    Args:
        first: the predictions of the first model, or those for each of its seeds.
        second: the predictions of the second model, or those for each of its seeds; their scores are
            subtracted.
        resample: what the bootstrap draws and the test flips. Default: sentences where they are known,
            otherwise units; then the test is the exact McNemar test.
        paired_seeds: whether the predictions of the two are in pairs of one seed, which are drawn together.

    Raises:
        ArtsError: when the instances or their gold labels differ, or sentences are wanted and not known.
    """
    lists = [[side] if isinstance(side, Predictions) else [*side] for side in (first, second)]
    every = align_all([predictions for side in lists for predictions in side])
    count, layout = len(lists[0]), every[0].layout
    bootstrap = Bootstrap.of(layout, resample)
    a = SeedRuns.of(every[:count], bootstrap)
    b = SeedRuns.of(every[count:], bootstrap, stream=0 if paired_seeds else 1)
    clusters = layout.clusters(bootstrap.resample)
    return Comparison(
        resample=bootstrap.resample,
        accuracy=_difference("accuracy", a, b, clusters=clusters),
        ars=_difference("ars", a, b, clusters=clusters),
    )


def _difference(score: str, *sides: SeedRuns, clusters: IntArray) -> Difference:
    """The difference in one score between two models, with its interval and p-value.

    Args:
        score: "accuracy" or "ars".
        sides: the two models.
        clusters: (units,) the number of each unit's cluster.
    """
    values = [side.values(score).mean() for side in sides]
    means = [side.resampled_means(score) for side in sides]
    resampled = 100 * (means[0] - means[1])
    low, high = central_interval(resampled, LEVEL)
    right = [side.times_right(score) for side in sides]
    if max(len(side.predictions) for side in sides) > 1:
        p_value = _bootstrap_p_value(resampled)
    else:
        p_value = exact_sign_flip(cluster_sums(right[0] - right[1], clusters).astype(np.int64))
    return Difference(
        value=round(100 * float(values[0] - values[1]), 2),
        low=round(float(low), 2),
        high=round(float(high), 2),
        only_first=int((right[0] > right[1]).sum()),
        only_second=int((right[1] > right[0]).sum()),
        p_value=p_value,
    )


def _bootstrap_p_value(differences: FloatArray) -> float:
    """Two-sided p-value of the hypothesis that a difference is 0, from its resamples (b,)."""
    fewer = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    return min(2 * (1 + fewer) / (1 + len(differences)), 1.0)


def exact_sign_flip(differences: IntArray) -> float:
    """Two-sided p-value of the exact sign-flip test, which compares two models on clustered items.

    If the models are equally good, each sentence could as well have come out with the models exchanged. So
    the sign of its difference is flipped at random, for all its units together, which may depend on each
    other in whatever way (Fisher, 1935; for clusters, Gail et al., 1996; in natural language processing, Yeh,
    2000). The p-value is the probability that the sum of the differences is then as far from 0 as it is. It
    is exact for any number of sentences, which the adjusted McNemar tests of Eliasziw & Donner (1991) and
    Durkalski et al. (2003) are not: these rest on a chi-squared approximation. The distribution is computed
    without drawing: differences of equal size have a binomial sum, and these sums are convolved. With a unit
    per sentence it is the exact McNemar test.

    Args:
        differences: (clusters,) the number of items that the first model has right, minus that of the second.

    Example:
        >>> round(exact_sign_flip(np.array([2, 1, 0])), 3), round(exact_sign_flip(np.ones(6, int)), 3)
        (0.5, 0.031)
    """
    sizes = np.bincount(np.abs(differences))
    distribution = np.ones(1)  # of half the sum of the sizes plus the flipped differences, from 0
    for size, count in enumerate(sizes.tolist()):
        if size and count:
            flipped = np.zeros(size * count + 1)
            flipped[::size] = _fair_binomial(count)
            distribution = np.convolve(distribution, flipped)
    sums = np.abs(2 * np.arange(len(distribution)) - (len(distribution) - 1))
    return min(float(distribution[sums >= abs(int(differences.sum()))].sum()), 1.0)


@lru_cache(maxsize=1 << 10)
def _fair_binomial(count: int) -> FloatArray:
    """The probabilities of 0 to `count` heads of a fair coin, as an array (count + 1,)."""
    from scipy.stats import binom

    return np.asarray(binom.pmf(np.arange(count + 1), count, 0.5))


def exact_mcnemar(only_first: int | IntArray, only_second: int | IntArray) -> FloatArray:
    """Two-sided p-values of the exact McNemar test, which compares two models on one set of items.

    It is a sign test on the items that exactly one of the two models has right.

    Args:
        only_first: (...) numbers of items that the first model has right and the second has wrong.
        only_second: (...) numbers of items that the second model has right and the first has wrong.

    Returns:
        The p-values, as an array (...). They are 1 where both numbers are 0.

    Example:
        >>> exact_mcnemar(np.array([6, 0]), np.array([0, 0])).tolist()
        [0.03125, 1.0]
    """
    from scipy.stats import binom

    fewer, total = np.minimum(only_first, only_second), np.add(only_first, only_second)
    return np.asarray(np.minimum(binom.cdf(fewer, total, 0.5) + binom.sf(total - fewer - 1, total, 0.5), 1))
