"""TRIM and DARE."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from helpers.checkpoints import (
    wide,
)

from arts.merging.job import MergeJob
from arts.merging.methods import METHODS
from arts.merging.options import MergeOptions


def test_sparsify_dare_keeps_its_share_scales_it_and_draws_each_model_anew(family, tmp_path):
    shapes = {"model.layers.0.mlp.weight": (500, 400)}
    base, models = family(2, shapes=shapes)
    method = replace(METHODS["dare"], density=0.25, weight=1.0)
    (name,) = shapes
    theta, tasks = wide(base)[name], []
    for seed in (0, 0, 1):
        folder = tmp_path / f"merged-{len(tasks)}"
        MergeJob(base, models[:1], method=method, options=MergeOptions(seed=seed)).run(folder)
        tasks.append(wide(folder)[name] - theta)
    assert torch.equal(tasks[0], tasks[1])
    assert not torch.equal(tasks[0], tasks[2])
    full = wide(models[0])[name] - theta
    kept = tasks[0].abs() > 1e-9
    assert kept.double().mean() == pytest.approx(0.25, abs=0.005)
    torch.testing.assert_close(tasks[0][kept], 4 * full[kept], rtol=1e-4, atol=1e-7)
    report = MergeJob(base, models, method=method).run(tmp_path / "both")
    both = wide(tmp_path / "both")[name] - theta
    alike = (both.abs() > 1e-9).double().mean()
    assert alike == pytest.approx(1 - 0.75**2, abs=0.005)  # masks of two models are independent
    assert [entry.kept for entry in report.models] == pytest.approx([0.25, 0.25], abs=0.02)


def test_sparsify_by_tensor_does_what_mergekit_does(family, tmp_path):
    base, models = family(1)
    theta, end = wide(base), wide(models[0])
    trim = replace(METHODS["ties"], density=0.5)
    MergeJob(base, models, method=trim, options=MergeOptions(by_tensor=True)).run(tmp_path / "ties")
    drop = replace(METHODS["dare"], density=0.5, weight=1.0)
    MergeJob(base, models, method=drop, options=MergeOptions(by_tensor=True)).run(tmp_path / "dare")
    trimmed, dropped = wide(tmp_path / "ties"), wide(tmp_path / "dare")
    for name, start in theta.items():
        task = end[name] - start
        left = (trimmed[name] - start).abs() > 1e-9
        assert int(left.sum()) == task.numel() // 2
        assert task.abs()[left].min() >= task.abs()[~left].max()
        assert (dropped[name] - start).abs().sum() == pytest.approx(float(task.abs().sum()), rel=1e-4)
