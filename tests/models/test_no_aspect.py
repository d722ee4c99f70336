"""Training with templates: each loss by hand and by autograd, and what is read, saved and loaded."""

from __future__ import annotations

import json
from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.sentences import TOY
from helpers.zoo import cached_folder, fit, start

from arts.data.errors import ArtsError
from arts.data.schema import original_instances
from arts.models import no_aspect, training
from arts.models.no_aspect import contrast_loss, differential_loss, label_distances, recovery_loss
from arts.models.objectives import Consistency
from arts.models.recipe import Start, TrainingRequest
from arts.models.trained_models import TrainedModel, train_by_plan
from arts.models.training_plan import TrainingPlan

pytestmark = pytest.mark.usefixtures("short_recipes")

INSTANCES = original_instances(TOY)


def tensor(*rows):
    return torch.tensor(rows, dtype=torch.float64, requires_grad=True)


def test_no_aspect_distances_are_one_minus_the_cosine():
    distances = label_distances(tensor((3, 4)), tensor((2, 0), (-1, 0), (0, 0.5)))
    assert distances.tolist() == [pytest.approx([0.4, 1.6, 0.2])]


@pytest.mark.parametrize(
    ("distances", "labels", "expected"),
    [
        ([(0.2, 0.5, 1.0)], [0], 0.3),  # 0.2 - 0.5 + 0.6; 0.2 - 1.0 + 0.4 is below 0
        ([(0.9, 0.3, 0.6)], [2], 0.1 + 0.7),  # 0.6 - 0.9 + 0.4; 0.6 - 0.3 + 0.4
        ([(0.9, 0.3, 0.6)], [1], 0.1),  # 0.3 - 0.9 + 0.6 is 0; 0.3 - 0.6 + 0.4
        ([(0.2, 0.5, 1.0), (0.9, 0.3, 0.6)], [0, 2], (0.3 + 0.8) / 2),
    ],
)
def test_no_aspect_the_differential_loss_is_the_value_worked_out_by_hand(distances, labels, expected):
    assert differential_loss(tensor(*distances), torch.tensor(labels)).item() == pytest.approx(expected)


def test_no_aspect_the_contrast_is_the_value_worked_out_by_hand():
    # cosines 1 and sqrt(2) / 2 in the first row, 0 and sqrt(2) / 2 in the second; doubled by the temperature
    loss = contrast_loss(tensor((1, 0), (0, 2)), tensor((3, 0), (1, 1)), temperature=0.5)
    assert loss.item() == pytest.approx((log(1 + exp(sqrt(2) - 2)) + log(1 + exp(-sqrt(2)))) / 2)


ASPECTS = torch.tensor([[0, 1], [2, -1]])  # the first has two mentions
MENTIONS = torch.tensor([[False, True, True], [True, False, False]])


def test_no_aspect_the_recovery_is_the_value_worked_out_by_hand():
    log_p = tensor((0.5, 0.25, 0.25), (0.25, 0.5, 0.25), (0.25, 0.25, 0.5)).log()
    expected = (1.5 * log(2) + 1.5 * log(2) + log(2)) / 3
    assert recovery_loss(log_p, ASPECTS, MENTIONS).item() == pytest.approx(expected)
    assert recovery_loss(log_p[:0], ASPECTS, torch.zeros(2, 3, dtype=torch.bool)).item() == 0


@pytest.mark.parametrize(
    "loss",
    [
        lambda a, b: differential_loss(label_distances(a, b), torch.tensor([0, 2, 1])),
        lambda a, b: contrast_loss(a, b, temperature=0.3),
        lambda a, b: recovery_loss((a @ b.T).log_softmax(-1), ASPECTS, MENTIONS),
    ],
    ids=["differential", "contrast", "recovery"],
)
def test_no_aspect_losses_have_the_gradients_of_finite_differences(loss):
    torch.manual_seed(0)
    first, second = torch.randn(2, 3, 4, dtype=torch.float64).unbind()
    assert torch.autograd.gradcheck(loss, (first.requires_grad_(), second.requires_grad_()))


def by_plan(name, encoder, reading, temperature=0.1, position="none", **plan):
    switches = {"noaspect_reading": reading, "noaspect_temperature": temperature, "position": position}
    plan = {"train": INSTANCES, "dev": INSTANCES, "switches": switches, **plan}
    return train_by_plan(TrainingRequest(name, 1, Start(encoder)), TrainingPlan(**plan))


