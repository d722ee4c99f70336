"""The mean and standard deviation of a score over seeds, as the tables give it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def mean_and_deviation(values: Sequence[float], *, digits: int = 2) -> str:
    """The mean with the standard deviation in brackets, if there are several values.

    Args:
        values: one value for each seed.
        digits: number of decimals.

    Example:
        >>> mean_and_deviation([1.0, 2.0]), mean_and_deviation([1.0], digits=1)
        ('1.50 (0.71)', '1.0')
    """
    deviation = f" ({statistics.stdev(values):.{digits}f})" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{deviation}"
