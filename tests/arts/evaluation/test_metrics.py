"""Metrics, against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.classifiers import gold_labels
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from arts.evaluation.benchmark_layout import BenchmarkLayout
from arts.evaluation.metrics import UnitSums, aspect_robustness_score, unit_statistics


def sums(units, labels):
    return UnitSums.unpack(unit_statistics(BenchmarkLayout.of(units), np.asarray(labels)).sum(0))


def test_metrics_layout_numbers_units_in_order_of_their_originals(units):
    layout = BenchmarkLayout.of(units)
    assert layout.units.tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert layout.original.tolist() == [0, 0, 0, 3, 3, 3, 6]


def test_metrics_all_right_is_one_everywhere(units):
    total = sums(units, gold_labels(units))
    assert total.accuracy() == total.ars() == total.macro_f1() == 1
    assert total.variants.tolist() == [2, 1, 2 - 1]
    assert total.both_right.tolist() == [2, 1, 1]


def test_metrics_one_wrong_variant_costs_its_unit_and_its_strategy_alone(units):
    labels = gold_labels(units)
    labels[1] = 2  # revtgt of the first unit
    total = sums(units, labels)
    assert total.accuracy() == 1
    assert total.ars() == pytest.approx(2 / 3)
    assert total.accuracy_on_variants().tolist() == [0.5, 1, 1]
    assert total.accuracy_on_originals().tolist() == [1, 1, 1]


def test_metrics_one_wrong_original_costs_the_originals_of_all_its_strategies(units):
    labels = gold_labels(units)
    labels[3] = 0
    total = sums(units, labels)
    assert total.accuracy() == total.ars() == pytest.approx(2 / 3)
    assert total.accuracy_on_originals().tolist() == [0.5, 0, 1]
    assert total.accuracy_on_variants().tolist() == [1, 1, 1]
    assert total.share_both_right().tolist() == [0.5, 0, 1]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40))
def test_metrics_scores_on_originals_equal_scikit_learn(pairs):
    true, predicted = map(np.array, zip(*pairs, strict=True))
    numbers = np.arange(len(pairs))
    layout = BenchmarkLayout(true, np.zeros_like(true), numbers, numbers)
    total = UnitSums.unpack(unit_statistics(layout, predicted).sum(0))
    assert total.accuracy() == pytest.approx(accuracy_score(true, predicted), abs=1e-6)
    assert total.macro_f1() == pytest.approx(f1_score(true, predicted, average="macro"), abs=1e-6)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=40))
def test_metrics_ars_is_the_share_of_units_without_a_fault(members):
    correct = np.array([right for right, _ in members])
    units = np.unique([unit for _, unit in members], return_inverse=True)[1]
    expected = np.mean([correct[units == unit].all() for unit in range(units.max() + 1)])
    assert aspect_robustness_score(correct, units) == pytest.approx(expected)
    assert (aspect_robustness_score(correct, units) == 1) == correct.all()
