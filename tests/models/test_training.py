"""Training: the curve, the epoch, the learning rates."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.sentences import TOY
from helpers.zoo import fit, start

from arts.data.errors import ArtsError
from arts.data.schema import original_instances
from arts.models import training
from arts.models.learning_curve import kept_epoch
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


@pytest.mark.parametrize(
    ("step", "epoch"),
    [(None, 3), (20, 2), (30, 3), (10, 1)],
    ids=["none is the best", "the second", "the third, though it looks like the second", "the first"],
)
def test_training_the_kept_epoch_is_that_of_the_checkpoint_not_of_the_rounded_score(step, epoch):
    scores = {10: 0.50, 20: 0.700004, 30: 0.700041}  # the last two are 70.0 when they are rounded
    history = [
        {"step": s, "epoch": s / 10, "eval_macro_f1": f1, "eval_accuracy": 0.6} for s, f1 in scores.items()
    ]
    assert kept_epoch(history, step) == epoch


@pytest.mark.parametrize(
    ("name", "scores", "epoch"),
    [
        ("memnet", (0.5, 0.70001, 0.70004, 0.6), 3),
        ("memnet", (0.5, 0.7, 0.7, 0.6), 2),
        ("memnet", (0.1, 0.2, 0.3, 0.4), 4),
        ("bert", (0.9, 0.7, 0.7, 0.6), 4),
    ],
)
def test_training_the_recorded_epoch_is_the_one_whose_weights_were_saved(
    name, scores, epoch, encoder, monkeypatch
):
    """The scores on dev are made up; the weights of every epoch are noted while it is evaluated."""
    given, seen = iter(scores), []

    def evaluate(self, *args, **options):
        seen.append(self.model.classifier.weight.detach().clone())
        metrics = {"eval_macro_f1": next(given), "eval_accuracy": 0.5}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    monkeypatch.setattr(training.Trainer, "evaluate", evaluate)
    model = fit(name, encoder)
    assert model.record["epoch"] == epoch
    kept = [number for number, weights in enumerate(seen, 1) if weights.equal(model.model.classifier.weight)]
    assert kept == [epoch]


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
