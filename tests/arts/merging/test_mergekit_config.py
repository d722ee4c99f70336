"""mergekit's configuration files."""

from __future__ import annotations

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


@pytest.mark.parametrize("by_layer", [False, True])
def test_mergekit_config_the_file_that_is_emitted_merges_to_the_same(by_layer, family, tmp_path):
    base, models = family(3)
    report = MergeJob(base, models, method=METHODS["metagpt"], options=MergeOptions(by_layer=by_layer)).run(
        tmp_path / "one"
    )
    path = tmp_path / "linear.yaml"
    path.write_text(mergekit_linear_config(report))
    read_mergekit_config(path).run(tmp_path / "other")
    one, other = (weights_of(tmp_path / name) for name in ("one", "other"))
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=1e-5, atol=1e-6)


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
