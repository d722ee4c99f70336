"""Scores that are computed again: with the same counts, and with other random numbers."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.forging import skilled

from arts.data.errors import DataError
from arts.evaluation.claimed_scores import check_scores
from arts.evaluation.confidence_intervals import levels_within_error
from arts.evaluation.predictions import Predictions
from arts.evaluation.resample import Resample
from arts.evaluation.score_checks import differing_fields
from arts.evaluation.scores import Bootstrap, Scores


@pytest.fixture(scope="module")
def predictions(sample):
    return Predictions.of(sample.test, skilled(sample.test).argmax(1))


@pytest.fixture(scope="module", params=[*Resample])
def fresh(predictions, request):
    return Scores.of(predictions, Bootstrap(resample=request.param))


def with_other_numbers(predictions, seed: int, bootstrap: Bootstrap) -> Scores:
    """The scores as another version of numpy would draw their intervals."""
    drawn = Scores.of(predictions, bootstrap.model_copy(update={"seed": seed}))
    return drawn.model_copy(update={"bootstrap": bootstrap})


@pytest.mark.parametrize("seed", range(1, 9))
def test_score_checks_intervals_of_other_random_numbers_are_true(predictions, fresh, seed):
    claimed = with_other_numbers(predictions, seed, fresh.bootstrap)
    assert claimed != fresh
    assert differing_fields(claimed, predictions, fresh) == []
    check_scores(claimed, predictions.layout, one_each=True, source="claim")


def moved(scores: Scores, name: str, *, low: float = 0, high: float = 0) -> Scores:
    estimate = getattr(scores, name)
    other = {"low": round(estimate.low + low, 2), "high": round(estimate.high + high, 2)}
    return scores.model_copy(update={name: estimate.model_copy(update=other)})


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "ars"])
@pytest.mark.parametrize("ends", [{"low": 2.5}, {"low": -2.5}, {"high": 2.5}, {"high": -2.5}], ids=str)
def test_score_checks_other_intervals_are_not(predictions, fresh, name, ends):
    claimed = moved(fresh, name, **ends)
    assert differing_fields(claimed, predictions, fresh) == [name]
    if fresh.bootstrap.resample is Resample.SENTENCES:
        return  # without predictions, only the narrowest and the widest interval are known
    with pytest.raises(DataError, match=f'field "{name}" is not what its counts give'):
        check_scores(claimed, predictions.layout, one_each=True, source="claim")


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "ars"])
@pytest.mark.parametrize("half", [0.01, 40])
def test_score_checks_claims_by_sentences_are_neither_of_no_width_nor_of_any(predictions, name, half):
    fresh = Scores.of(predictions)
    value = getattr(fresh, name).value
    other = {"low": max(value - half, 0), "high": min(value + half, 100)}
    claimed = fresh.model_copy(update={name: getattr(fresh, name).model_copy(update=other)})
    check_scores(fresh, predictions.layout, one_each=True, source="claim")
    with pytest.raises(DataError, match=f'field "{name}" is not what its counts give'):
        check_scores(claimed, predictions.layout, one_each=True, source="claim")


def test_score_checks_points_are_exact(predictions, fresh):
    value = round(fresh.ars.value + 0.01, 2)
    claimed = fresh.model_copy(update={"ars": fresh.ars.model_copy(update={"value": value})})
    assert differing_fields(claimed, predictions, fresh) == ["ars"]


def test_score_checks_levels_follow_from_the_number_of_resamples():
    low, high = levels_within_error(0.95, 10_000, 10_000)
    assert (round(low, 3), round(high, 3)) == (0.928, 0.972)
    assert levels_within_error(0.95, 10**12, 10**12) == pytest.approx((0.95, 0.95), abs=1e-5)


def test_score_checks_a_claim_is_held_to_the_layout_of_the_corpus(sample, predictions, fresh):
    """Without the variants of one strategy, the corpus has other counts than are claimed."""
    kept = [instance for instance in sample.test if instance.strategy != "revnon"]
    layout = Predictions.of(kept, np.zeros(len(kept), int)).layout
    with pytest.raises(
        DataError, match="121 revtgt, 93 revnon, 138 adddiff; the corpus has 121 revtgt, 0 rev"
    ):
        check_scores(fresh, layout, one_each=True, source="claim")
