"""The bootstrap over units."""

from __future__ import annotations

import numpy as np

from arts.evaluation.confidence_intervals import resample_clusters


def test_confidence_intervals_resamples_keep_the_number_of_units_and_are_reproducible():
    statistics = np.ones((50, 25), np.float32)
    once, again = (
        np.concatenate(list(resample_clusters(statistics, resamples=1500, seed=3))) for _ in range(2)
    )
    assert once.shape == (1500, 25)
    assert (once[:, 0] == 50).all()
    assert (once == again).all()
