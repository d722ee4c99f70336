"""mergekit's configuration files."""

from __future__ import annotations

import math
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
from arts.merging.mergekit_export import mergekit_linear_config
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
    report = MergeJob(base, models, **{"method": METHODS["task-arithmetic"], **changes}).inspect()
    with pytest.raises(ArtsError, match=message):
        mergekit_linear_config(report)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"merge_methd": "ties"}, r'unknown key "merge_methd"\. Did you mean "merge_method"\?'),
        ({"merge_method": "tise"}, r'unknown merge_method "tise"\. Did you mean "ties"\?'),
        ({"merge_method": "slerp"}, 'unknown merge_method "slerp"'),
        ({"slices": []}, '"slices" is not supported here'),
        ({"parameters": {"lamda": 1}}, r'unknown key "lamda" in parameters\. Did you mean "lambda"\?'),
        ({"base_model": None}, "merge_method metagpt needs a base_model"),
        ({"models": [{"model": "b", "parameters": {"weight": 1}}]}, "metagpt finds the weights itself"),
        ({"models": ["b"]}, "a model is 'b'; expected model: NAME"),
        ({"dtype": "int8"}, 'dtype is "int8"; expected bfloat16, float16, float32'),
        ({"tokenizer_source": "union"}, '"tokenizer_source: union" is not supported'),
        ({"parameters": {"granularity": "row"}}, 'granularity is "row"; expected global, layer'),
        ({"models": [{"model": "b"}, {"model": "b"}]}, "models has b twice; expected each model once"),
        ({"models": "b"}, "models is 'b'; expected a list"),
        ({"base_model": ["a"]}, r"base_model is \['a'\]; expected a folder or Hub id"),
        ({"parameters": {"seed": 1.5}}, r"parameters\.seed is 1\.5; expected a whole number"),
        ({"parameters": {"normalize": "false"}}, r"parameters\.normalize is 'false'; expected true or false"),
        (
            {"parameters": {"normalize": [{"filter": "mlp", "value": True}]}},
            r"parameters\.normalize is \[.*; expected true or false, for all tensors",
        ),
        ({"parameters": {"lambda": [0, 1]}}, r"parameters\.lambda is \[0, 1\]; expected a number"),
        ({"parameters": {"lambda": math.nan}}, r"parameters\.lambda is nan; expected a finite number"),
        ({"parameters": {"lambda": 1e39}}, r"parameters\.lambda is 1e\+39; expected a finite number"),
    ],
)
def test_mergekit_config_a_file_that_is_wrong_is_one_clear_error(content, message, tmp_path):
    whole = {"merge_method": "metagpt", "base_model": "a", "models": [{"model": "b"}], **content}
    with pytest.raises(ArtsError, match=rf"merge\.yaml.*: {message}"):
        read_mergekit_config(write_yaml(tmp_path, **whole))


def test_mergekit_config_yaml_that_is_none_names_the_line(tmp_path):
    path = tmp_path / "merge.yaml"
    path.write_text("models:\n  - a: [\n")
    with pytest.raises(ArtsError, match=r"merge\.yaml, line 3: is not YAML"):
        read_mergekit_config(path)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"weight": math.nan}, r"models\[0\]\.parameters\.weight is nan; expected a finite number"),
        ({"weight": -math.inf}, r"weight is -inf; expected a finite number, up to 3\.4e\+38"),
        ({"weight": 1e39}, r"weight is 1e\+39; expected a finite number"),
        ({"weight": "1e39"}, "weight is '1e39'; expected a finite number"),
        ({"weight": [0, math.nan]}, r"weight is nan; expected a finite"),
        ({"weight": []}, "weight is an empty list; expected a number or several"),
        ({"weight": None}, "weight is None; expected a number"),
        ({"weight": True}, "weight is True; expected a number"),
        ({"weight": [0, {"value": 1}]}, r"weight\[0\] is 0; expected filter and value"),
        (
            {"weight": [{"filter": 3, "value": 1}]},
            r"weight\[0\]\.filter is 3; expected a part of the tensors'",
        ),
        (
            {"weight": [{"filtre": "mlp", "value": 1}]},
            r'key "filtre" in .*weight\[0\]\. Did you mean "filter"',
        ),
        ({"weight": [{"filter": "mlp"}]}, r"weight\[0\]\.value is None; expected a number"),
        ({"weight": {"value": math.inf}}, r"weight\.value is inf; expected a finite"),
        ({"density": 1.5}, r"models\[0\]\.parameters\.density is 1\.5; expected a number from 0 to 1"),
        ({"density": [1, -0.5]}, r"density is -0\.5; expected a number from 0 to 1"),
        (
            {"density": [{"filter": "mlp", "value": 2}]},
            r"density\[0\]\.value is 2\.0; expected a number from 0",
        ),
        ({"lambda": 1}, r'unknown key "lambda" in models: b'),
    ],
)
def test_mergekit_config_a_parameter_that_is_wrong_is_named_by_its_place(parameters, message, tmp_path):
    models = [{"model": "b", "parameters": parameters}]
    path = write_yaml(tmp_path, merge_method="ties", base_model="a", models=models)
    with pytest.raises(ArtsError, match=message):
        read_mergekit_config(path)


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
