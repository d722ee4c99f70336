"""Merging against a reference in fp64 held in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers.checkpoints import (
    DTYPES,
    reference,
    weights_of,
    wide,
)

from arts.merging.job import MergeJob
from arts.merging.methods import METHODS
from arts.merging.options import MergeOptions


@pytest.mark.parametrize("method", ["metagpt", "average", "task-arithmetic", "ties", "ties-metagpt"])
@pytest.mark.parametrize("count", [1, 2, 3, 8])
@pytest.mark.parametrize("dtypes", [("F32",), ("BF16",), ("F32", "BF16", "F16")])
def test_engine_the_merged_model_is_that_of_a_reference_in_fp64(method, count, dtypes, family, tmp_path):
    base, models = family(count, *dtypes)
    report = MergeJob(base, models, method=METHODS[method]).run(tmp_path / "merged")
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


def test_engine_cosines_norms_and_coefficients_by_layer_are_those_of_the_reference(family, tmp_path):
    base, models = family(3, "BF16")
    theta = wide(base)
    tasks = [{name: t - theta[name] for name, t in wide(model).items()} for model in models]
    flat = np.array([torch.cat([t.flatten() for t in task.values()]).numpy() for task in tasks])
    report = MergeJob(base, models, method=METHODS["metagpt"], options=MergeOptions(by_layer=True)).run(
        tmp_path / "merged"
    )
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


def test_engine_bf16_is_rounded_once_and_to_the_nearest(family, tmp_path):
    shapes = {"model.layers.0.mlp.weight": (1000, 700)}
    base, models = family(3, "BF16", shapes=shapes)
    MergeJob(base, models, method=METHODS["metagpt"]).run(tmp_path / "merged")
    _, expected = reference("metagpt", base, models)
    (name,) = shapes
    merged, exact = weights_of(tmp_path / "merged")[name], expected[name]
    once = exact.to(torch.bfloat16)  # torch rounds to fp32 first, which can lead to the wrong side of halfway
    off = merged != once
    assert off.double().mean() < 1e-5
    assert ((merged.double() - exact).abs() <= (once.double() - exact).abs()).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("method", ["metagpt", "average", "ties", "ties-metagpt"])
def test_engine_identical_models_merge_to_themselves(method, dtype, family, tmp_path):
    base, (model,) = family(1, dtype)
    whole = replace(METHODS[method], density=1.0)
    MergeJob(base, [model, model, model], method=whole).run(tmp_path / "merged")
    merged = weights_of(tmp_path / "merged")
    for name, tensor in weights_of(model).items():
        torch.testing.assert_close(merged[name], tensor, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_engine_the_order_of_the_models_does_not_matter(method, family, tmp_path):
    base, models = family(3)
    for name, order in (("one", models), ("other", models[::-1])):
        MergeJob(base, order, method=METHODS[method]).run(tmp_path / name)
    one, other = (weights_of(tmp_path / name) for name in ("one", "other"))
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_engine_threads_and_shards_do_not_change_a_bit(method, tmp_path, family):
    shapes = {f"model.layers.{n}.mlp.weight": (300, 1000 + n) for n in range(3)}
    base, models = family(2, "BF16", shapes=shapes)
    expected = None
    for threads, shard in ((1, 10**9), (2, 700_000), (5, 1)):
        folder = tmp_path / f"merged-{threads}"
        MergeJob(base, models, method=METHODS[method], threads=threads, max_shard_bytes=shard).run(folder)
        merged = weights_of(folder)
        assert (folder / "model.safetensors.index.json").exists() == (shard < 10**9)
        expected = expected or merged
        assert all(torch.equal(tensor, merged[name]) for name, tensor in expected.items())
