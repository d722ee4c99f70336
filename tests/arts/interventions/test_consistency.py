"""Consistency: its settings, and the weight that is chosen on dev."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from arts.data.errors import ArtsError
from arts.data.schema import Polarity
from arts.interventions.consistency import Consistency
from arts.interventions.contribution import dev_ars, train_best
from arts.models import trained_models
from arts.models.training_plan import TrainingPlan


@dataclass(frozen=True)
class Answers:
    """Predicts the label of the instances with these ids, and the opposite for all others."""

    right: tuple[str, ...]
    record: dict = field(default_factory=lambda: {"train_seconds": 1.5})

    def predict_proba(self, instances):
        labels = [i.polarity if i.id in self.right else i.polarity.opposite for i in instances]
        return np.eye(3)[[list(Polarity).index(label) for label in labels]]


@pytest.mark.parametrize(
    "way",
    [
        Consistency(),
        Consistency(weight=2.0, same_side=0.0, balance_places=False, ratio=0.5),
        Consistency(("revnon",), holdout=("but",)),
    ],
)
def test_consistency_comes_back_from_its_settings(way):
    assert Consistency.from_settings(way.settings()) == way


def test_consistency_only_what_is_not_the_default_is_an_option():
    assert Consistency().arguments() == ["--intervention", "consistency"]
    way = Consistency(weight=2.0, same_side=0.5, balance_places=False)
    assert way.command_options() == [
        *("--intervention-option", "balance_places=false"),
        *("--consistency-weight", "2", "--same-side", "0.5"),
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight": -1.0}, "the weight of consistency is -1.0; expected 0 or more"),
        ({"same_side": 1.1}, "the same-side share 1.1; expected from 0 to 1"),
    ],
)
def test_consistency_settings_out_of_range_are_one_clear_error(options, message):
    with pytest.raises(ArtsError, match=message):
        Consistency(**options)


def test_consistency_a_unit_of_dev_counts_if_all_of_it_is_right(units):
    everything = tuple(i.id for i in units)
    assert dev_ars(Answers(everything), units) == 100
    assert dev_ars(Answers(everything[1:]), units) == 66.67


def test_consistency_the_best_on_dev_is_kept_and_all_that_was_tried_is_recorded(units, monkeypatch):
    everything = tuple(i.id for i in units)
    models = {0.3: Answers(everything[1:]), 1.0: Answers(everything), 3.0: Answers(everything)}
    monkeypatch.setattr(trained_models, "train_by_plan", lambda _, plan: models[plan.choice["weight"]])
    plans = [TrainingPlan(units, units, choice={"weight": weight}) for weight in models]
    kept = train_best(None, plans)
    assert kept.right == everything
    assert kept.record == {
        "train_seconds": 4.5,
        "outcome": {
            "tried": [
                {"weight": 0.3, "dev_ars": 66.67},
                {"weight": 1.0, "dev_ars": 100.0},
                {"weight": 3.0, "dev_ars": 100.0},
            ],
            "chosen": {"weight": 1.0},
        },
    }
