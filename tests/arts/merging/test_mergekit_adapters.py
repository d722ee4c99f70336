"""Adapters among the models of mergekit's files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import yaml
from helpers.checkpoints import TINY, save_adapter, weights_of, wide

from arts.data.errors import ArtsError
from arts.merging.mergekit_config import read_mergekit_config
from arts.merging.policies import HeadPolicy

WEIGHT = "model.layers.0.mlp.weight"


def adapter(folder, seed, **settings):
    rows, columns = TINY[WEIGHT]
    torch.manual_seed(seed)
    module = WEIGHT.removesuffix(".weight")
    parts = {
        f"{module}.lora_A.weight": torch.randn(4, columns),
        f"{module}.lora_B.weight": torch.randn(rows, 4),
    }
    a, b = (matrix.double() for matrix in parts.values())
    return save_adapter(folder, parts, **settings), 2 * b @ a


def linear(tmp_path, models, **more):
    path = tmp_path / "merge.yaml"
    entries = [{"model": name, "parameters": {"weight": weight}} for name, weight in models]
    path.write_text(yaml.safe_dump({"merge_method": "linear", "models": entries, **more}))
    return read_mergekit_config(path)


@pytest.mark.parametrize("named", ["base+adapter", "by its own configuration", "by base_model"])
@pytest.mark.parametrize("beside", ["adapters alone", "the base", "a whole model"])
def test_mergekit_adapters_are_models_of_linear(named, beside, family, tmp_path):
    base, models = family(1)
    settings = {"base_model_name_or_path": f"{base}/."} if named == "by its own configuration" else {}
    folders, deltas = zip(*(adapter(tmp_path / f"adapter-{n}", n, **settings) for n in (1, 2)), strict=True)
    names = [f"{base}+{folder}" if named == "base+adapter" else folder for folder in folders]
    entries = list(zip(names, (1, 3), strict=True))
    others = {"adapters alone": [], "the base": [(base, 4)], "a whole model": [(models[0], 4)]}[beside]
    more = {"base_model": base} if named == "by base_model" else {}
    report = linear(tmp_path, [*others, *entries], **more).run(tmp_path / "merged")
    theta, total = wide(base), 4 + sum(weight for _, weight in others)
    expected = {name: tensor.clone() for name, tensor in theta.items()}
    for delta, weight in zip(deltas, (1, 3), strict=True):
        expected[WEIGHT] += weight / total * delta
    for folder, weight in others:
        for name, tensor in wide(folder).items():
            expected[name] += weight / total * (tensor - theta[name])
    for name, tensor in wide(tmp_path / "merged").items():
        torch.testing.assert_close(tensor, expected[name], rtol=1e-6, atol=1e-6)
    assert Path(report.base) == Path(base)


def test_mergekit_adapters_the_base_has_the_weight_that_the_file_gives_to_all(family, tmp_path):
    base, _ = family(0)
    folder, delta = adapter(tmp_path / "adapter", 1)
    job = linear(tmp_path, [(folder, 1)], base_model=base, parameters={"weight": 3})
    job.run(tmp_path / "merged")
    expected = wide(base)[WEIGHT] + delta / 4
    torch.testing.assert_close(wide(tmp_path / "merged")[WEIGHT], expected, rtol=1e-6, atol=1e-6)


def test_mergekit_adapters_on_different_models_or_none_are_refused(family, tmp_path):
    base, models = family(1)
    (one, _), (two, _) = (adapter(tmp_path / f"adapter-{n}", n) for n in (1, 2))
    with pytest.raises(ArtsError, match=r"merge\.yaml: models: adapters on different models \("):
        linear(tmp_path, [(f"{base}+{one}", 1), (f"{models[0]}+{two}", 1)])
    with pytest.raises(ArtsError, match="linear needs two models at least"):
        linear(tmp_path, [])
    with pytest.raises(ArtsError, match="is an adapter that does not say on which model; write it as BASE"):
        linear(tmp_path, [(one, 1), (two, 1)])


def test_mergekit_adapters_of_classifiers_keep_to_the_policy_for_heads(family, tmp_path):
    base, _ = family(0)
    heads = [torch.randn(3, 24), torch.randn(3, 24)]
    folders = [
        save_adapter(tmp_path / f"adapter-{n}", {"score.weight": head, WEIGHT: torch.randn(TINY[WEIGHT])})
        for n, head in enumerate(heads)
    ]
    job = linear(tmp_path, [(f"{base}+{folder}", 1) for folder in folders])
    with pytest.raises(ArtsError, match="--head first"):
        job.run(tmp_path / "merged")
    replace(job, head=HeadPolicy.FIRST).run(tmp_path / "merged")
    assert torch.equal(weights_of(tmp_path / "merged")["score.weight"], heads[0])
    config = json.loads((tmp_path / "merged" / "config.json").read_text())
    assert config["architectures"] == ["LlamaForSequenceClassification"]
    assert config["id2label"] == {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}
