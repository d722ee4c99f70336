"""Position: its settings, the models that it is defined for, and training with it and consistency."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arts.cli.intervention_options import InterventionOptions
from arts.data.corpus import Corpus
from arts.data.errors import ArtsError
from arts.interventions.composition import compose
from arts.interventions.consistency import Consistency
from arts.interventions.position import Position
from arts.interventions.registry import intervention_from
from arts.models import trained_models
from arts.models.cache_keys import training_key
from arts.models.objectives import Consistency as Objective
from arts.models.recipe import Start, TrainingRequest
from arts.models.registry import aspect_model_class
from arts.models.trained_models import TrainedModel


@pytest.mark.parametrize(("bias", "options"), [("weight", []), ("dropout", ["--position", "dropout"])])
def test_position_comes_back_from_its_settings_and_options(bias, options):
    way = InterventionOptions(["position"], position=bias).chosen()
    assert way.settings() == {"bias": bias}
    assert intervention_from({"name": "position", "bias": bias}) == way == Position(bias)
    assert way.arguments() == ["--intervention", "position", *options]


def test_position_by_anything_else_is_one_clear_error():
    with pytest.raises(ArtsError, match='position by "far"; expected weight or dropout'):
        Position("far")


@pytest.mark.parametrize("name", ["bert", "bert-pt", "capsbert"])
def test_position_is_defined_for_the_models_over_pairs(name):
    Position().check_model(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("td-lstm", "is not defined for td-lstm; expected one of: bert, bert-pt, capsbert"),
        ("bert-sent", "--intervention position: bert-sent must not see where the aspect is"),
    ],
)
def test_position_other_models_are_refused(name, message):
    with pytest.raises(ArtsError, match=message):
        compose([Consistency(), Position()]).check_model(name)


def test_position_and_consistency_are_one_training(units, encoder, monkeypatch, tmp_path):
    model_class = aspect_model_class("bert")
    monkeypatch.setattr(model_class, "recipe", replace(model_class.recipe, epochs=1, min_steps=1))
    monkeypatch.setattr(Consistency, "splits", lambda *_: (units, units))
    plans, train = [], trained_models.train_by_plan
    monkeypatch.setattr(
        trained_models, "train_by_plan", lambda request, plan: plans.append(plan) or train(request, plan)
    )
    whole = compose([Consistency(weight=1.0), Position("dropout")])
    corpus = Corpus("mine", tuple(units), lambda split: ())
    model = whole.train(TrainingRequest("bert", 1, Start(encoder)), corpus)
    (plan,) = plans
    assert isinstance(plan.objective, Objective)
    assert dict(plan.switches) == {"position": "dropout"}
    assert len(model.record["curve"]) == 1
    assert model.model.config.position == "dropout"
    model.save(tmp_path / "saved")
    assert (TrainedModel.load(tmp_path / "saved").predict_proba(units) == model.predict_proba(units)).all()
    plain = replace(plan, switches={})
    request = TrainingRequest("bert", 1, Start(encoder))
    assert model.key == training_key("bert", model_class, request, plan=plan)
    assert model.key != training_key("bert", model_class, request, plan=plain)
