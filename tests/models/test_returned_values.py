"""What functions and models of users return, raise or hold: it is taken, or told in one line."""

from __future__ import annotations

import gc
import sys
import types
from itertools import repeat

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch

from arts.data.errors import ArtsError
from arts.evaluation.benchmark import Benchmark
from arts.models.adapters import as_classifier, check_probabilities
from arts.models.returned_values import LABELS

THIRD = [[0.5, 0.25, 0.25]]
TAKEN = {
    "bfloat16": lambda n: torch.tensor(THIRD * n, dtype=torch.bfloat16),
    "float16 whose sum is not 1": lambda n: torch.tensor([[0.501, 0.25, 0.25]] * n, dtype=torch.float16),
    "a tensor with gradients": lambda n: torch.tensor(THIRD * n, requires_grad=True),
    "a list of tensors": lambda n: [torch.tensor(THIRD[0]) for _ in range(n)],
    "a generator of rows": lambda n: (row for row in THIRD * n),
    "a frame with named columns": lambda n: pd.DataFrame(
        {"neutral": [0.25] * n, "positive": [0.5] * n, "negative": [0.25] * n}
    ),
    "a frame without names": lambda n: pd.DataFrame(THIRD * n),
    "a sparse matrix": lambda n: scipy.sparse.csr_matrix(np.array(THIRD * n)),
}
LABELS_TAKEN = {
    "a series": lambda n: pd.Series(["positive"] * n),
    "a frame of labels": lambda n: np.array([["positive"]] * n),
    "a frame with the column of labels": lambda n: pd.DataFrame({"prediction": ["positive"] * n}),
    "a generator": lambda n: ("positive" for _ in range(n)),
}


@pytest.mark.parametrize("returned", TAKEN.values(), ids=TAKEN)
def test_returned_values_what_a_function_returns_is_taken(instances, returned):
    probabilities = as_classifier(lambda asked: returned(len(asked))).predict_proba(instances)
    array = check_probabilities(probabilities, len(instances), name="mine")
    assert np.allclose(array, THIRD * len(instances), atol=2e-3)


@pytest.mark.parametrize("returned", LABELS_TAKEN.values(), ids=LABELS_TAKEN)
def test_returned_values_labels_that_a_function_returns_are_taken(instances, returned):
    array = as_classifier(lambda asked: returned(len(asked))).predict_proba(instances)
    assert np.allclose(array, [[1, 0, 0]] * len(instances))


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (None, "mine: predictions are None; expected n labels, or an array"),
        ("positive", "mine: predictions are a str; expected"),
        ({"positive": 1.0}, "mine: predictions are a dict; expected"),
        ([{"label": "positive", "score": 1.0}], "mine: predictions hold a dict; expected"),
        ([[0.5, 0.5], [1.0]], "mine: predictions are not labels or probabilities"),
        (3, "mine: predictions are a int; expected"),
        (["positive"] * 6, "mine: 6 labels for 7 instances"),
        ([], "mine: 0 labels for 7 instances"),
        ({"positive"}, "mine: predictions are a set, which has no order; expected a list"),
        (repeat("positive"), "mine: more than 7 predictions for 7 instances"),
        (np.full((7, 3), 1 / 3 + 1j), "mine: predictions are complex numbers; expected"),
        ([1 + 0j] * 7, "mine: predictions are complex numbers; expected"),
        ([[10**400, 0, 0]] * 7, "mine: predictions are not numbers"),
    ],
)
def test_returned_values_what_a_function_must_not_return_is_one_line(corpus, returned, message):
    def mine(asked):
        return returned

    with pytest.raises(ArtsError, match=message):
        Benchmark(corpus).evaluate(mine)


def test_returned_values_functions_that_have_to_be_awaited_are_refused(corpus, recwarn):
    async def mine(asked):
        return ["positive"] * len(asked)

    with pytest.raises(ArtsError, match="mine: predictions are a coroutine; expected"):
        Benchmark(corpus).evaluate(mine)
    gc.collect()
    assert not recwarn.list


def returning(probabilities, classes):
    """A classifier with these classes."""
    return types.SimpleNamespace(classes_=classes, predict_proba=lambda asked: probabilities)


class NeedsWeights:
    """A classifier that cannot be made."""

    def __init__(self):
        raise ValueError("no weights")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (NeedsWeights, "NeedsWeights: creating NeedsWeights.. raised ValueError: no weights .*line"),
        (returning([[1, 0, 0]] * 7, None), "reading classes_ raised TypeError"),
        (returning(repeat([1, 0, 0]), LABELS), "more than 7 predictions for 7 instances"),
        (returning(np.full((7, 3), 1j), LABELS), "predictions are complex numbers"),
        (returning([[10**400, 0, 0]] * 7, LABELS), "SimpleNamespace: predictions are not numbers"),
        (lambda asked: sys.exit(0), "predicting raised SystemExit: 0 .*line"),
    ],
)
def test_returned_values_what_ends_the_code_of_a_user_is_one_line(corpus, model, message):
    with pytest.raises(ArtsError, match=message):
        Benchmark(corpus).evaluate(model)


def test_returned_values_what_a_model_raises_is_one_line_with_its_place(corpus):
    def fail(instances):
        raise KeyError("soup")

    with pytest.raises(ArtsError, match=r"fail: predicting raised KeyError: .soup. \(.*values.py, line"):
        Benchmark(corpus).evaluate(fail)
