"""The headers of safetensors files: sound ones are read, all others are refused in one line."""

from __future__ import annotations

import json
import os

import pytest
import torch
from helpers.fuzzing import changed_fields, check_refusal, flipped, fuzzed
from hypothesis import given
from safetensors.torch import load_file, save

from arts.data.errors import ArtsError
from arts.merging.checkpoints.checkpoint import Checkpoint, read_header

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:1f\nsize 100\n"
TENSORS = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.ones(4, dtype=torch.bfloat16)}
ENTRIES = {
    "__metadata__": {"format": "pt"},
    "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    "b": {"dtype": "BF16", "shape": [4], "data_offsets": [24, 32]},
}


def file_of(header, data=bytes(32)):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def changed(**fields):
    return {**ENTRIES, "b": {**ENTRIES["b"], **fields}}


def test_safetensors_header_is_read_in_the_order_of_the_file(write):
    path = write("model.safetensors", save(TENSORS))
    entries = read_header(path)
    assert {name: (entry.dtype, entry.shape) for name, entry in entries.items()} == {
        "a": ("F32", (2, 3)),
        "b": ("BF16", (4,)),
    }
    for name, entry in entries.items():
        stored = path.read_bytes()[entry.offset : entry.offset + entry.nbytes]
        assert torch.equal(
            torch.frombuffer(bytearray(stored), dtype=TENSORS[name].dtype), TENSORS[name].flatten()
        )


def test_safetensors_header_without_tensors(write):
    assert read_header(write("model.safetensors", file_of({}, b""))) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a safetensors file, or is cut short in its header"),
        (b"hello, this is no header", "is not a safetensors file, or is cut short in its header"),
        ((2**63).to_bytes(8, "little") + b"{}", "is not a safetensors file, or is cut short in its header"),
        (file_of(ENTRIES)[:50], "is cut short in its header"),
        (file_of(ENTRIES)[:-10], "is cut short: 22 bytes of tensors, and the header says 32"),
        (file_of(ENTRIES, bytes(40)), "has 8 bytes after its last tensor; expected its end"),
        (file_of(changed(data_offsets=[16, 24]), bytes(24)), 'broken: "b" overlaps the tensor before it'),
        (file_of(changed(data_offsets=[32, 40]), bytes(40)), 'broken: "b" leaves out 8 bytes before it'),
        (file_of(changed(data_offsets=[-8, 0])), "header: b.data_offsets.0. is -8; expected a whole number"),
        (file_of(changed(data_offsets=[24.0, 32])), "b.data_offsets.0. is 24.0; expected a whole number"),
        (file_of(changed(data_offsets=[24])), "header: b.data_offsets"),
        (file_of(changed(data_offsets=[24, 2**70])), "b.data_offsets.1. is 118.*; expected a whole number"),
        (file_of(changed(data_offsets=[32, 24])), 'gives "b" -8 bytes, and by its shape and type it has 8'),
        (file_of(changed(shape=[5])), 'the header gives "b" 8 bytes, and by its shape and type it has 10'),
        (file_of(changed(shape=[-4])), "b.shape.0. is -4; expected a whole number from 0"),
        (file_of(changed(shape=[True])), "b.shape.0. is true; expected a whole number from 0"),
        (file_of(changed(shape="4")), "b.shape is '4'; expected a list"),
        (file_of(changed(shape=[2**62, 2**62])), 'the header gives "b" 8 bytes'),
        (
            file_of(changed(dtype="F4")),
            "header: b.dtype is 'F4'; expected a type that is known here: BF16, B",
        ),
        (file_of(changed(dtype="F6_E2M3")), "b.dtype is 'F6_E2M3'; expected a type that is known here"),
        (file_of(changed(dtype=["F32"])), "b.dtype is .'F32'.; expected the name of a type"),
        (file_of(changed(further=1)), "header: b.further"),
        (file_of({"b": 5}), "header: b is 5; expected keys and values"),
        (file_of({"b": {"dtype": "F32"}}), "header: b.shape is missing"),
        (file_of([1]), "its header is broken .header: holds no JSON object"),
        (file_of(b'{"a": 1, "a": 2}'), 'its header is broken .header: .*the key "a" appears twice'),
        (file_of(b'{"a":' * 200_000), "its header is broken .header: the JSON is nested more than 100 deep"),
        (
            file_of(b'{"a":' + b"9" * 5_000 + b"}"),
            "header is broken .header: a number has more than 300 digits",
        ),
        (file_of(b'{"a": "\\ud800"}'), "its header is broken .header: not Unicode"),
        (file_of({f"t{n}": 0 for n in range(200_001)}), "has 200,001 tensors; expected up to 200,000"),
        (
            file_of(b"{" + b'"data_offsets"' * 200_001),
            "has 200,001 tensors; expected up to 200,000 in a file",
        ),
        (POINTER, "is a Git LFS pointer, in place of the file; run `git lfs pull`"),
        (file_of(b"\xff" * 20), "its header is broken .header: not UTF-8"),
    ],
)
def test_safetensors_header_that_is_broken_is_one_line(content, message, write):
    path = write("model.safetensors", content)
    with pytest.raises(ArtsError, match=rf"model\.safetensors.*{message}") as error:
        read_header(path)
    assert "\n" not in str(error.value)


def test_safetensors_header_of_what_is_no_file(tmp_path):
    with pytest.raises(ArtsError, match=r"none: no such file"):
        read_header(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ArtsError, match="pipe: a pipe or device; expected a file"):
        read_header(tmp_path / "pipe")
    (tmp_path / "model.safetensors").mkdir()
    with pytest.raises(ArtsError, match=r"model\.safetensors: a folder; expected a file"):
        Checkpoint(tmp_path)


def read(path, content):
    path.write_bytes(content)
    return check_refusal(lambda: read_header(path))


@fuzzed
@given(content=flipped(save(TENSORS)))
def test_safetensors_header_any_bytes_are_taken_or_refused_as_by_safetensors(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "flipped.safetensors"
    if read(path, content):
        load_file(path)  # what is taken here is taken there


@fuzzed
@given(content=changed_fields(ENTRIES))
def test_safetensors_header_any_values_are_taken_or_refused(content, tmp_path_factory):
    read(tmp_path_factory.getbasetemp() / "changed.safetensors", file_of(content))
