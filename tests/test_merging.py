"""Merging: against a reference in fp64 held in memory, and everything that can be wrong with its input."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from arts.data.errors import ArtsError
from arts.merging.checkpoints.blocks import encode
from arts.merging.choices import Head, Vocab
from arts.merging.engine import Options
from arts.merging.job import Job
from arts.merging.mergekit_config import emitted, read_config
from arts.merging.methods import METHODS, metagpt
from arts.merging.workers import span_size

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


@pytest.fixture
def family(tmp_path):
    """Makes a base with models that were trained from it, by little."""

    def make(count, *dtypes, shapes=TINY, **options):
        dtypes = dtypes or ("F32",)
        start = random_weights(0, shapes)
        base = save(tmp_path / "base", start, dtypes[0], **options)
        models = []
        for number in range(1, count + 1):
            step = random_weights(number, shapes)
            moved = {name: start[name] + 0.02 * number * step[name] for name in start}
            dtype = dtypes[number % len(dtypes)]
            models.append(save(tmp_path / f"model-{number}", moved, dtype, **options))
        return base, models

    return make


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


# --- what is calculated --------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["metagpt", "average", "task-arithmetic", "ties", "ties-metagpt"])
@pytest.mark.parametrize("count", [1, 2, 3, 8])
@pytest.mark.parametrize("dtypes", [("F32",), ("BF16",), ("F32", "BF16", "F16")])
def test_the_merged_model_is_that_of_a_reference_in_fp64(method, count, dtypes, family, tmp_path):
    base, models = family(count, *dtypes)
    report = Job(base, models, METHODS[method]).run(tmp_path / "merged")
    shares, expected = reference(method, base, models)
    merged = weights_of(tmp_path / "merged")
    assert merged.keys() == expected.keys()
    for name, tensor in expected.items():
        if dtypes[0] == "F32":
            torch.testing.assert_close(merged[name].double(), tensor, rtol=1e-6, atol=1e-9)
        else:
            nearest = (tensor.to(DTYPES[dtypes[0]]).double() - tensor).abs()  # two, where it is halfway
            assert ((merged[name].double() - tensor).abs() <= nearest * (1 + 1e-6) + 1e-12).all()
    if "metagpt" in method:
        assert [entry.coefficient for entry in report.models] == pytest.approx(shares, rel=1e-7)


def test_cosines_norms_and_coefficients_by_layer_are_those_of_the_reference(family, tmp_path):
    base, models = family(3, "BF16")
    theta = wide(base)
    tasks = [{name: t - theta[name] for name, t in wide(model).items()} for model in models]
    flat = np.array([torch.cat([t.flatten() for t in task.values()]).numpy() for task in tasks])
    report = Job(base, models, METHODS["metagpt"], Options(by_layer=True)).run(tmp_path / "merged")
    norms = np.linalg.norm(flat, axis=1)
    assert [entry.norm for entry in report.models] == pytest.approx(norms, rel=1e-7)
    assert np.array(report.cosines) == pytest.approx(flat @ flat.T / np.outer(norms, norms), abs=1e-7)
    merged = wide(tmp_path / "merged")
    for layer in report.layers:
        name = f"{layer.name}.weight" if "layers" not in layer.name else f"{layer.name}.mlp.weight"
        squares = np.array([float((task[name] ** 2).sum()) for task in tasks])
        assert layer.coefficients == pytest.approx(squares / squares.sum(), rel=1e-7)
        exact = theta[name] + sum(c * t[name] for c, t in zip(layer.coefficients, tasks, strict=True))
        torch.testing.assert_close(merged[name], exact, rtol=2**-8, atol=1e-9)


def test_bf16_is_rounded_once_and_to_the_nearest(family, tmp_path):
    shapes = {"model.layers.0.mlp.weight": (1000, 700)}
    base, models = family(3, "BF16", shapes=shapes)
    Job(base, models, METHODS["metagpt"]).run(tmp_path / "merged")
    _, expected = reference("metagpt", base, models)
    (name,) = shapes
    merged, exact = weights_of(tmp_path / "merged")[name], expected[name]
    once = exact.to(torch.bfloat16)  # torch rounds to fp32 first, which can lead to the wrong side of halfway
    off = merged != once
    assert off.double().mean() < 1e-5
    assert ((merged.double() - exact).abs() <= (once.double() - exact).abs()).all()


@given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=20))
def test_fp64_is_rounded_to_bf16_as_torch_does_it_from_fp64(numbers):
    exact = np.array(numbers)
    raw = np.empty(2 * len(exact), np.uint8)
    encode(exact, "BF16", raw)
    ours = torch.from_numpy((raw.view(np.uint16).astype(np.uint32) << 16).view(np.float32).astype(np.float64))
    other = [
        torch.nextafter(torch.tensor(v, dtype=torch.bfloat16), torch.tensor(d, dtype=torch.bfloat16))
        for v in numbers
        for d in (torch.inf, -torch.inf)
    ]
    nearest = np.array([float(v) for v in other]).reshape(-1, 2)
    assert (np.abs(ours.numpy() - exact) <= np.abs(nearest - exact[:, None]).min(1)).all()


@settings(deadline=None)
@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=8))
def test_metagpts_coefficients_sum_to_1(norms):
    assert metagpt(np.diag(norms)).sum() == pytest.approx(1)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("method", ["metagpt", "average", "ties", "ties-metagpt"])
def test_identical_models_merge_to_themselves(method, dtype, family, tmp_path):
    base, (model,) = family(1, dtype)
    whole = replace(METHODS[method], density=1.0)
    Job(base, [model, model, model], whole).run(tmp_path / "merged")
    merged = weights_of(tmp_path / "merged")
    for name, tensor in weights_of(model).items():
        torch.testing.assert_close(merged[name], tensor, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_the_models_does_not_matter(method, family, tmp_path):
    base, models = family(3)
    for name, order in (("one", models), ("other", models[::-1])):
        Job(base, order, METHODS[method]).run(tmp_path / name)
    one, other = (weights_of(tmp_path / name) for name in ("one", "other"))
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_threads_and_shards_do_not_change_a_bit(method, tmp_path, family):
    shapes = {f"model.layers.{n}.mlp.weight": (300, 1000 + n) for n in range(3)}
    base, models = family(2, "BF16", shapes=shapes)
    expected = None
    for threads, shard in ((1, 10**9), (2, 700_000), (5, 1)):
        folder = tmp_path / f"merged-{threads}"
        Job(base, models, METHODS[method], threads=threads, shard=shard).run(folder)
        merged = weights_of(folder)
        assert (folder / "model.safetensors.index.json").exists() == (shard < 10**9)
        expected = expected or merged
        assert all(torch.equal(tensor, merged[name]) for name, tensor in expected.items())


def test_shards_are_read_as_one(family, tmp_path):
    base, models = family(2, "BF16")
    parts = [
        save(tmp_path / f"parts-{n}", weights_of(folder), "BF16", shards=3)
        for n, folder in enumerate([base, *models])
    ]
    for name, (start, *others) in (("one", (base, *models)), ("other", parts)):
        report = Job(start, others, METHODS["metagpt"]).run(tmp_path / name)
        checksums = [entry.checksum for entry in report.models]
    assert checksums == [e.checksum for e in Job(base, models).inspect().models]
    one, other = (weights_of(tmp_path / name) for name in ("one", "other"))
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_dare_keeps_its_share_scales_it_and_draws_each_model_anew(family, tmp_path):
    shapes = {"model.layers.0.mlp.weight": (500, 400)}
    base, models = family(2, shapes=shapes)
    method = replace(METHODS["dare"], density=0.25, weight=1.0)
    (name,) = shapes
    theta, tasks = wide(base)[name], []
    for seed in (0, 0, 1):
        folder = tmp_path / f"merged-{len(tasks)}"
        Job(base, models[:1], method, Options(seed=seed)).run(folder)
        tasks.append(wide(folder)[name] - theta)
    assert torch.equal(tasks[0], tasks[1])
    assert not torch.equal(tasks[0], tasks[2])
    full = wide(models[0])[name] - theta
    kept = tasks[0].abs() > 1e-9
    assert kept.double().mean() == pytest.approx(0.25, abs=0.005)
    torch.testing.assert_close(tasks[0][kept], 4 * full[kept], rtol=1e-4, atol=1e-7)
    report = Job(base, models, method).run(tmp_path / "both")
    both = wide(tmp_path / "both")[name] - theta
    alike = (both.abs() > 1e-9).double().mean()
    assert alike == pytest.approx(1 - 0.75**2, abs=0.005)  # masks of two models are independent
    assert [entry.kept for entry in report.models] == pytest.approx([0.25, 0.25], abs=0.02)


def test_thinning_by_tensor_does_what_mergekit_does(family, tmp_path):
    base, models = family(1)
    theta, end = wide(base), wide(models[0])
    trim = replace(METHODS["ties"], density=0.5)
    Job(base, models, trim, Options(by_tensor=True)).run(tmp_path / "ties")
    drop = replace(METHODS["dare"], density=0.5, weight=1.0)
    Job(base, models, drop, Options(by_tensor=True)).run(tmp_path / "dare")
    trimmed, dropped = wide(tmp_path / "ties"), wide(tmp_path / "dare")
    for name, start in theta.items():
        task = end[name] - start
        left = (trimmed[name] - start).abs() > 1e-9
        assert int(left.sum()) == task.numel() // 2
        assert task.abs()[left].min() >= task.abs()[~left].max()
        assert (dropped[name] - start).abs().sum() == pytest.approx(float(task.abs().sum()), rel=1e-4)


def test_spans_are_smaller_for_more_models_and_never_too_small():
    sizes = [span_size(count) for count in range(1, 40)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] == 2**18
    assert sizes[-1] == 2**16


# --- adapters ------------------------------------------------------------------------------------


def save_adapter(folder, parts, **further):
    folder.mkdir()
    save_file(
        {f"base_model.model.{name}": t.contiguous() for name, t in parts.items()},
        folder / "adapter_model.safetensors",
    )
    described = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, **further}
    (folder / "adapter_config.json").write_text(json.dumps(described))
    return str(folder)


@pytest.mark.parametrize("transposed", [False, True])
def test_a_lora_adapter_is_its_product(transposed, family, tmp_path):
    base, (model,) = family(1)
    rows, columns = TINY["model.layers.0.mlp.weight"]
    inner, outer = (rows, columns) if transposed else (columns, rows)
    a, b = torch.randn(4, inner), torch.randn(outer, 4)
    norm = torch.randn(24)
    parts = {
        "model.layers.0.mlp.lora_A.weight": a,
        "model.layers.0.mlp.lora_B.weight": b,
        "model.norm.weight": norm,  # of modules_to_save
    }
    adapter = save_adapter(tmp_path / "adapter", parts, fan_in_fan_out=transposed)
    whole = weights_of(base)
    product = (b.double() @ a.double()) * 2
    whole["model.layers.0.mlp.weight"] = (
        whole["model.layers.0.mlp.weight"].double() + (product.T if transposed else product)
    ).float()
    whole["model.norm.weight"] = norm
    full = save(tmp_path / "full", whole)
    for name, other in (("one", adapter), ("other", full)):
        Job(base, [model, other], METHODS["metagpt"]).run(tmp_path / name)
    one, other = (weights_of(tmp_path / name) for name in ("one", "other"))
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("parts", "further", "message"),
    [
        ({}, {"peft_type": "IA3"}, "an adapter of the kind IA3; expected LORA"),
        ({}, {"use_dora": True}, r"DoRA \(use_dora\), which cannot be merged here"),
        ({"model.norm.lora_A.weight": (4, 24)}, {}, r'"model.norm.weight" needs A and B of one rank'),
        (
            {"other.lora_A.weight": (4, 24), "other.lora_B.weight": (24, 4)},
            {},
            "the base has no other.weight",
        ),
        (
            {"model.layers.0.mlp.lora_A.weight": (4, 30), "model.layers.0.mlp.lora_B.weight": (40, 4)},
            {},
            "model.layers.0.mlp.weight is 40 x 30, and in the base 40 x 33",
        ),
    ],
)
def test_an_adapter_that_does_not_fit_is_one_clear_error(parts, further, message, family, tmp_path):
    base, _ = family(1)
    adapter = save_adapter(
        tmp_path / "adapter", {name: torch.randn(shape) for name, shape in parts.items()}, **further
    )
    with pytest.raises(ArtsError, match=message):
        Job(base, [adapter], METHODS["metagpt"]).run(tmp_path / "merged")


# --- what cannot be merged -----------------------------------------------------------------------


def fails(message, base, models, tmp_path, **options):
    with pytest.raises(ArtsError, match=message):
        Job(base, models, METHODS["metagpt"], **options).run(tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
    assert not list(tmp_path.glob(".merged*"))


def changed(folder, tmp_path, name="changed", config=None, **tensors):
    """A copy of a model with other tensors, None for none."""
    weights = weights_of(folder) | {key.replace("__", "."): value for key, value in tensors.items()}
    return save(tmp_path / name, {k: v for k, v in weights.items() if v is not None}, **(config or {}))


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"model__norm__weight": None}, r"changed: lacks model\.norm\.weight"),
        ({"more__weight": torch.ones(3)}, r"changed: the base has no more\.weight"),
        ({"model__norm__weight": torch.ones(25)}, r"model\.norm\.weight is 25, and in the base 24"),
        (
            {"model__norm__weight": torch.full((24,), torch.nan)},
            r"changed: model\.norm\.weight holds NaN or Inf",
        ),
        (
            {"model__norm__weight": torch.full((24,), torch.inf)},
            r"changed: model\.norm\.weight holds NaN or Inf",
        ),
        ({"model__norm__weight": torch.ones(24, dtype=torch.int64)}, r"model\.norm\.weight \(I64\) differs"),
    ],
)
def test_tensors_that_do_not_fit(tensors, message, family, tmp_path):
    base, models = family(2)
    fails(message, base, [models[0], changed(models[1], tmp_path, **tensors)], tmp_path)


def test_all_that_does_not_fit_is_told_at_once(family, tmp_path):
    base, models = family(2)
    odd = changed(models[1], tmp_path, model__norm__weight=None, more__weight=torch.ones(3))
    fails(r"(?s)lacks model\.norm\.weight.*the base has no more\.weight", base, [odd], tmp_path)


def test_another_architecture(family, tmp_path):
    base, models = family(1)
    other = changed(models[0], tmp_path, config={"model_type": "gpt2"})
    fails("changed: a gpt2 model, and the base is a llama model", base, [other], tmp_path)


def test_the_base_itself(family, tmp_path):
    base, models = family(1)
    fails("does not differ from the base", base, [models[0], base], tmp_path)


def test_integers_are_carried_over_when_they_are_equal(family, tmp_path):
    places = torch.arange(7)
    base, models = family(1)
    base, model = (
        changed(folder, tmp_path, name, places=places)
        for folder, name in ((base, "base-2"), (models[0], "other"))
    )
    Job(base, [model], METHODS["metagpt"]).run(tmp_path / "merged")
    assert torch.equal(weights_of(tmp_path / "merged")["places"], places)


def test_pickles_are_refused(family, tmp_path):
    base, _ = family(1)
    old = tmp_path / "old"
    old.mkdir()
    (old / "pytorch_model.bin").write_bytes(b"")
    fails(r"pytorch_model\.bin: is a pickle.*convert it to safetensors", base, [str(old)], tmp_path)


def test_files_that_are_broken(family, tmp_path):
    base, models = family(1)
    file = Path(models[0], "model.safetensors")
    content = file.read_bytes()
    for broken, message in (
        (content[:-10], "is cut short"),
        (b"hello, this is no header", "is not a safetensors file"),
        (b"", "is not a safetensors file"),
    ):
        file.write_bytes(broken)
        fails(rf"model\.safetensors: {message}", base, models, tmp_path)
    file.unlink()
    fails(r"holds no checkpoint; expected model\.safetensors", base, models, tmp_path)


def test_an_index_that_does_not_match_its_shards(family, tmp_path):
    base, models = family(1)
    parts = save(tmp_path / "parts", weights_of(models[0]), shards=2)
    path = Path(parts, "model.safetensors.index.json")
    index = json.loads(path.read_text())
    name = next(iter(index["weight_map"]))
    other = {**index["weight_map"], name: "model-1.safetensors"}
    path.write_text(json.dumps({"weight_map": other}))
    fails(f'says that "{name}" is in model-1.safetensors, which has it not', base, [parts], tmp_path)
    left = {key: value for key, value in index["weight_map"].items() if key != name}
    path.write_text(json.dumps({"weight_map": left}))
    fails(f'holds "{name}", which model.safetensors.index.json does not name', base, [parts], tmp_path)


@pytest.mark.parametrize("stored_in", ["base", "model"])
def test_tied_embeddings_that_one_stores_are_merged_once(stored_in, family, tmp_path):
    base, models = family(1)
    embedding = weights_of(base)["model.embed_tokens.weight"].clone()
    holder = {"base": base, "model": models[0]}[stored_in]
    holding = changed(holder, tmp_path, lm_head__weight=embedding)
    start, end = (holding, models[0]) if stored_in == "base" else (base, holding)
    report = Job(start, [end], METHODS["metagpt"]).run(tmp_path / "merged")
    assert weights_of(tmp_path / "merged").keys() == TINY.keys()
    assert "lm_head.weight: tied to the input embeddings" in report.remarks[0]


def test_output_embeddings_of_their_own_are_not_lost(family, tmp_path):
    base, models = family(1)
    own = changed(
        models[0], tmp_path, lm_head__weight=torch.randn(60, 24), config={"tie_word_embeddings": False}
    )
    fails(r"its output embeddings \(lm_head\.weight\) are its own", base, [own], tmp_path)


TOKENS = [*(f"token-{n}" for n in range(59)), "item"]  # which is also what ijson calls an element


def write_tokens(folder, tokens):
    vocabulary = {token: n for n, token in enumerate(tokens)}
    content = {"model": {"type": "BPE", "vocab": vocabulary}, "added_tokens": []}
    Path(folder, "tokenizer.json").write_text(json.dumps(content))


def test_vocabularies_that_differ(family, tmp_path):
    base, models = family(2)
    name = "model.embed_tokens.weight"
    longer = torch.cat([weights_of(models[1])[name], torch.ones(5, 24)])
    renamed = [*TOKENS[:10], "another", *TOKENS[11:], *(f"new-{n}" for n in range(5))]
    long = changed(models[1], tmp_path, config={"vocab_size": 65}, model__embed_tokens__weight=longer)
    for folder, tokens in ((base, TOKENS), (models[0], TOKENS), (long, renamed)):
        write_tokens(folder, tokens)
    fails("65 rows in model.embed_tokens.weight, and the base has 60; --vocab", base, [long], tmp_path)
    fails(r"1 tokens have other numbers.*10 is 'another', in the base 'token-10'", base, [long], tmp_path)
    theta, one, two = (wide(folder)[name] for folder in (base, models[0], long))
    two = two[:60]
    two[10] = theta[10]
    merged = {}
    for vocab in (Vocab.BASE, Vocab.INTERSECT):
        folder = tmp_path / f"merged-{vocab}"
        report = Job(base, [models[0], long], METHODS["metagpt"], vocab=vocab).run(folder)
        merged[vocab] = wide(folder)[name]
        shares = [entry.coefficient for entry in report.models]
        expected = theta + shares[0] * (one - theta) + shares[1] * (two - theta)
        if vocab is Vocab.INTERSECT:
            expected[10] = theta[10]
        torch.testing.assert_close(merged[vocab], expected, rtol=1e-6, atol=1e-7)
    assert not torch.equal(merged[Vocab.BASE][10], merged[Vocab.INTERSECT][10])


def test_classifier_heads_that_differ(family, tmp_path):
    base, models = family(2)
    labels = [{"id2label": {"0": "positive", "1": "negative"}}, {"id2label": {"0": "spam", "1": "ham"}}]
    head = torch.randn(2, 24)
    start = changed(base, tmp_path, "start", config=labels[0], classifier__weight=head)
    same = changed(models[0], tmp_path, "same", config=labels[0], classifier__weight=head + 1)
    other = changed(models[1], tmp_path, "other", config=labels[1], classifier__weight=head - 1)
    fails(
        r"other: another classifier head \(.*; labels spam/ham, the base's positive/negative\)",
        start,
        [same, other],
        tmp_path,
    )
    Job(start, [same, other], METHODS["metagpt"], head=Head.KEEP_BASE).run(tmp_path / "kept")
    assert torch.equal(weights_of(tmp_path / "kept")["classifier.weight"], head)
    Job(start, [same, other], METHODS["metagpt"], head=Head.DROP).run(tmp_path / "dropped")
    assert "classifier.weight" not in weights_of(tmp_path / "dropped")
    assert "id2label" not in json.loads((tmp_path / "dropped" / "config.json").read_text())
    Job(start, [same], METHODS["metagpt"]).run(tmp_path / "merged")
    assert not torch.equal(weights_of(tmp_path / "merged")["classifier.weight"], head)


def test_a_folder_with_something_in_it_is_left_alone(family, tmp_path):
    base, models = family(1)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(ArtsError, match="exists and is not empty"):
        Job(base, models, METHODS["metagpt"]).run(tmp_path / "full")
    assert (tmp_path / "full" / "notes.txt").read_text() == "mine"


def test_a_number_too_large_for_half_precision(family, tmp_path):
    base, models = family(1)
    large = torch.full((24,), 1e5)
    start = changed(base, tmp_path, "start", model__norm__weight=large)
    end = changed(models[0], tmp_path, "end", model__norm__weight=large + 1)
    fails(r"model\.norm\.weight: a merged number is too large for F16", start, [end], tmp_path, dtype="F16")


def test_warnings_where_the_assumptions_do_not_hold(family, tmp_path):
    base, models = family(2)
    elsewhere = save(tmp_path / "elsewhere", random_weights(99))
    far = Job(elsewhere, models).inspect().warnings
    assert "times the norm of the base away from it" in far[0]
    assert "all task vectors point the same way" in far[-1]
    theta, end = weights_of(base), weights_of(models[0])
    half = {name: theta[name] + 0.4 * (tensor - theta[name]) for name, tensor in end.items()}
    near = save(tmp_path / "near", {n: t + 0.01 * torch.randn_like(t) for n, t in half.items()})
    few = {name: theta[name] + 0.01 * (end[name] - theta[name]) for name in theta}
    small = save(tmp_path / "small", {n: t + 1e-3 * torch.randn_like(t) for n, t in few.items()})
    assert any("have a cosine of" in line for line in Job(base, [models[0], small]).inspect().warnings)
    assert near
    dominated = Job(base, [models[0], small], METHODS["metagpt"]).inspect().warnings
    assert any("the merged model is close to it alone" in line for line in dominated)


# --- what is written -----------------------------------------------------------------------------


def test_configuration_tokenizer_card_and_report_go_along(family, tmp_path):
    base, models = family(2, "BF16")
    for folder, text in ((base, "the base's"), (models[0], "the model's")):
        write_tokens(folder, TOKENS)
        Path(folder, "chat_template.jinja").write_text(text)
    Path(base, "generation_config.json").write_text('{"eos_token_id": 3}')
    folder = tmp_path / "merged"
    report = Job(base, models, METHODS["metagpt"], dtype="F32", command="arts merge ..").run(folder)
    config = json.loads((folder / "config.json").read_text())
    assert (config["model_type"], config["dtype"]) == ("llama", "float32")
    assert json.loads((folder / "generation_config.json").read_text()) == {"eos_token_id": 3}
    assert (folder / "chat_template.jinja").read_text() == "the base's"
    assert (folder / "tokenizer.json").read_bytes() == Path(base, "tokenizer.json").read_bytes()
    assert {tensor.dtype for tensor in weights_of(folder).values()} == {torch.float32}
    card = (folder / "README.md").read_text()
    for entry in report.models:
        assert f"{entry.coefficient:.6f}" in card
        assert entry.checksum in card
    assert "arts merge .." in card
    saved = json.loads((folder / "merge_report.json").read_text())
    assert saved["bytes_written"] == sum(f.stat().st_size for f in folder.glob("*.safetensors"))
    assert saved["cosines"][0][0] == pytest.approx(1)
    Job(base, models, METHODS["metagpt"], tokenizer_from=models[0]).run(tmp_path / "other")
    assert (tmp_path / "other" / "chat_template.jinja").read_text() == "the model's"


def test_transformers_loads_what_was_merged(tmp_path):
    transformers = pytest.importorskip("transformers")
    config = transformers.LlamaConfig(
        vocab_size=60,
        hidden_size=24,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        tie_word_embeddings=True,
    )
    folders = []
    for seed in range(3):
        torch.manual_seed(0)
        model = transformers.LlamaForCausalLM(config).to(torch.bfloat16)
        torch.manual_seed(seed)
        with torch.no_grad():
            for weight in model.parameters():
                weight += 0.01 * min(seed, 1) * torch.randn_like(weight)
        model.save_pretrained(tmp_path / str(seed), max_shard_size="20KB")
        folders.append(str(tmp_path / str(seed)))
    Job(folders[0], folders[1:], METHODS["ties"], shard=20_000).run(tmp_path / "merged")
    _, found = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path / "merged", output_loading_info=True
    )
    assert not found["missing_keys"]
    assert not found["unexpected_keys"]


def test_a_full_disk_is_one_clear_error(family, tmp_path, monkeypatch):
    base, models = family(1)
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage(10, 10, 0))
        fails(r"merged: needs 0\.00 GB, and 0\.00 GB are free", base, models, tmp_path)

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    for call in ("truncate", "pwrite"):
        with monkeypatch.context() as patch:
            patch.setattr(os, call, full)
            fails("the disk is full; nothing was written under this name", base, models, tmp_path)


def test_a_merge_that_is_killed_leaves_nothing_under_its_name(tmp_path, family):
    shapes = {f"model.layers.{n}.mlp.weight": (1500, 1000) for n in range(6)}
    base, models = family(2, "BF16", shapes=shapes)
    command = [sys.executable, "-m", "arts", "merge", "--base", base, "--output", str(tmp_path / "merged")]
    command += [word for model in models for word in ("--model", model)]
    started = time.perf_counter()
    Job(base, models, METHODS["metagpt"]).run(tmp_path / "expected")
    took = time.perf_counter() - started
    for number in range(10):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.perf_counter() + 30
        while (
            not list(tmp_path.glob(".merged.*")) and process.poll() is None and time.perf_counter() < deadline
        ):
            time.sleep(0.002)
        time.sleep(took * number / 15)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (tmp_path / "merged").exists():  # it was faster than the signal
            assert (tmp_path / "merged" / "merge_report.json").exists()
            shutil.rmtree(tmp_path / "merged")
    subprocess.run(command, check=True, capture_output=True)
    assert not list(tmp_path.glob(".merged*"))
    merged, expected = weights_of(tmp_path / "merged"), weights_of(tmp_path / "expected")
    assert all(torch.equal(tensor, merged[name]) for name, tensor in expected.items())


# --- configuration files -------------------------------------------------------------------------


def write_yaml(tmp_path, **content):
    path = tmp_path / "merge.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def test_a_file_of_mergekits_is_read_as_it_is(family, tmp_path):
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
    Job.run(read_config(path), tmp_path / "merged")
    theta, one, two = (wide(folder) for folder in (base, *models))
    merged = wide(tmp_path / "merged")
    for name, tensor in merged.items():
        weight = 0.25 if "mlp" in name else 0.75
        other = 1.0 if "layers.1" in name else 0.5
        exact = theta[name] + 2 * (other * (one[name] - theta[name]) + weight * (two[name] - theta[name]))
        torch.testing.assert_close(tensor, exact, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("by_layer", [False, True])
def test_the_file_that_is_emitted_merges_to_the_same(by_layer, family, tmp_path):
    base, models = family(3)
    report = Job(base, models, METHODS["metagpt"], Options(by_layer=by_layer)).run(tmp_path / "one")
    path = tmp_path / "linear.yaml"
    path.write_text(emitted(report))
    read_config(path).run(tmp_path / "other")
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
def test_a_file_that_is_wrong_is_one_clear_error(content, message, tmp_path):
    whole = {"merge_method": "metagpt", "base_model": "a", "models": [{"model": "b"}], **content}
    with pytest.raises(ArtsError, match=rf"merge\.yaml.*: {message}"):
        read_config(write_yaml(tmp_path, **whole))


def test_yaml_that_is_none_names_the_line(tmp_path):
    path = tmp_path / "merge.yaml"
    path.write_text("models:\n  - a: [\n")
    with pytest.raises(ArtsError, match=r"merge\.yaml, line 3: is not YAML"):
        read_config(path)


# --- the command line ----------------------------------------------------------------------------


def arts(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "arts", *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_tells_what_it_did(family, tmp_path):
    base, models = family(2)
    given = [word for model in models for word in ("--model", model)]
    dry = arts("merge", "--base", base, *given, "--dry-run", "--format", "json")
    assert dry.returncode == 0, dry.stderr
    shares = [entry["coefficient"] for entry in json.loads(dry.stdout)["models"]]
    assert sum(shares) == pytest.approx(1)
    done = arts(
        "merge", "--base", base, *given, "--output", str(tmp_path / "merged"),
        "--emit-config", str(tmp_path / "linear.yaml"), "--heatmap", str(tmp_path / "cosines.svg"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Merged by metagpt" in done.stdout
    assert f"wrote {tmp_path / 'merged'}" in done.stderr
    assert "arts merge --base" in (tmp_path / "merged" / "README.md").read_text()
    assert (tmp_path / "cosines.svg").read_text().startswith("<?xml")
    again = arts("merge", "--config", str(tmp_path / "linear.yaml"), "--output", str(tmp_path / "again"))
    assert again.returncode == 0, again.stderr
    looked = arts("merge", "--dry-run", "--by-layer", "--base", base, *given)
    assert looked.returncode == 0, looked.stderr
    assert "conflicting signs" in looked.stdout


@pytest.mark.parametrize("method", ["metagpt", "ties"])
def test_memory_grows_neither_with_the_model_nor_with_their_number(method, tmp_path):
    peaks = []
    for number, (rows, count) in enumerate(((8_000, 2), (64_000, 2), (8_000, 8))):
        start = {"model.embed_tokens.weight": torch.randn(rows, 256)}
        base, *models = (
            save(tmp_path / f"{number}-{n}", {k: t + 0.01 * n for k, t in start.items()}, "BF16")
            for n in range(count + 1)
        )
        given = [word for model in models for word in ("--model", model)]
        output = tmp_path / f"merged-{number}"
        done = arts(
            "merge", "--base", base, *given, "--method", method, "--output", str(output), "--threads", "2"
        )
        assert done.returncode == 0, done.stderr
        peaks.append(json.loads((output / "merge_report.json").read_text())["peak_memory"])
    assert max(peaks) < 200e6
    assert max(peaks) < 1.1 * min(peaks)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--base", "a", "--model", "b"), "give --output FOLDER, or --dry-run"),
        (("--dry-run",), "give --base and at least one --model, or --config FILE"),
        (("--dry-run", "--base", "a", "--model", "b", "--method", "tise"), 'Did you mean "ties"?'),
        (("--dry-run", "--config", "c.yaml", "--density", "0.3"), "--config settles --density"),
        (("--dry-run", "--base", "a", "--model", "b", "--density", "3"), "--density is of methods that thin"),
        (
            ("--dry-run", "--base", "a", "--model", "b", "--method", "ties", "--density", "3"),
            "--density 3.0; expected over 0",
        ),
        (("--dry-run", "--base", "a", "--model", "b", "--weight", "1"), "metagpt finds the weights itself"),
        (
            (
                "--dry-run",
                "--base",
                "a",
                "--model",
                "b",
                "--method",
                "dare",
                "--weight",
                "1",
                "--weight",
                "2",
            ),
            "--weight is given 2 times; expected one for each of 1 models",
        ),
        (
            ("--dry-run", "--base", "a", "--model", "b", "--method", "ties", "--granularity", "layer"),
            "--granularity layer is of MetaGPT's coefficients",
        ),
    ],
)
def test_bad_usage_is_one_clear_line(arguments, message):
    done = arts("merge", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
