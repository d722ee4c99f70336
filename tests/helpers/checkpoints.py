"""Checkpoints by hand, and merges of them in fp64."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from arts.data.errors import ArtsError
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS

TINY = {
    "model.embed_tokens.weight": (60, 24),
    "model.layers.0.mlp.weight": (40, 33),
    "model.layers.1.mlp.weight": (40, 33),
    "model.norm.weight": (24,),
}

DTYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}


def random_weights(seed, shapes=TINY):
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def save(folder, weights, dtype="F32", shards=1, **config):
    folder.mkdir(parents=True)
    stored = {
        name: tensor.to(DTYPES[dtype]).contiguous() if tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }
    if shards == 1:
        save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        places = {name: f"model-{n % shards}.safetensors" for n, name in enumerate(stored)}
        for file in set(places.values()):
            save_file({n: t for n, t in stored.items() if places[n] == file}, folder / file)
        index = {"metadata": {}, "weight_map": places}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", "vocab_size": 60, **config}))
    return str(folder)


def weights_of(folder):
    files = sorted(Path(folder).glob("*.safetensors"))
    return {name: tensor for file in files for name, tensor in load_file(file).items()}


def wide(folder):
    return {name: tensor.double() for name, tensor in weights_of(folder).items()}


def reference(method, base, models):
    """The merge in fp64, held in memory, written after the papers' equations."""
    theta = wide(base)
    tasks = [{name: tensor - theta[name] for name, tensor in wide(model).items()} for model in models]
    squares = [sum(float((tensor**2).sum()) for tensor in task.values()) for task in tasks]
    shares = [square / sum(squares) for square in squares]
    weights = {
        "metagpt": shares,
        "average": [1 / len(models)] * len(models),
        "task-arithmetic": [0.3] * len(models),
        "ties": [1.0] * len(models),
        "ties-metagpt": shares,
    }[method]
    if method.startswith("ties"):
        return shares, _ties(theta, tasks, weights)
    return shares, {
        name: theta[name] + sum(w * task[name] for w, task in zip(weights, tasks, strict=True))
        for name in theta
    }


def _ties(theta, tasks, weights):
    merged = {}
    limits = []
    for task in tasks:
        sizes = torch.cat([tensor.flatten() for tensor in task.values()]).abs().float()
        limits.append(sizes.sort(descending=True).values[max(1, int(0.2 * len(sizes))) - 1])
    for name, start in theta.items():
        kept = [t[name] * (t[name].abs().float() >= limit) for t, limit in zip(tasks, limits, strict=True)]
        sign = sum(w * t for w, t in zip(weights, kept, strict=True)).sign()
        agrees = [(t * sign > 0).double() for t in kept]
        total = sum(w * t * a for w, t, a in zip(weights, kept, agrees, strict=True))
        share = sum(w * a for w, a in zip(weights, agrees, strict=True))
        merged[name] = start + torch.where(share > 0, total / share.clamp(min=1e-300), 0.0)
    return merged


def save_adapter(folder, parts, **further):
    folder.mkdir()
    save_file(
        {f"base_model.model.{name}": t.contiguous() for name, t in parts.items()},
        folder / "adapter_model.safetensors",
    )
    described = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, **further}
    (folder / "adapter_config.json").write_text(json.dumps(described))
    return str(folder)


def check_refused(message, base, models, tmp_path, **options):
    with pytest.raises(ArtsError, match=message):
        MergeJob(base, models, method=METHODS["metagpt"], **options).run(tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
    assert not list(tmp_path.glob(".merged*"))


def altered_copy(folder, tmp_path, name="changed", config=None, **tensors):
    """A copy of a model with other tensors, None for none."""
    weights = weights_of(folder) | {key.replace("__", "."): value for key, value in tensors.items()}
    return save(tmp_path / name, {k: v for k, v in weights.items() if v is not None}, **(config or {}))


TOKENS = [*(f"token-{n}" for n in range(59)), "item"]  # which is also what ijson calls an element


def write_tokens(folder, tokens):
    vocabulary = {token: n for n, token in enumerate(tokens)}
    content = {"model": {"type": "BPE", "vocab": vocabulary}, "added_tokens": []}
    Path(folder, "tokenizer.json").write_text(json.dumps(content))
