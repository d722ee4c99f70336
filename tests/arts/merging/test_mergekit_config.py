"""mergekit's configuration files."""

from __future__ import annotations

import re

import pytest
import torch
import yaml
from helpers.checkpoints import (
    weights_of,
    wide,
)

from arts.data.errors import ArtsError
from arts.merging.job import MergeJob
from arts.merging.mergekit_config import read_mergekit_config
from arts.merging.mergekit_export import check_linear_export, mergekit_linear_config
from arts.merging.methods import METHODS
from arts.merging.options import MergeOptions
from arts.merging.policies import HeadPolicy, VocabPolicy


def write_yaml(tmp_path, **content):
    path = tmp_path / "merge.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def test_mergekit_config_a_file_of_mergekits_is_read_as_it_is(family, tmp_path):
    base, models = family(2)
    path = write_yaml(
        tmp_path,
        models=[
            {"model": base},
            {"model": models[0], "parameters": {"weight": [0.5, 1.0], "density": 0.4}},
            {
                "model": models[1],
                "parameters": {"weight": [{"filter": "mlp", "value": 0.25}, {"value": 0.75}]},
            },
        ],
        merge_method="task_arithmetic",
        base_model=base,
        parameters={"normalize": False, "int8_mask": True, "lambda": 2.0},
        dtype="float32",
    )
    MergeJob.run(read_mergekit_config(path), tmp_path / "merged")
    theta, one, two = (wide(folder) for folder in (base, *models))
    merged = wide(tmp_path / "merged")
    for name, tensor in merged.items():
        weight = 0.25 if "mlp" in name else 0.75
        other = 1.0 if "layers.1" in name else 0.5
        exact = theta[name] + 2 * (other * (one[name] - theta[name]) + weight * (two[name] - theta[name]))
        torch.testing.assert_close(tensor, exact, rtol=1e-6, atol=1e-7)


def test_mergekit_config_a_model_falls_back_on_the_value_of_all_models(family, tmp_path):
    base, models = family(2)
    path = write_yaml(
        tmp_path,
        models=[
            {"model": models[0], "parameters": {"weight": [{"filter": "mlp", "value": 0.25}]}},
            {"model": models[1], "parameters": {"weight": 0.75}},
        ],
        merge_method="task_arithmetic",
        base_model=base,
        parameters={"weight": 0.5},
    )
    report = read_mergekit_config(path).inspect()
    weights = {layer.name: layer.coefficients for layer in report.layers}
    assert weights["model.layers.0"] == pytest.approx([0.25, 0.75])
    assert weights["model.norm"] == pytest.approx([0.5, 0.75])


@pytest.mark.parametrize("name", ["ties", "dare_linear", "dare_ties", "dare", "dare-ties", "ties-metagpt"])
@pytest.mark.parametrize("given", [None, True, False])
def test_mergekit_config_methods_of_mergekit_go_tensor_by_tensor_as_there(name, given, tmp_path):
    parameters = {} if given is None else {"by_tensor": given}
    path = write_yaml(
        tmp_path, merge_method=name, base_model="a", models=[{"model": "b"}], parameters=parameters
    )
    by_default = name in ("ties", "dare_linear", "dare_ties")
    assert read_mergekit_config(path).options.by_tensor is (by_default if given is None else given)


def test_mergekit_config_an_adapter_on_the_base_is_a_model(tmp_path):
    path = write_yaml(
        tmp_path,
        merge_method="task_arithmetic",
        base_model="org/base",
        models=[{"model": "org/base+org/lora"}],
    )
    assert read_mergekit_config(path).models == ["org/lora"]


