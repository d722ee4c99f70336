"""One tensor, many names."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from helpers.checkpoints import save
from helpers.fine_tunes import publish, tiny

from arts.data.errors import ArtsError
from arts.merging.checkpoints.architecture import TensorRole
from arts.merging.checkpoints.base_names import names_in_base
from arts.merging.checkpoints.checkpoint import Checkpoint
from arts.merging.checkpoints.sources import open_model


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bert")
    publish(tiny("bert", "BertForPreTraining"), folder)
    return Checkpoint(folder)


@pytest.mark.parametrize(
    ("name", "in_base"),
    [
        ("encoder.layer.1.output.LayerNorm.gamma", "bert.encoder.layer.1.output.LayerNorm.weight"),
        ("bert.embeddings.LayerNorm.beta", "bert.embeddings.LayerNorm.bias"),
        ("module.encoder.layer.0.output.dense.bias", "bert.encoder.layer.0.output.dense.bias"),
        ("base_model.model.bert.embeddings.LayerNorm.bias", "bert.embeddings.LayerNorm.bias"),
        ("bert.encoder._orig_mod.layer.0.output.dense.bias", "bert.encoder.layer.0.output.dense.bias"),
        ("cls.predictions.transform.LayerNorm.gamma", "cls.predictions.transform.LayerNorm.weight"),
        ("pooler.dense.bias", "bert.pooler.dense.bias"),
        ("module.classifier.weight", "classifier.weight"),
        ("classifier.weight", None),
        ("encoder.layer.2.output.dense.bias", None),
        ("gpt.encoder.layer.0.output.dense.bias", None),
    ],
)
def test_base_names_of_tensors_that_the_base_has_by_other_names(name, in_base, bert):
    assert names_in_base([name], bert) == ({name: in_base} if in_base else {})


def test_base_names_a_name_is_given_once(bert):
    names = ["bert.pooler.dense.bias", "pooler.dense.bias", "module.pooler.dense.bias"]
    assert names_in_base(names, bert) == {}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("bert.encoder.layer.1.output.LayerNorm.gamma", TensorRole.BODY),
        ("encoder.layer.7.unknown.weight", TensorRole.BODY),
        ("embeddings.position_ids", TensorRole.UNUSED),
        ("bert.pooler.dense.bias", TensorRole.HEAD),
        ("cls.predictions.bias", TensorRole.HEAD),
        ("anything.weight", TensorRole.HEAD),
    ],
)
def test_base_names_what_a_tensor_is_to_the_model(name, role, bert):
    assert bert.architecture.role(name) is role


@pytest.mark.parametrize(
    "unknown", [{"model_type": "own"}, {"model_type": None}, {"auto_map": {"AutoModel": "a.B"}}]
)
@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("encoder.weight", TensorRole.BODY),
        ("score.weight", TensorRole.HEAD),
        ("a.inv_freq", TensorRole.UNUSED),
    ],
)
def test_base_names_of_a_model_that_is_not_known_stay(unknown, name, role, tmp_path):
    base = Checkpoint(Path(save(tmp_path / "base", {"encoder.bias": torch.ones(2)}, **unknown)))
    assert names_in_base(["own.encoder.bias"], base) == {}
    assert base.architecture.role(name) is role


@pytest.mark.parametrize(
    "setting",
    [{"hidden_size": 10, "num_attention_heads": 3}, {"num_hidden_layers": "two"}, {"hidden_act": "no"}],
)
def test_base_names_by_a_config_that_makes_no_model_is_one_clear_error(setting, tmp_path):
    folder = save(tmp_path / "base", {"a": torch.ones(2)}, **{"model_type": "bert", **setting})
    with pytest.raises(ArtsError, match=r"the architecture by .*config\.json cannot be loaded \(") as caught:
        names_in_base(["b"], Checkpoint(Path(folder)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("apart", [True, False])
def test_base_names_experts_are_read_as_the_base_has_them(apart, tmp_path):
    first, second = tiny("mixtral", "MixtralForCausalLM", 0), tiny("mixtral", "MixtralForCausalLM", 1)
    publish(first, tmp_path / "base", original=apart)
    publish(second, tmp_path / "same", original=apart)
    publish(second, tmp_path / "other", original=not apart)
    base = Checkpoint(tmp_path / "base")
    same, other = (open_model(str(tmp_path / name), base=base) for name in ("same", "other"))
    assert other.tensors.keys() == base.tensors.keys()
    assert other.renamed
    for name, entry in same.tensors.items():
        for first_element in (0, entry.count // 3):
            read = []
            for model in (same, other):
                out = torch.empty(entry.count - first_element, dtype=torch.float32).view(torch.uint8).numpy()
                model.read_raw(model.tensors[name], out, first=first_element)
                read.append(out.tobytes())
            assert read[0] == read[1]
