"""Two-level bootstrap over seeds and sentences, and the comparison of models with several seeds."""

from __future__ import annotations

import numpy as np
import pytest

from arts.evaluation.benchmark_layout import BenchmarkLayout
from arts.evaluation.confidence_intervals import seed_weights
from arts.evaluation.paired_tests import compare
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import Bootstrap
from arts.evaluation.seed_runs import SeedRuns

RIGHT = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]] * 10, bool).reshape(3, 40)


def predictions(right: np.ndarray, sentences: np.ndarray) -> Predictions:
    """Predictions for originals without variants, all positive, of which some are right."""
    numbers = np.arange(len(right))
    layout = BenchmarkLayout(
        np.zeros(len(right), int), np.zeros(len(right), int), numbers, numbers, sentences
    )
    return Predictions(tuple(f"{n:03}" for n in numbers), layout, np.where(right, 0, 1))


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_seed_runs_the_variance_over_seeds_is_unbiased(seeds):
    """That of the mean of n values is s^2 / n, with the denominator n - 1 in s^2."""
    values = np.arange(seeds) ** 2.0
    means = seed_weights(seeds, resamples=100_000, seed=0) @ values
    assert means.var() == pytest.approx(values.var(ddof=1) / seeds, rel=0.03)
    assert (seed_weights(1, resamples=5, seed=0) == 1).all()


def test_seed_runs_draw_the_same_sentences_for_all_seeds():
    """Seeds that predict alike have the interval of one of them: no seed is a test set of its own."""
    sentences = np.arange(40) // 2
    alike = [predictions(RIGHT[0], sentences)] * 3
    one, three = (SeedRuns.of(side, Bootstrap(resample="sentences")) for side in (alike[:1], alike))
    assert three.resampled_means("accuracy") == pytest.approx(one.resampled_means("accuracy"))


def test_seed_runs_two_models_over_seeds():
    sentences = np.arange(40)
    runs = [predictions(right, sentences) for right in RIGHT]
    same = compare(runs, runs, paired_seeds=True)
    assert (same.accuracy.value, same.accuracy.low, same.accuracy.high, same.accuracy.p_value) == (0, 0, 0, 1)
    better = [predictions(np.ones(40, bool), sentences)] * 3
    found = compare(better, runs)
    assert found.accuracy.value == pytest.approx(100 * (1 - RIGHT.mean()), abs=0.01)
    assert found.accuracy.p_value == pytest.approx(2 / 10_001)
    assert found.accuracy.only_first == int((RIGHT.mean(0) < 1).sum())
    assert compare(runs, better).accuracy.value == -found.accuracy.value
