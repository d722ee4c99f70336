"""Scores against their definitions, other libraries, and the paper."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, f1_score

from arts.data.schema import Strategy
from arts.evaluation.metrics import Layout, Sums, aspect_robustness_score, resample, unit_statistics
from arts.evaluation.paired_tests import compare, exact_mcnemar
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import Bootstrap, Scores


def sums(units, labels):
    return Sums.unpack(unit_statistics(Layout.of(units), np.asarray(labels)).sum(0))


def gold(units):
    return Layout.of(units).gold


def test_layout_numbers_units_in_order_of_their_originals(units):
    layout = Layout.of(units)
    assert layout.units.tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert layout.original.tolist() == [0, 0, 0, 3, 3, 3, 6]


def test_all_right_is_one_everywhere(units):
    total = sums(units, gold(units))
    assert total.accuracy() == total.ars() == total.macro_f1() == 1
    assert total.variants.tolist() == [2, 1, 2 - 1]
    assert total.both_right.tolist() == [2, 1, 1]


def test_one_wrong_variant_costs_its_unit_and_its_strategy_alone(units):
    labels = gold(units)
    labels[1] = 2  # revtgt of the first unit
    total = sums(units, labels)
    assert total.accuracy() == 1
    assert total.ars() == pytest.approx(2 / 3)
    assert total.on_variants().tolist() == [0.5, 1, 1]
    assert total.on_originals().tolist() == [1, 1, 1]


def test_one_wrong_original_costs_the_originals_of_all_its_strategies(units):
    labels = gold(units)
    labels[3] = 0
    total = sums(units, labels)
    assert total.accuracy() == total.ars() == pytest.approx(2 / 3)
    assert total.on_originals().tolist() == [0.5, 0, 1]
    assert total.on_variants().tolist() == [1, 1, 1]
    assert total.on_both().tolist() == [0.5, 0, 1]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40))
def test_scores_on_originals_equal_scikit_learn(pairs):
    true, predicted = map(np.array, zip(*pairs, strict=True))
    numbers = np.arange(len(pairs))
    layout = Layout(true, np.zeros_like(true), numbers, numbers)
    total = Sums.unpack(unit_statistics(layout, predicted).sum(0))
    assert total.accuracy() == pytest.approx(accuracy_score(true, predicted), abs=1e-6)
    assert total.macro_f1() == pytest.approx(f1_score(true, predicted, average="macro"), abs=1e-6)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=40))
def test_ars_is_the_share_of_units_without_a_fault(members):
    correct = np.array([right for right, _ in members])
    units = np.unique([unit for _, unit in members], return_inverse=True)[1]
    expected = np.mean([correct[units == unit].all() for unit in range(units.max() + 1)])
    assert aspect_robustness_score(correct, units) == pytest.approx(expected)
    assert (aspect_robustness_score(correct, units) == 1) == correct.all()


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_mcnemar_is_the_sign_test_on_the_differing(pairs):
    first, second = (np.array([pair[k] for pair in pairs], bool) for k in (0, 1))
    b, c = int((first & ~second).sum()), int((second & ~first).sum())
    expected = 1.0 if b + c == 0 else binomtest(min(b, c), b + c).pvalue
    p_value = exact_mcnemar((first & ~second).sum(), (second & ~first).sum())
    assert p_value == pytest.approx(expected)


def test_resamples_keep_the_number_of_units_and_are_reproducible():
    statistics = np.ones((50, 25), np.float32)
    once, again = (np.concatenate(list(resample(statistics, resamples=1500, seed=3))) for _ in range(2))
    assert once.shape == (1500, 25)
    assert (once[:, 0] == 50).all()
    assert (once == again).all()


def test_interval_agrees_with_theory():
    """For a share p of n units the standard error is sqrt(p (1 - p) / n)."""
    rng = np.random.default_rng(0)
    right = rng.random(400) < 0.7
    numbers = np.arange(400)
    layout = Layout(np.zeros(400, int), np.zeros(400, int), numbers, numbers)
    ids = tuple(map(str, numbers))
    estimate = Scores.of(Predictions(ids, layout, np.where(right, 0, 1))).accuracy
    share = right.mean()
    half = 196 * np.sqrt(share * (1 - share) / 400)
    assert estimate.value == pytest.approx(100 * share, abs=0.01)
    assert (estimate.high - estimate.low) / 2 == pytest.approx(half, rel=0.06)


@pytest.mark.timed
def test_bootstrap_of_the_largest_corpus_is_fast():
    rng = np.random.default_rng(0)
    units, n = 1120, 3530
    layout = Layout(
        rng.integers(3, size=n),
        np.r_[np.zeros(units, int), rng.integers(1, 4, size=n - units)],
        np.r_[np.arange(units), rng.integers(units, size=n - units)],
        np.r_[np.arange(units), np.zeros(n - units, int)],
    )
    layout = Layout(layout.gold, layout.strategy, layout.units, layout.units)
    predictions = Predictions(tuple(map(str, range(n))), layout, rng.integers(3, size=n))
    started = time.perf_counter()
    Scores.of(predictions, Bootstrap(resamples=10_000))
    assert time.perf_counter() - started < 1


def test_scores_leave_out_strategies_without_instances(units):
    kept = [i for i in units if i.strategy is not Strategy.REVNON]
    scores = Scores.of(Predictions.of(kept, gold(kept), None))
    assert list(scores.strategies) == [Strategy.REVTGT, Strategy.ADDDIFF]


def test_compare_is_nothing_for_equals_and_antisymmetric(units):
    right, wrong = gold(units), gold(units)
    wrong[[0, 6]] = 1
    a, b = (Predictions.of(units, labels, None) for labels in (right, wrong))
    same = compare(a, a)
    assert (same.ars.value, same.ars.low, same.ars.high, same.ars.p_value) == (0, 0, 0, 1)
    there, back = compare(a, b), compare(b, a)
    assert there.accuracy.value == -back.accuracy.value == pytest.approx(66.67)
    assert (there.ars.only_first, there.ars.only_second) == (2, 0)
    assert there.accuracy.low == -back.accuracy.high
