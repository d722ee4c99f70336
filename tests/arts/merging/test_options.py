"""Options of a merge: finite numbers in range, and settings by tensor."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
import torch
from helpers.checkpoints import TINY, save, save_adapter, weights_of, wide
from helpers.commands import call

from arts.data.errors import ArtsError
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS
from arts.merging.options import MergeOptions

BAD_NUMBERS = [math.nan, math.inf, -math.inf, 1e39, -1e39, 1e300]


@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_options_a_scale_that_is_no_number_of_fp32_is_refused(number):
    with pytest.raises(ArtsError, match=r"scale is .*; expected a finite number, up to 3\.4e\+38"):
        MergeOptions(scale=number)


@pytest.mark.parametrize("number", BAD_NUMBERS)
@pytest.mark.parametrize("given_by", ["setting", "method"])
def test_options_a_weight_that_is_no_number_of_fp32_is_refused(number, given_by, family, tmp_path):
    base, models = family(2)
    method = METHODS["task-arithmetic"]
    options = MergeOptions(weights=lambda tensor, model, depth: number if "norm" in tensor else 0.5)
    if given_by == "method":
        method, options = replace(method, weight=number), MergeOptions()
    job = MergeJob(base, models, method=method, options=options)
    for start in (job.inspect, lambda: job.run(tmp_path / "merged")):
        with pytest.raises(
            ArtsError, match=r"model-1: its weight for model\.\S+, times the scale, is .*; expected"
        ):
            start()
    assert not (tmp_path / "merged").exists()


def test_options_weight_and_scale_count_together(family, tmp_path):
    base, models = family(1)
    method = replace(METHODS["dare"], weight=1e38)
    with pytest.raises(ArtsError, match=r"times the scale, is 1e\+40; expected"):
        MergeJob(base, models, method=method, options=MergeOptions(scale=100)).run(tmp_path / "merged")


@pytest.mark.parametrize("density", [math.nan, math.inf, -0.1, 1.5])
@pytest.mark.parametrize("method", ["ties", "dare", "ties-metagpt", "dare-metagpt"])
def test_options_a_density_that_is_no_share_is_refused(density, method, family, tmp_path):
    base, models = family(1)
    job = MergeJob(base, models, method=replace(METHODS[method], density=density))
    with pytest.raises(ArtsError, match=r"model-1: its density for model\.\S+ is .*; expected 0 to 1"):
        job.run(tmp_path / "merged")


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e39"])
@pytest.mark.parametrize("option", ["--weight", "--scale", "--density", "--max-shard-size"])
def test_options_of_the_command_line_are_finite(number, option, family, tmp_path):
    base, models = family(1)
    given = (option, number, "--method", "ties") if option == "--density" else (option, number)
    if option == "--weight":
        given += ("--method", "task-arithmetic")
    output = tmp_path / "merged"
    done = call(
        "arts.merge", "--base", base, "--model", models[0], "--output", output, *given, folder=tmp_path
    )
    assert done.returncode == 2
    assert re.search("expected|Invalid value", done.stderr)
    assert "Traceback" not in done.stderr
    assert not output.exists()


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("part", ["model.layers.0.mlp.lora_A.weight", "model.norm.weight"])
def test_options_an_adapter_that_is_not_finite_is_refused(value, part, family, tmp_path):
    base, _ = family(1)
    rows, columns = TINY["model.layers.0.mlp.weight"]
    parts = {
        "model.layers.0.mlp.lora_A.weight": torch.randn(4, columns),
        "model.layers.0.mlp.lora_B.weight": torch.randn(rows, 4),
        "model.norm.weight": torch.ones(24),
    }
    parts[part].view(-1)[7] = value
    adapter = save_adapter(tmp_path / "adapter", parts)
    with pytest.raises(ArtsError, match=r"adapter: model\.\S+weight holds NaN or Inf"):
        MergeJob(base, [adapter]).run(tmp_path / "merged")


SHARES = {"embed_tokens": 0.9, "layers.0": 0.1, "layers.1": 0.6, "norm": 0.0}


def share_of(tensor):
    return next(share for part, share in SHARES.items() if part in tensor)


@pytest.mark.parametrize("by_tensor", [False, True])
@pytest.mark.parametrize("method", ["ties", "dare", "dare-ties"])
def test_options_every_tensor_is_sparsified_by_its_own_density(method, by_tensor, family, tmp_path):
    shapes = {name: (shape[0] * 40, *shape[1:]) for name, shape in TINY.items()}
    base, models = family(2, shapes=shapes)
    options = MergeOptions(
        weights=lambda tensor, model, depth: float(model == 0),
        densities=lambda tensor, model, depth: share_of(tensor) if model == 0 else 0.5,
        by_tensor=by_tensor,
    )
    report = MergeJob(base, models, method=METHODS[method], options=options).run(tmp_path / "merged")
    theta, end, merged = wide(base), wide(models[0]), wide(tmp_path / "merged")
    kept, total = 0.0, 0
    for name, start in theta.items():
        task, share = end[name] - start, share_of(name)
        left = (merged[name] - start).abs() > 1e-9
        if method == "ties":
            assert int(left.sum()) == int(share * task.numel())
            assert not left.any() or task.abs()[left].min() >= task.abs()[~left].max()
        else:
            assert left.double().mean() == pytest.approx(share, abs=0.06)
        kept, total = kept + share * task.numel(), total + task.numel()
    assert report.settings["densities"] == pytest.approx([kept / total, 0.5])
    assert report.models[0].kept == pytest.approx(kept / total, abs=0.02)
    assert {layer.name: layer.densities[0] for layer in report.layers} == pytest.approx(
        {
            name: share_of(name)
            for name in ("model.embed_tokens", "model.layers.0", "model.layers.1", "model.norm")
        }
    )
    assert report.settings["by_tensor"] is True


def test_options_ties_of_one_density_trims_the_whole_model(family, tmp_path):
    base, models = family(1)
    method = replace(METHODS["ties"], density=0.3)
    report = MergeJob(base, models, method=method).run(tmp_path / "merged")
    task = torch.cat([(wide(models[0])[name] - t).flatten() for name, t in wide(base).items()])
    left = torch.cat([(wide(tmp_path / "merged")[name] - t).flatten() for name, t in wide(base).items()])
    assert int((left.abs() > 1e-9).sum()) == int(0.3 * len(task))
    assert report.settings["by_tensor"] is False


def test_options_weights_by_tensor_are_in_the_model_and_in_the_report(family, tmp_path):
    base, models = family(2)
    options = MergeOptions(weights=lambda tensor, model, depth: share_of(tensor) + model)
    report = MergeJob(base, models, method=METHODS["task-arithmetic"], options=options).run(
        tmp_path / "merged"
    )
    theta, (one, two) = wide(base), (wide(model) for model in models)
    for name, tensor in wide(tmp_path / "merged").items():
        share = share_of(name)
        exact = theta[name] + share * (one[name] - theta[name]) + (share + 1) * (two[name] - theta[name])
        torch.testing.assert_close(tensor, exact, rtol=1e-6, atol=1e-7)
    for layer in report.layers:
        assert layer.coefficients == pytest.approx([share_of(layer.name), share_of(layer.name) + 1])


def test_options_depth_goes_by_the_stack_of_layers(tmp_path):
    names = [
        f"{stack}.{n}.weight"
        for stack, count in (("encoder.block", 3), ("decoder.block", 2))
        for n in range(count)
    ]
    names += ["shared.weight", "pooler.0.weight"]
    depths = {}

    def note(tensor, model, depth):
        depths[tensor] = depth
        return 0.5

    folders = [
        save(tmp_path / str(seed), {name: torch.full((4,), float(seed)) for name in names}) for seed in (1, 2)
    ]
    options = MergeOptions(weights=note)
    MergeJob(folders[0], folders[1:], method=METHODS["task-arithmetic"], options=options).run(
        tmp_path / "merged"
    )
    assert [depths[name] for name in names] == [0, 0.5, 1, 0, 1, 0, 1]
    assert weights_of(tmp_path / "merged")["shared.weight"].tolist() == [1.5] * 4
