"""Objectives: losses on whole units, against values by hand and against autograd."""

from __future__ import annotations

from math import log

import pytest
import torch
from helpers.sentences import TOY
from helpers.zoo import fit, start

from arts.data.schema import Polarity, original_instances
from arts.models import training
from arts.models.objectives import Consistency, UnitCollator, Units, symmetric_divergence, unit_examples
from arts.models.recipe import Recipe, Start, TrainingRequest
from arts.models.registry import aspect_model_class
from arts.models.trained_models import TrainedModel, train_by_plan
from arts.models.training_plan import TrainingPlan

pytestmark = pytest.mark.usefixtures("short_recipes")

P, Q = (0.5, 0.25, 0.25), (0.25, 0.5, 0.25)
KL = 0.25 * log(2)  # of P and Q, either way: 0.5 log 2 - 0.25 log 2
UNITS = Units(torch.tensor([1, 1, 0, 0, 0]), torch.tensor([True, False, True, False, False]))


def logits(*rows):
    return torch.tensor(rows, dtype=torch.float64).log()


@pytest.mark.parametrize(
    ("weight", "labels", "expected"),
    [
        (2.0, [0, 0, 1, 1, 1], 3 + 2 * (KL + 0 + KL) / 3),
        (2.0, [0, 0, 1, 0, 1], 3 + 2 * (KL + KL) / 2),
        (2.0, [0, 1, 1, 0, 0], 3.0),
        (0.0, [0, 0, 1, 1, 1], 3.0),
    ],
    ids=["all variants keep the label", "one reverses it", "all reverse it", "weight 0"],
)
def test_objectives_consistency_is_the_value_worked_out_by_hand(weight, labels, expected):
    predictions = logits(P, Q, P, P, Q)
    loss = Consistency(weight).loss(
        torch.tensor(3.0, dtype=torch.float64), predictions, labels=torch.tensor(labels), units=UNITS
    )
    assert loss.item() == pytest.approx(expected)


def test_objectives_consistency_has_the_gradient_of_finite_differences():
    torch.manual_seed(0)
    scores = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([0, 0, 1, 0, 1])

    def loss(scores):
        own = torch.nn.functional.cross_entropy(scores, labels)
        return Consistency(0.7).loss(own, scores, labels=labels, units=UNITS)

    assert torch.autograd.gradcheck(loss, scores)


def test_objectives_the_divergence_is_that_of_torch_in_both_directions():
    torch.manual_seed(0)
    first, second = torch.randn(2, 4, 3, dtype=torch.float64).log_softmax(-1)
    both = [
        torch.nn.functional.kl_div(a, b, reduction="batchmean", log_target=True)
        for a, b in ((first, second), (second, first))
    ]
    assert symmetric_divergence(first, second).item() == pytest.approx(sum(both).item() / 2)


def test_objectives_the_original_of_each_instance_is_found_in_any_order():
    assert UNITS.originals.tolist() == [0, 0, 2, 2, 2]


def test_objectives_an_example_is_an_original_with_its_variants(units, encoder):
    _, inputs = start("bert", encoder)
    shuffled = [units[1], units[6], *units[2:6], units[0]]  # variants may come before their original
    examples = unit_examples(shuffled, training.features_with_labels(inputs, shuffled))
    assert [len(example["members"]) for example in examples] == [1, 3, 3]
    assert all(
        len(e["input_ids"]) == max(len(member["input_ids"]) for member in e["members"]) for e in examples
    )
    batch = UnitCollator(inputs).collate(examples)
    assert batch["unit"].tolist() == [0, 1, 1, 1, 2, 2, 2]
    assert batch["is_original"].tolist() == [True, True, False, False, True, False, False]
    names = list(Polarity)
    assert [names[label] for label in batch["labels"]] == [
        "neutral", "negative", "positive", "negative", "positive", "negative", "positive",
    ]  # fmt: skip
    instances = UnitCollator(inputs).collate([example["members"][0] for example in examples])
    assert "unit" not in instances
    assert instances["input_ids"].shape[0] == 3


@pytest.mark.parametrize(("share", "drawn"), [(0.0, {1}), (1.0, {2}), (0.5, {1, 2})])
def test_objectives_an_alternative_takes_the_place_of_a_variant_in_some_draws(share, drawn):
    example = {
        "members": [{"input_ids": [0]}, {"input_ids": [1]}],
        "alternatives": {1: {"input_ids": [2]}},
        "input_ids": [0],
    }
    torch.manual_seed(0)
    collate = UnitCollator(OfIds(), share).collate
    batches = [collate([example, example]) for _ in range(10)]
    assert {int(ids) for batch in batches for ids in batch["input_ids"][1::2]} == drawn
    assert all(batch["input_ids"][::2].tolist() == [0, 0] for batch in batches)
    assert all(batch["unit"].tolist() == [0, 0, 1, 1] for batch in batches)


class OfIds:
    """Inputs whose instances are one token."""

    def collate(self, features):
        return {"input_ids": torch.tensor([one["input_ids"][0] for one in features])}


def by_plan(name, encoder, progress=None, **plan):
    units = original_instances(TOY)
    request = TrainingRequest(name, 1, Start(encoder), progress)
    return train_by_plan(request, TrainingPlan(plan.pop("train", units), units, **plan))


def weights(model):
    return {name: tensor.clone() for name, tensor in model.model.state_dict().items()}


def same(first, second):
    return all(tensor.equal(second[name]) for name, tensor in first.items())


@pytest.mark.parametrize("name", ["bert", "td-lstm"])
def test_objectives_a_model_is_trained_saved_loaded_and_equal(name, encoder, units, tmp_path):
    plan = {"train": units, "objective": Consistency(1.0)}
    model = by_plan(name, encoder, **plan)
    assert not same(weights(model), weights(by_plan(name, encoder, train=units)))
    model.save(tmp_path / "model")
    loaded = TrainedModel.load(tmp_path / "model")
    assert (loaded.predict_proba(units) == model.predict_proba(units)).all()
    assert same(weights(loaded), weights(model))


def test_objectives_training_that_was_cut_off_ends_like_one_without(encoder, units, monkeypatch, tmp_path):
    plan = {"train": units, "objective": Consistency(1.0)}
    whole = by_plan("bert", encoder, **plan)

    def cut_off(step, steps, remark):
        if step == steps // 2 + 1:
            raise KeyboardInterrupt

    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "another"))
    with pytest.raises(KeyboardInterrupt):
        by_plan("bert", encoder, cut_off, **plan)
    steps = []
    resumed = by_plan("bert", encoder, lambda step, *_: steps.append(step), **plan)
    assert steps[0] > 1
    assert same(weights(whole), weights(resumed))


def test_objectives_without_one_a_plan_trains_as_before(encoder):
    assert fit("bert", encoder).key == by_plan("bert", encoder).key
    assert by_plan("bert", encoder, objective=Consistency(1.0)).key != by_plan("bert", encoder).key


def test_objectives_training_goes_on_from_the_weights_of_another_model(encoder, monkeypatch):
    first = by_plan("bert", encoder)
    recipe = Recipe(learning_rate=0, head_learning_rate=0, epochs=1, min_steps=1)
    monkeypatch.setattr(aspect_model_class("bert"), "recipe", recipe)
    further = by_plan("bert", encoder, initial=first.model, initial_key=first.key)
    assert further.key != first.key
    assert same(weights(first), weights(further))
