"""Position weights: by hand on tokenised sentences, in the pooled vector, and in saved models."""

from __future__ import annotations

import json

import pytest
import torch
from helpers.sentences import TOY, aspect, sentence
from helpers.zoo import start

from arts.data.errors import ArtsError
from arts.data.schema import original_instances
from arts.models.inputs.position import applied_weights, position_weights
from arts.models.trained_models import TrainedModel

pytestmark = pytest.mark.usefixtures("short_recipes")

INSTANCES = original_instances(TOY[:5])
TEXT = "The soup was good."  # five tokens


def weights(inputs, text, term):
    (instance,) = sentence("1", text, **{term: "positive"}).instances()
    return inputs.encode([instance])[0]["position"]


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("Soup was good.", "Soup", [1, 3 / 4, 2 / 4, 1 / 4]),
        (TEXT, "soup", [4 / 5, 1, 4 / 5, 3 / 5, 2 / 5]),
        ("We got a table", "table", [1 / 4, 2 / 4, 3 / 4, 1]),
        ("The soup bar was bad", "soup bar", [4 / 5, 1, 1, 4 / 5, 3 / 5]),
        ("We got bars", "bars", [2 / 4, 3 / 4, 1, 1]),
    ],
    ids=["first", "inside", "last", "of two words", "of two pieces"],
)
def test_position_weights_fall_with_the_distance_to_the_aspect(text, term, expected, encoder):
    _, inputs = start("bert", encoder, switches={"position": "weight"})
    found = weights(inputs, text, term)
    assert found[1 : 1 + len(expected)] == pytest.approx(expected)
    others = found[:1] + found[1 + len(expected) :]  # [CLS]; [SEP], the aspect, [SEP]
    assert others == [1.0] * (3 + len(inputs.tokenizer(term, add_special_tokens=False)["input_ids"]))


def test_position_the_last_token_left_stands_for_an_aspect_that_is_truncated(encoder):
    _, inputs = start("bert", encoder, switches={"position": "weight"})
    found = weights(inputs, "good " * 200 + "soup", "soup")
    assert len(found) == 128
    assert found[:3] == pytest.approx([1, 1 / 124, 2 / 124])
    assert found[122:] == pytest.approx([122 / 124, 123 / 124, 1, 1, 1, 1])
    assert position_weights([None, 1, None], [(0, 0), (0, 4), (0, 0)], aspect=aspect("soup", "soup")) == [
        *(1.0, 1.0, 1.0)
    ]


@pytest.mark.parametrize("use", ["weight", "dropout"])
def test_position_the_encoding_is_the_weighted_mean_of_the_states(use, encoder):
    model, inputs = start("bert", encoder, switches={"position": use})
    batch = inputs.collate(inputs.encode(INSTANCES))
    row = dict(inputs.encode(INSTANCES)[0])
    assert batch["position"][0].tolist() == pytest.approx(
        row["position"] + [0.0] * (batch["position"].shape[1] - len(row["position"]))
    )
    with torch.no_grad():
        states = model.eval().encoder(**inputs.tokenizer.pad([{
            name: row[name] for name in row if name != "position"
        }], return_tensors="pt")).last_hidden_state[0]  # fmt: skip
        weight = torch.tensor(row["position"])
        mean = sum(w * state for w, state in zip(weight, states, strict=True)) / weight.sum()
        torch.testing.assert_close(model.encode(**batch)[0], mean, atol=1e-5, rtol=1e-5)


def test_position_dropout_keeps_a_state_with_the_probability_that_is_its_weight():
    torch.manual_seed(0)
    position = torch.tensor([[1.0, 0.75, 0.2, 0.0]]).expand(4000, 4)
    drawn = applied_weights(position, use="dropout", training=True)
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    torch.testing.assert_close(drawn.mean(0), position[0], atol=0.03, rtol=0)
    assert drawn.mean(0)[[0, 3]].tolist() == [1, 0]
    for use, training in (("dropout", False), ("weight", True)):
        assert applied_weights(position, use=use, training=training) is position


def test_position_capsules_of_tokens_without_weight_are_left_out(encoder):
    model, inputs = start("capsbert", encoder, switches={"position": "weight"})
    batch = inputs.collate(inputs.encode(INSTANCES))
    plain, _ = start("capsbert", encoder)
    plain.load_state_dict(model.state_dict())
    with torch.no_grad():
        alone = model.eval().encode(**{**batch, "position": torch.zeros_like(batch["position"])})
        same = model.encode(**{**batch, "position": torch.ones_like(batch["position"])})
        without = plain.eval().encode(**{k: v for k, v in batch.items() if k != "position"})
        weighted = model.encode(**batch)
    assert alone.abs().max() == 0
    assert torch.equal(same, without)
    assert not torch.allclose(weighted, without)


@pytest.mark.parametrize("name", ["bert", "bert-pt", "capsbert"])
@pytest.mark.parametrize("use", ["weight", "dropout"])
def test_position_models_are_saved_and_loaded_with_equal_predictions(name, use, encoder, tmp_path):
    further = {"post_trained": True} if name == "bert-pt" else {}
    model, inputs = start(name, encoder, switches={"position": use}, **further)
    trained = TrainedModel(model, inputs, "", "", {"name": name})
    trained.save(tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["position"] == use
    assert (TrainedModel.load(tmp_path).predict_proba(INSTANCES) == trained.predict_proba(INSTANCES)).all()


def test_position_a_model_that_was_saved_before_the_switch_predicts_as_it_did(encoder, tmp_path):
    model, inputs = start("bert", encoder)
    assert "position" not in inputs.encode(INSTANCES)[0]
    trained = TrainedModel(model, inputs, "", "", {"name": "bert"})
    trained.save(tmp_path)
    settings = json.loads((tmp_path / "config.json").read_text())
    settings.pop("position", None)
    (tmp_path / "config.json").write_text(json.dumps(settings))
    loaded = TrainedModel.load(tmp_path)
    assert loaded.predict_proba(INSTANCES).tobytes() == trained.predict_proba(INSTANCES).tobytes()


def test_position_a_batch_without_weights_is_one_clear_error(encoder):
    model, _ = start("bert", encoder, switches={"position": "weight"})
    _, plain = start("bert", encoder)
    with pytest.raises(ArtsError, match='the batch has no "position"; expected what the inputs of the model'):
        model(**plain.collate(plain.encode(INSTANCES)))
