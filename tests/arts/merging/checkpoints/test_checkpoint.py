"""Checkpoints in shards, and files that are broken."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from helpers.checkpoints import (
    check_refused,
    save,
    weights_of,
)

from arts.merging.job import MergeJob
from arts.merging.methods import METHODS


def test_checkpoint_shards_are_read_as_one(family, tmp_path):
    base, models = family(2, "BF16")
    parts = [
        save(tmp_path / f"parts-{n}", weights_of(folder), "BF16", shards=3)
        for n, folder in enumerate([base, *models])
    ]
    for name, (start, *others) in (("one", (base, *models)), ("other", parts)):
        report = MergeJob(start, others, method=METHODS["metagpt"]).run(tmp_path / name)
        checksums = [entry.checksum for entry in report.models]
    assert checksums == [e.checksum for e in MergeJob(base, models).inspect().models]
    one, other = (weights_of(tmp_path / name) for name in ("one", "other"))
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_checkpoint_pickles_are_refused(family, tmp_path):
    base, _ = family(1)
    old = tmp_path / "old"
    old.mkdir()
    (old / "pytorch_model.bin").write_bytes(b"")
    check_refused(r"pytorch_model\.bin: is a pickle.*convert it to safetensors", base, [str(old)], tmp_path)


def test_checkpoint_files_that_are_broken(family, tmp_path):
    base, models = family(1)
    file = Path(models[0], "model.safetensors")
    content = file.read_bytes()
    for broken, message in (
        (content[:-10], "is cut short"),
        (b"hello, this is no header", "is not a safetensors file"),
        (b"", "is not a safetensors file"),
    ):
        file.write_bytes(broken)
        check_refused(rf"model\.safetensors: {message}", base, models, tmp_path)
    file.unlink()
    check_refused(r"holds no checkpoint; expected model\.safetensors", base, models, tmp_path)


def test_checkpoint_an_index_that_does_not_match_its_shards(family, tmp_path):
    base, models = family(1)
    parts = save(tmp_path / "parts", weights_of(models[0]), shards=2)
    path = Path(parts, "model.safetensors.index.json")
    index = json.loads(path.read_text())
    name = next(iter(index["weight_map"]))
    other = {**index["weight_map"], name: "model-1.safetensors"}
    path.write_text(json.dumps({"weight_map": other}))
    check_refused(f'says that "{name}" is in model-1.safetensors, which has it not', base, [parts], tmp_path)
    left = {key: value for key, value in index["weight_map"].items() if key != name}
    path.write_text(json.dumps({"weight_map": left}))
    check_refused(
        f'holds "{name}", which model.safetensors.index.json does not name', base, [parts], tmp_path
    )
