"""The content of mergekit's configuration files: what is wrong is one line with its place in the file."""

from __future__ import annotations

import json
import math
import os

import pytest
import yaml
from helpers.fuzzing import changed_fields, check_refusal, flipped, fuzzed
from hypothesis import given
from pydantic_core import PydanticCustomError

from arts.data.errors import ArtsError
from arts.data.support.field_types import check_share
from arts.merging.mergekit_config import read_mergekit_config
from arts.merging.parameter_setting import read_setting


def write_yaml(tmp_path, **content):
    path = tmp_path / "merge.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"merge_methd": "ties"}, r'unknown key "merge_methd"\. Did you mean "merge_method"\?'),
        ({"merge_method": "tise"}, r"merge_method is 'tise'; expected average, .*\. Did you mean \"ties\"\?"),
        ({"merge_method": "slerp"}, "merge_method is 'slerp'; expected average, dare, "),
        ({"slices": []}, '"slices" is not supported here'),
        ({"parameters": {"lamda": 1}}, r'unknown key "lamda" in parameters\. Did you mean "lambda"\?'),
        ({"base_model": None}, "merge_method metagpt needs a base_model"),
        ({"models": [{"model": "b", "parameters": {"weight": 1}}]}, "metagpt finds the weights itself"),
        ({"models": ["b"]}, r"models\[0\] is 'b'; expected model: NAME, and parameters"),
        ({"dtype": "int8"}, "dtype is 'int8'; expected bfloat16, float16, float32"),
        ({"tokenizer_source": "union"}, "tokenizer_source is 'union'; expected base or a model, as union is"),
        ({"parameters": {"granularity": "row"}}, r"parameters\.granularity is 'row'; expected global, layer"),
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
        ({"parameters": {"lambda": "much"}}, r"parameters\.lambda is 'much'; expected a number"),
        ({"parameters": {"lambda": None}}, r"parameters\.lambda is null; expected a number"),
        ({"parameters": {"lambda": 10**400}}, r"parameters\.lambda is 1000.*; expected a finite number"),
        ({"parameters": {"seed": "one"}}, r"parameters\.seed is 'one'; expected a whole number from 0 to"),
        ({"parameters": {"seed": -1}}, r"parameters\.seed is -1; expected a whole number from 0"),
        ({"parameters": {"seed": True}}, r"parameters\.seed is true; expected a whole number from 0"),
        ({"parameters": {"density": 0}}, r"parameters\.density is 0; expected a number over 0, up to 1"),
        ({"parameters": {"density": math.nan}}, r"parameters\.density is nan; expected a finite number"),
        ({"parameters": {"int8_mask": 1}}, r"parameters\.int8_mask is 1; expected true or false"),
        ({"parameters": []}, r"parameters is \[\]; expected keys and values"),
        ({"parameters": {1: 2}}, r'unknown key "1" in parameters\. Known: weight, density, normalize'),
        ({"merge_method": ["ties"]}, r"merge_method is \['ties'\]; expected average, "),
        ({"merge_method": None}, "merge_method is null; expected average, "),
        ({"base_model": 5}, "base_model is 5; expected a folder or Hub id"),
        ({"base_model": "a\0b"}, r"base_model is 'a\\x00b'; expected a folder or Hub id"),
        ({"base_model": ""}, "base_model is ''; expected a folder or Hub id"),
        ({"models": [{"model": 3}]}, r"models\[0\]\.model is 3; expected a folder or Hub id"),
        ({"models": [{"parameters": {}}]}, r"models\[0\]\.model is missing"),
        ({"models": [{"model": "b", "weight": 1}]}, r'unknown key "weight" in models\[0\]\. Known: model'),
        ({"models": {"model": "b"}}, r"models is \{'model': 'b'\}; expected a list"),
        ({"dtype": ["float32"]}, r"dtype is \['float32'\]; expected bfloat16, float16, float32"),
        ({"tokenizer_source": 1}, "tokenizer_source is 1; expected a folder or Hub id"),
    ],
)
def test_mergekit_schema_a_file_that_is_wrong_is_one_clear_error(content, message, tmp_path):
    whole = {"merge_method": "metagpt", "base_model": "a", "models": [{"model": "b"}], **content}
    with pytest.raises(ArtsError, match=rf"merge\.yaml.*: {message}"):
        read_mergekit_config(write_yaml(tmp_path, **whole))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("models:\n  - a: [\n", r"merge\.yaml, line 3: is not YAML \(expected the node content"),
        ("a: 1\nb: 2\na: 3\n", r'line 1: is not YAML \(the key "a" is given twice'),
        ("a: " + "[" * 60_000, r"line 1: is not YAML \(nested more than 100 deep"),
        ("a: " + "{b: " * 500, r"line 1: is not YAML \(nested more than 100 deep"),
        ("a: " + "9" * 5_000, r"is not YAML \(a value cannot be read: Exceeds the limit"),
        ('a: !!int ""', r"is not YAML \(a value cannot be read"),
        ("a: !!timestamp x", r"is not YAML \(a value cannot be read"),
        ("a: !!bool perhaps", r"is not YAML \(a value cannot be read"),
        ("a: 2026-02-30", r"is not YAML \(a value cannot be read: day is out of range"),
        ("a: !!python/object/apply:os.system [ls]", r"line 1: is not YAML \(could not determine"),
        ("a: \x07", r"is not YAML \(special characters are not allowed"),
        ("? [1]\n: 2", "line 1: is not YAML"),
        ("models: &a [*a]\nmerge_method: ties", r"models\[0\] is \[.*; expected model: NAME"),
        ("- a", "holds no configuration; expected keys such as merge_method and models"),
        ("", "holds no configuration"),
        ("a: 1\n---\nb: 2", "is not YAML"),
        ('a: "\\ud800"', r"line 1: is not YAML \(half a character"),
        ("#" * 1_000_001, "is larger than 1 MB, the most that such a file may have"),
    ],
)
def test_mergekit_schema_yaml_that_is_none_is_one_line(text, message, tmp_path):
    path = tmp_path / "merge.yaml"
    path.write_text(text)
    with pytest.raises(ArtsError, match=message):
        read_mergekit_config(path)


