"""Paired tests."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.classifiers import gold_labels
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from arts.evaluation.paired_tests import compare, exact_mcnemar, exact_sign_flip
from arts.evaluation.predictions import Predictions


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_paired_tests_mcnemar_is_the_sign_test_on_the_differing(pairs):
    first, second = (np.array([pair[k] for pair in pairs], bool) for k in (0, 1))
    b, c = int((first & ~second).sum()), int((second & ~first).sum())
    expected = 1.0 if b + c == 0 else binomtest(min(b, c), b + c).pvalue
    p_value = exact_mcnemar((first & ~second).sum(), (second & ~first).sum())
    assert p_value == pytest.approx(expected)


def test_paired_tests_compare_is_nothing_for_equals_and_antisymmetric(units):
    right, wrong = gold_labels(units), gold_labels(units)
    wrong[[0, 6]] = 1
    a, b = (Predictions.of(units, labels, probabilities=None) for labels in (right, wrong))
    same = compare(a, a)
    assert (same.ars.value, same.ars.low, same.ars.high, same.ars.p_value) == (0, 0, 0, 1)
    there, back = compare(a, b), compare(b, a)
    assert there.accuracy.value == -back.accuracy.value == pytest.approx(66.67)
    assert (there.ars.only_first, there.ars.only_second) == (2, 0)
    assert there.accuracy.low == -back.accuracy.high


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([2, 1, 0], 2 / 4),  # with all signs 3, 1, -1, -3: two are as far from 0 as 3
        ([2, 1, -1], 6 / 8),  # 4, 2, 2, 0, 0, -2, -2, -4: six are as far as 2
        ([3], 1),
        ([2, 2, 2, 1], 2 / 16),  # only all alike
        ([2, -1], 1),  # 3, 1, -1, -3: all are as far as 1
        ([0, 0], 1),
    ],
)
def test_paired_tests_sign_flip_counts_the_signs_that_are_as_far(differences, expected):
    assert exact_sign_flip(np.array(differences)) == pytest.approx(expected)


@given(st.lists(st.integers(-1, 1), max_size=30))
def test_paired_tests_sign_flip_of_single_units_is_mcnemar(differences):
    found = exact_sign_flip(np.array(differences, int))
    assert found == pytest.approx(float(exact_mcnemar(differences.count(1), differences.count(-1))))


def test_paired_tests_only_the_clustered_one_keeps_its_size():
    """Two models that are equally good, and alike on all units of a sentence: 5% of tests are to reject."""
    rng, sentences, units = np.random.default_rng(0), 60, 4
    rejected = []
    for _ in range(400):
        first, second = (rng.random(sentences) < 0.6 for _ in range(2))
        differences = first.astype(int) - second
        by_unit = exact_mcnemar(units * (differences > 0).sum(), units * (differences < 0).sum())
        rejected.append((exact_sign_flip(units * differences) < 0.05, by_unit < 0.05))
    clustered, unit_wise = np.mean(rejected, axis=0)
    assert 0.015 < clustered < 0.07
    assert unit_wise > 0.2
