"""Paired tests."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.classifiers import gold_labels
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from arts.evaluation.paired_tests import compare, exact_mcnemar
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