def test_mergekit_schema_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(ArtsError, match=r"none\.yaml: no such file"):
        read_mergekit_config(tmp_path / "none.yaml")
    with pytest.raises(ArtsError, match=r"a folder; expected a file"):
        read_mergekit_config(tmp_path)
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ArtsError, match=r"pipe\.yaml: a pipe or device; expected a file"):
        read_mergekit_config(tmp_path / "pipe.yaml")
    (tmp_path / "latin.yaml").write_bytes("merge_method: é".encode("latin-1"))
    with pytest.raises(ArtsError, match=r"latin\.yaml: is not YAML \(not UTF-8"):
        read_mergekit_config(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"weight": math.nan}, r"models\[0\]\.parameters\.weight is nan; expected a finite number"),
        ({"weight": -math.inf}, r"weight is -inf; expected a finite number, up to 3\.4e\+38"),
        ({"weight": 1e39}, r"weight is 1e\+39; expected a finite number"),
        ({"weight": "1e39"}, "weight is '1e39'; expected a finite number"),
        ({"weight": [0, math.nan]}, r"weight\[1\] is nan; expected a finite"),
        ({"weight": []}, r"weight is \[\]; expected a number or several"),
        ({"weight": None}, "weight is null; expected a number"),
        ({"weight": True}, "weight is true; expected a number"),
        ({"weight": [0, {"value": 1}]}, r"weight\[0\] is 0; expected value: NUMBER, and filter: PART OF"),
        (
            {"weight": [{"filter": 3, "value": 1}]},
            r"weight\[0\]\.filter is 3; expected a part of the tensors'",
        ),
        (
            {"weight": [{"filtre": "mlp", "value": 1}]},
            r"weight\[0\] is \{'filtre.*; expected value: NUMBER, and filter:",
        ),
        ({"weight": [{"filter": "mlp"}]}, r"weight\[0\] is .*; expected value: NUMBER"),
        ({"weight": {"value": math.inf}}, r"weight\.value is inf; expected a finite"),
        ({"density": 1.5}, r"models\[0\]\.parameters\.density is 1\.5; expected a number over 0, up to 1"),
        ({"density": 0}, r"models\[0\]\.parameters\.density is 0; expected a number over 0, up to 1"),
        ({"density": -1}, r"density is -1; expected a number over 0, up to 1"),
        ({"density": math.nan}, r"density is nan; expected a finite number"),
        ({"density": None}, r"density is null; expected a number"),
        ({"weight": "much"}, r"weight is 'much'; expected a number"),
        ({"weight": [[1]]}, r"weight\[0\] is \[1\]; expected a number"),
        ({"density": [1, -0.5]}, r"density\[1\] is -0\.5; expected a number over 0, up to 1"),
        (
            {"density": [{"filter": "mlp", "value": 2}]},
            r"density\[0\]\.value is 2; expected a number over 0",
        ),
        ({"lambda": 1}, r'unknown key "lambda" in models\[0\]\.parameters'),
    ],
)
def test_mergekit_schema_a_parameter_that_is_wrong_is_named_by_its_place(parameters, message, tmp_path):
    models = [{"model": "b", "parameters": parameters}]
    path = write_yaml(tmp_path, merge_method="ties", base_model="a", models=models)
    with pytest.raises(ArtsError, match=message):
        read_mergekit_config(path)


WHOLE = {
    "merge_method": "ties",
    "base_model": "a",
    "models": [
        {"model": "b", "parameters": {"weight": [0.5, 1], "density": [{"filter": "x", "value": 0.5}]}}
    ],
    "parameters": {"normalize": True, "lambda": 1.0, "seed": 1, "weight": 0.5},
    "dtype": "float32",
}


@fuzzed
@given(content=changed_fields(WHOLE))
def test_mergekit_schema_any_values_are_taken_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "changed.yaml"
    path.write_text(json.dumps(content))  # JSON is YAML
    check_refusal(lambda: read_mergekit_config(path))


@fuzzed
@given(content=flipped(yaml.safe_dump(WHOLE).encode()))
def test_mergekit_schema_any_bytes_are_taken_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "flipped.yaml"
    path.write_bytes(content)
    check_refusal(lambda: read_mergekit_config(path))


def test_mergekit_schema_a_gradient_may_begin_at_0() -> None:
    assert read_setting([0, 1], check=check_share).conditions[0].values == (0.0, 1.0)
    for zeros in ([0], [0, 0], 0):
        with pytest.raises(PydanticCustomError):
            read_setting(zeros, check=check_share)