def test_no_aspect_the_loss_of_the_model_is_the_weighted_sum(encoder):
    switches = {"noaspect_reading": "sentence", "noaspect_temperature": 0.2}
    model, inputs = start("bert", encoder, switches=switches)
    batch = inputs.collate(training.features_with_labels(inputs, INSTANCES[:4]))
    h, t = (
        model.eval().pool(**{n: batch[prefix + n] for n in ("input_ids", "attention_mask")})
        for prefix in ("", "template_")
    )
    states = model.encoder(batch["template_input_ids"], batch["template_attention_mask"]).last_hidden_state
    table = model.encoder.get_input_embeddings().weight
    log_p = (model.recovery(states[batch["template_mentions"]]) @ table.T).log_softmax(-1)
    expected = (
        differential_loss(label_distances(h, model.classifier.weight), batch["labels"])
        + 0.4 * contrast_loss(h, t, temperature=0.2)
        + 0.1 * recovery_loss(log_p, batch["aspect_ids"], batch["template_mentions"])
    )
    output = model(**batch)
    assert output.loss.item() == pytest.approx(expected.item(), rel=1e-5)
    cosines = torch.cosine_similarity(h[:, None], model.classifier.weight[None], dim=-1)
    assert torch.allclose(output.logits, (cosines / 0.2).log_softmax(-1), atol=1e-5)
    with pytest.raises(ArtsError, match="the model reads templates; expected a batch"):
        model(input_ids=batch["input_ids"])


def test_no_aspect_readings_differ_and_both_is_their_mean(encoder):
    model, predictions = by_plan("bert", encoder, "dev"), {}
    chosen = model.record["outcome"]["chosen"]["reading"]
    assert model.model.config.noaspect_reading == chosen
    for reading in no_aspect.READINGS:
        model.model.config.noaspect_reading = reading
        predictions[reading] = model.predict_proba(INSTANCES)
    assert np.abs(predictions["sentence"] - predictions["template"]).max() > 1e-3
    mean = (predictions["sentence"] + predictions["template"]) / 2
    assert predictions["both"] == pytest.approx(mean, abs=1e-6)


def test_no_aspect_the_reading_is_the_best_on_dev_and_the_first_of_equals(encoder):
    model, _ = start("bert", encoder, switches={"noaspect_reading": "dev"})
    accuracy = {"sentence": 0.5, "template": 0.75, "both": 0.75}
    outcome = model.settle(lambda: accuracy[model.reading])
    assert outcome == {
        "readings": {"sentence": 50.0, "template": 75.0, "both": 75.0},
        "chosen": {"reading": "template"},
    }
    assert model.config.noaspect_reading == "template"
    assert model.settle(lambda: 1 / 0) == {}


@pytest.mark.parametrize(
    ("name", "reading", "plan"),
    [
        ("bert", "both", {}),
        ("bert-pt", "template", {}),
        ("bert", "both", {"objective": Consistency(1.0), "position": "weight"}),
    ],
)
def test_no_aspect_a_model_is_trained_saved_loaded_and_equal(name, reading, plan, encoder, tmp_path, units):
    model = by_plan(name, encoder, reading, **({"train": units, **plan} if plan else {}))
    assert "outcome" not in model.record
    model.save(tmp_path / "model")
    loaded = TrainedModel.load(tmp_path / "model")
    config = json.loads((tmp_path / "model" / "config.json").read_text("utf-8"))
    assert (config["noaspect_reading"], config["noaspect_temperature"]) == (reading, 0.1)
    assert (loaded.predict_proba(INSTANCES) == model.predict_proba(INSTANCES)).all()


def test_no_aspect_a_model_without_templates_is_as_before(encoder):
    model = fit("bert", encoder)
    assert "noaspect" not in Path(cached_folder(model), "config.json").read_text("utf-8")
    assert set(model.inputs.encode(INSTANCES[:1])[0]) == {"input_ids", "attention_mask"}
    assert [n for n, _ in model.model.named_parameters() if not n.startswith("encoder")] == [
        "classifier.weight",
        "classifier.bias",
    ]
