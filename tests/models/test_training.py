"""Training: the curve, the epoch, the learning rates."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.sentences import TOY
from helpers.zoo import start

from arts.data.errors import ArtsError
from arts.data.schema import original_instances
from arts.models import training
from arts.models.recipe import Start, TrainingRequest
from arts.models.registry import aspect_model_class
from arts.models.trained_models import train_or_load

pytestmark = pytest.mark.usefixtures("short_recipes")


def test_training_needs_train_and_dev(encoder):
    with pytest.raises(ArtsError, match="training needs the splits train and dev"):
        train_or_load(TrainingRequest("bert", 1, Start(encoder)), train=original_instances(TOY), dev=[])


def test_training_the_learning_curve_is_recorded_epoch_by_epoch(toy_model):
    curve = toy_model("td-lstm").model.record["curve"]
    assert [point["epoch"] for point in curve] == [1, 2, 3, 4]
    assert curve[-1]["loss"] < curve[0]["loss"]
    assert all(0 <= point["macro_f1"] <= 100 for point in curve)


@pytest.mark.parametrize(("name", "epoch"), [("bert", 3), ("memnet", 2)])
def test_training_an_encoder_is_kept_as_it_ends_and_a_model_over_words_as_dev_says(name, epoch):
    curve = [training.EpochScores(n, 1.0, 60.0, f1) for n, f1 in ((1, 50.0), (2, 70.0), (3, 60.0))]
    assert training.kept_epoch(aspect_model_class(name), curve) == epoch


def test_training_what_is_new_on_an_encoder_learns_faster_than_what_is_pretrained(encoder):
    model, _ = start("bert", encoder)
    recipe = replace(aspect_model_class("bert").recipe, learning_rate=1e-4, head_learning_rate=1e-3)
    rates = {
        id(weight): (group["lr"], group["weight_decay"])
        for group in training._parameter_groups(model, recipe)
        for weight in group["params"]
    }
    assert {rates[id(weight)][0] for weight in model.encoder.parameters()} == {1e-4}
    assert rates[id(model.classifier.weight)] == (1e-3, recipe.weight_decay)
    assert rates[id(model.classifier.bias)] == (1e-3, 0.0)
    assert len(rates) == len(list(model.parameters()))


def test_training_files_that_are_not_there_are_one_clear_error(tmp_path, encoder):
    for option, name in (("embeddings", "gcae"), ("corpus", "bert-pt")):
        start = Start(encoder, **{option: tmp_path / "none.txt"})
        with pytest.raises(ArtsError, match=r"none\.txt: is not a file"):
            train_or_load(
                TrainingRequest(name, 1, start), train=original_instances(TOY), dev=original_instances(TOY)
            )
