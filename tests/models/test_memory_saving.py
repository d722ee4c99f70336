"""Training in less memory: batches in parts, and states of layers that are computed again."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from helpers.sentences import TOY
from helpers.tiny_models import NARROW, save_untrained, tiny_tokenizer
from helpers.zoo import fit
from transformers import BertConfig, BertModel

from arts.data.errors import ArtsError
from arts.data.schema import original_instances
from arts.models import memory_saving, runtime
from arts.models.encoders import load_encoder
from arts.models.recipe import Start
from arts.models.registry import aspect_model_class
from arts.models.runtime import batch_options, use_memory_saving
from arts.models.zoo import bert_pt

INSTANCES = original_instances(TOY)


@pytest.fixture(autouse=True)
def restored(monkeypatch):
    monkeypatch.setattr(runtime, "_accumulation_steps", 1)
    monkeypatch.setattr(runtime, "_checkpointing", False)
    monkeypatch.setattr(runtime, "_chosen_precision", runtime.Precision.FP32)


def encoder_with(folder, **dropout):
    tokenizer = tiny_tokenizer()
    shape = {**NARROW, "num_hidden_layers": 3, "max_position_embeddings": 160, "initializer_range": 0.5}
    return save_untrained(
        BertModel, BertConfig(vocab_size=len(tokenizer), **shape, **dropout), tokenizer, folder
    )


@pytest.fixture
def without_dropout(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.nn.Dropout, "forward", lambda dropout, states: states)
    return encoder_with(str(tmp_path / "still"), attention_probs_dropout_prob=0)


def weights(name, encoder, monkeypatch, *, batch_size=8, epochs=2):
    """A model's weights after training, and the model. The last batch of an epoch is a smaller one."""
    model_class = aspect_model_class(name)
    recipe = replace(model_class.recipe, epochs=epochs, min_steps=1, batch_size=batch_size)
    monkeypatch.setattr(model_class, "recipe", recipe)
    monkeypatch.setattr(bert_pt, "EPOCHS", 1)
    trained = fit(name, encoder)
    return {name: weight.clone() for name, weight in trained.model.state_dict().items()}, trained


@pytest.mark.parametrize(
    ("name", "batch_size", "parts"),
    [("bert", 16, 2), ("capsbert", 12, 4), ("td-lstm", 12, 4)],
)
def test_memory_saving_batches_in_parts_give_the_same_weights_up_to_rounding(
    name, batch_size, parts, without_dropout, monkeypatch
):
    """Of 28 instances, the last batch has the parts 8 and 4, or 3 and 1."""
    assert len(INSTANCES) == 28
    expected, whole = weights(name, without_dropout, monkeypatch, batch_size=batch_size)
    use_memory_saving(accumulation_steps=parts)
    actual, divided = weights(name, without_dropout, monkeypatch, batch_size=batch_size)
    assert divided.key != whole.key
    assert divided.record["environment"]["accumulation_steps"] == parts
    assert "accumulation_steps" not in whole.record["environment"]
    assert [epoch["epoch"] for epoch in divided.record["curve"]] == [1, 2]
    for weight, value in expected.items():
        if not weight.endswith("key.bias"):  # their gradient is zero but for rounding
            torch.testing.assert_close(actual[weight], value, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["bert", "bert-pt", "capsbert"])
def test_memory_saving_by_checkpoints_gives_equal_weights_with_dropout(name, encoder, tmp_path, monkeypatch):
    deep = encoder_with(str(tmp_path / "deep"))
    expected, plain = weights(name, deep, monkeypatch)
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "other cache"))
    calls = []
    checkpoint = memory_saving.checkpoint

    def counted(*args, **options):
        calls.append(1)
        return checkpoint(*args, **options)

    monkeypatch.setattr(memory_saving, "checkpoint", counted)
    use_memory_saving(checkpointing=True)
    actual, again = weights(name, deep, monkeypatch)
    assert len(calls) >= 3 * 2 * len(INSTANCES) // 8  # layers, epochs, steps
    assert again.key == plain.key
    assert all(actual[weight].equal(value) for weight, value in expected.items())


@pytest.mark.parametrize("parts", [1, 32])
def test_memory_saving_parts_without_a_masked_token_leave_the_weights_numbers(parts, encoder, monkeypatch):
    """At a rate of 5%, most texts of a few words have no masked token, and some batches none."""
    monkeypatch.setattr(bert_pt, "MASKED", 0.05)
    monkeypatch.setattr(bert_pt, "EPOCHS", 4)
    use_memory_saving(accumulation_steps=parts)
    folder = bert_pt.post_train_encoder(encoder, [sentence.text for sentence in TOY])
    before, after = (load_encoder(name).state_dict() for name in (encoder, str(folder)))
    assert all(weight.isfinite().all() for weight in after.values())
    assert not all(after[name].equal(weight) for name, weight in before.items())


@pytest.mark.parametrize(
    ("batch_size", "parts", "expected"), [(16, 32, "1, 2, 4, 8, 16"), (6, 4, "1, 2, 3, 6")]
)
def test_memory_saving_parts_that_do_not_divide_the_batch_are_refused(batch_size, parts, expected):
    use_memory_saving(accumulation_steps=parts)
    with pytest.raises(
        ArtsError,
        match=f"-steps {parts} does not divide a batch of {batch_size}; expected one of {expected}$",
    ):
        batch_options(batch_size)


def test_memory_saving_encoders_without_layers_are_refused(encoder):
    use_memory_saving(checkpointing=True)
    model, _ = aspect_model_class("bert").from_start(Start(encoder), [])
    model.encoder.encoder = torch.nn.Identity()
    with (
        pytest.raises(ArtsError, match=r"a bert encoder has no list of layers; leave it out$"),
        memory_saving.checkpointed_layers(model),
    ):
        pytest.fail("nothing is trained")


def test_memory_saving_layers_are_as_before_after_training(without_dropout, monkeypatch):
    use_memory_saving(checkpointing=True)
    model, _ = aspect_model_class("bert").from_start(Start(without_dropout), [])
    with memory_saving.checkpointed_layers(model):
        assert all("forward" in vars(layer) for layer in model.encoder.encoder.layer)
    assert not any("forward" in vars(layer) for layer in model.encoder.encoder.layer)
