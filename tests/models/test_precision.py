"""The precision of training: chosen, or measured on a CPU and kept."""

from __future__ import annotations

import logging

import pytest
import torch
from helpers.sentences import TOY
from helpers.zoo import fit

from arts.data.errors import DataError
from arts.data.schema import original_instances
from arts.data.support.atomic import cache_home
from arts.models import precision, runtime
from arts.models.cache_keys import training_key
from arts.models.precision import step_seconds, training_precision
from arts.models.recipe import Start, TrainingRequest
from arts.models.registry import aspect_model_class
from arts.models.runtime import Device, Precision, PrecisionOption, use_precision
from arts.models.training import train_model
from arts.models.training_plan import TrainingPlan
from arts.models.zoo.bert import BertPair

INSTANCES = original_instances(TOY)


@pytest.fixture(autouse=True)
def on_a_cpu(monkeypatch):
    monkeypatch.setattr(runtime, "_chosen", Device.CPU)
    monkeypatch.setattr(runtime, "_chosen_precision", None)


@pytest.fixture
def measured(monkeypatch):
    """Makes up what is measured, and counts how often it is."""
    measurements = []

    def measured(fp32, bf16):
        def steps(model, batch):
            measurements.append(type(model).__name__)
            return {"fp32": fp32, "bf16": bf16}

        monkeypatch.setattr(precision, "step_seconds", steps)
        return measurements

    return measured


PLAN = TrainingPlan(INSTANCES, INSTANCES)


def key(encoder):
    request = TrainingRequest("bert", 1, Start(encoder))
    return training_key("bert", aspect_model_class("bert"), request, plan=PLAN)


def choice(encoder, name="bert"):
    return training_precision(aspect_model_class(name), Start(encoder), train=INSTANCES)


@pytest.mark.parametrize(
    ("fp32", "bf16", "expected"),
    [(1.0, 0.5, "bf16"), (1.0, 0.86, "bf16"), (1.0, 0.9, "fp32"), (0.04, 0.01, "fp32"), (1.0, 2.0, "fp32")],
    ids=["twice as fast", "clearly faster", "hardly faster", "short anyway", "slower"],
)
def test_precision_is_bf16_where_a_step_is_clearly_faster(fp32, bf16, expected, encoder, measured):
    measured(fp32, bf16)
    assert choice(encoder).precision == expected
    assert choice(encoder).step_seconds == {"fp32": fp32, "bf16": bf16}


def test_precision_is_measured_once_and_said_once(encoder, measured, caplog):
    """A second measurement would find the opposite."""
    caplog.set_level(logging.INFO, "arts")
    measurements = measured(1.0, 0.5)
    first = key(encoder)
    measured(0.5, 1.0)
    assert key(encoder) == first
    assert choice(encoder).precision is Precision.BF16
    assert measurements == ["BertPair"]
    assert caplog.messages == ["BertPair: a step takes 1.000 s in fp32, 0.500 s in bf16; trained in bf16"]


def test_precision_that_was_measured_is_part_of_the_key_of_a_model(encoder, measured, tmp_path, monkeypatch):
    measured(1.0, 0.5)
    fast = key(encoder)
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "other cache"))
    measured(1.0, 1.0)
    slow = key(encoder)
    assert fast != slow
    use_precision(PrecisionOption.BF16)
    assert key(encoder) == fast
    use_precision(PrecisionOption.FP32)
    assert key(encoder) == slow


def test_precision_is_measured_again_for_another_model_or_number_of_threads(encoder, measured, monkeypatch):
    measurements = measured(1.0, 0.5)
    choice(encoder)
    choice(encoder, "capsbert")
    monkeypatch.setattr(torch, "get_num_threads", lambda: 77)
    choice(encoder)
    assert measurements == ["BertPair", "CapsBert", "BertPair"]


def test_precision_of_models_that_read_words_is_not_measured(encoder, measured):
    assert choice(encoder, "td-lstm") == precision.PrecisionChoice(Precision.FP32)
    assert measured(1.0, 0.5) == []


def test_precision_whose_entry_of_the_cache_is_damaged_is_one_clear_error(encoder, measured):
    measured(1.0, 0.5)
    choice(encoder)
    (entry,) = (cache_home() / "precision").glob("*.json")
    entry.write_text('{"fp32": 1.0')
    with pytest.raises(DataError, match=r"this entry of the cache cannot be read .* delete it"):
        choice(encoder)


def test_precision_measurement_leaves_weights_and_random_numbers_as_they_are(encoder):
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    choice(encoder)
    assert torch.rand(1) == expected
    model, inputs = aspect_model_class("bert").from_start(Start(encoder), [])
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    batch = inputs.collate(inputs.encode(INSTANCES[:4]))
    seconds = step_seconds(model, {**batch, "labels": torch.tensor([0, 1, 2, 0])})
    assert all(0 < seconds[kind] < 60 for kind in Precision)
    assert all(
        weight.equal(before[name]) and weight.grad is None for name, weight in model.named_parameters()
    )


@pytest.mark.usefixtures("short_recipes")
@pytest.mark.parametrize("name", ["bert", "bert-pt", "capsbert", "td-lstm"])
def test_precision_bf16_changes_training_a_little_and_predictions_are_made_in_fp32(
    name, encoder, tmp_path, monkeypatch
):
    use_precision(PrecisionOption.FP32)
    plain = fit(name, encoder)
    use_precision(PrecisionOption.BF16)
    rounded = fit(name, encoder)
    assert [model.record["environment"]["precision"] for model in (plain, rounded)] == ["fp32", "bf16"]
    assert rounded.key != plain.key
    difference = abs(rounded.predict_proba(INSTANCES) - plain.predict_proba(INSTANCES)).max()
    assert 0 < difference < 0.1
    assert {weight.dtype for weight in rounded.model.state_dict().values()} == {torch.float32}


@pytest.mark.usefixtures("short_recipes")
def test_precision_of_a_model_that_was_just_trained_in_bf16_is_fp32(encoder, tmp_path):
    """So its predictions are those of the model that is saved and loaded."""
    use_precision(PrecisionOption.BF16)
    request = TrainingRequest("bert", 1, Start(encoder))
    outcome = train_model(BertPair, request, plan=PLAN, folder=tmp_path)
    saved = fit("bert", encoder)
    batch = saved.inputs.collate(saved.inputs.encode(INSTANCES[:4]))
    assert outcome.model.eval()(**batch).logits.equal(saved.model.eval()(**batch).logits)