@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("by_layer", [False, True])
def test_mergekit_config_the_file_that_is_emitted_merges_to_the_same(by_layer, scale, family, tmp_path):
    base, models = family(3)
    options = MergeOptions(by_layer=by_layer, scale=scale)
    report = MergeJob(base, models, method=METHODS["metagpt"], options=options).run(tmp_path / "one")
    path = tmp_path / "linear.yaml"
    path.write_text(mergekit_linear_config(report))
    read_mergekit_config(path).run(tmp_path / "other")
    one, other = (weights_of(tmp_path / name) for name in ("one", "other"))
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": METHODS["ties"]}, "linear cannot do what ties does"),
        ({"vocab": VocabPolicy.BASE}, "linear cannot do what --vocab base does"),
        ({"head": HeadPolicy.KEEP_BASE}, "linear cannot do what --head keep-base does"),
        (
            {"options": MergeOptions(weights=lambda tensor, model, depth: float("mlp" in tensor))},
            "the weights differ by tensor",
        ),
    ],
)
def test_mergekit_config_what_linear_cannot_do_is_not_emitted(changes, message, family):
    base, models = family(2)
    job = MergeJob(base, models, **{"method": METHODS["task-arithmetic"], **changes})
    with pytest.raises(ArtsError, match=message):
        check_linear_export(job)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"merge_method": "linear"}, "models: model-1 has no weight, which linear needs"),
        (
            {"merge_method": "task_arithmetic", "base_model": "base", "weights": [0.5, None]},
            "models: model-2 has no weight, and others have",
        ),
        (
            {
                "merge_method": "task_arithmetic",
                "base_model": "base",
                "weights": [[{"filter": "mlp", "value": 1}], 1],
            },
            r"the weight of model-1 has no value for model\.embed_tokens\.weight; give one without a filter",
        ),
        (
            {"merge_method": "linear", "weights": [0.5, 0.6], "parameters": {"normalize": False}},
            r'sum to 1\.1, and "normalize: false" is supported for weights that sum to 1',
        ),
        ({"merge_method": "linear", "weights": [1, -1]}, r"the weights of model\.\S+ sum to 0"),
        (
            {
                "merge_method": "task_arithmetic",
                "base_model": "base",
                "weights": [1, -1],
                "parameters": {"normalize": True},
            },
            "sum to 0, and cannot be normalised",
        ),
        (
            {"merge_method": "task_arithmetic", "base_model": "base", "names": ["other+lora"]},
            'models: "other\\+lora" is an adapter on other; expected a whole model',
        ),
        (
            {"merge_method": "ties", "base_model": "base", "parameters": {"rescale": True}},
            '"rescale: true" is not what ties does',
        ),
    ],
)
def test_mergekit_config_weights_that_mergekit_would_refuse(content, message, family, tmp_path, monkeypatch):
    family(2)
    monkeypatch.chdir(tmp_path)
    content = dict(content)
    names = content.pop("names", ["model-1", "model-2"])
    weights = content.pop("weights", [None] * len(names))
    models = [
        {"model": name, "parameters": {} if weight is None else {"weight": weight}}
        for name, weight in zip(names, weights, strict=True)
    ]
    with pytest.raises(ArtsError, match=message):
        read_mergekit_config(write_yaml(tmp_path, models=models, **content)).inspect()


@pytest.mark.parametrize(
    ("content", "dtypes", "warning"),
    [
        ({"dtype": "bfloat16"}, ("F32",), "calculates in bfloat16.* dtype: float32 and out_dtype: bfloat16"),
        ({"dtype": "float16"}, ("BF16",), "calculates in float16.* dtype: float32 and out_dtype: float16"),
        ({}, ("BF16",), "calculates in bfloat16.* dtype: float32 and out_dtype: bfloat16"),
        ({}, ("BF16", "F32"), "mergekit would store those in float32.*give out_dtype: float32"),
        ({"dtype": "float32"}, ("BF16",), None),
        ({"dtype": "float32", "out_dtype": "bfloat16"}, ("F32",), None),
        ({"out_dtype": "bfloat16"}, ("F32",), None),
        ({"merge_method": "linear"}, ("BF16",), None),
        ({"merge_method": "linear", "dtype": "bfloat16"}, ("BF16",), None),
        ({"merge_method": "linear", "dtype": "bfloat16"}, ("F32",), "mergekit calculates in bfloat16"),
        ({"merge_method": "dare_linear", "parameters": {"weight": 1, "density": 0.5}}, ("F32",), "at random"),
        ({"merge_method": "dare", "parameters": {"weight": 1, "density": 0.5}}, ("BF16",), None),
    ],
)
def test_mergekit_config_warns_where_mergekits_model_is_another(content, dtypes, warning, family, tmp_path):
    base, models = family(2, *dtypes)
    whole = {"merge_method": "task_arithmetic", "base_model": base, "parameters": {"weight": 1}, **content}
    path = write_yaml(tmp_path, models=[{"model": name} for name in models], **whole)
    warnings = [line for line in read_mergekit_config(path).inspect().warnings if "mergekit" in line]
    assert bool(warnings) == bool(warning)
    assert not warning or re.search(warning, warnings[0])
