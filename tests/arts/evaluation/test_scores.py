"""Scores with their intervals."""

from __future__ import annotations

import time

import numpy as np
import pytest
from helpers.classifiers import gold_labels

from arts.data.schema import Strategy
from arts.evaluation.benchmark_layout import BenchmarkLayout
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import Bootstrap, Scores


def test_scores_interval_agrees_with_theory():
    """For a share p of n units the standard error is sqrt(p (1 - p) / n)."""
    rng = np.random.default_rng(0)
    right = rng.random(400) < 0.7
    numbers = np.arange(400)
    layout = BenchmarkLayout(np.zeros(400, int), np.zeros(400, int), numbers, numbers)
    ids = tuple(map(str, numbers))
    estimate = Scores.of(Predictions(ids, layout, np.where(right, 0, 1))).accuracy
    share = right.mean()
    half = 196 * np.sqrt(share * (1 - share) / 400)
    assert estimate.value == pytest.approx(100 * share, abs=0.01)
    assert (estimate.high - estimate.low) / 2 == pytest.approx(half, rel=0.06)


@pytest.mark.timed
def test_scores_bootstrap_of_the_largest_corpus_is_fast():
    rng = np.random.default_rng(0)
    units, n = 1120, 3530
    layout = BenchmarkLayout(
        rng.integers(3, size=n),
        np.r_[np.zeros(units, int), rng.integers(1, 4, size=n - units)],
        np.r_[np.arange(units), rng.integers(units, size=n - units)],
        np.r_[np.arange(units), np.zeros(n - units, int)],
    )
    layout = BenchmarkLayout(layout.gold, layout.strategy, layout.units, layout.units)
    predictions = Predictions(tuple(map(str, range(n))), layout, rng.integers(3, size=n))
    started = time.perf_counter()
    Scores.of(predictions, Bootstrap(resamples=10_000))
    assert time.perf_counter() - started < 1


def test_scores_leave_out_strategies_without_instances(units):
    kept = [i for i in units if i.strategy is not Strategy.REVNON]
    scores = Scores.of(Predictions.of(kept, gold_labels(kept), probabilities=None))
    assert list(scores.strategies) == [Strategy.REVTGT, Strategy.ADDDIFF]
