"""LoRA adapters."""

from __future__ import annotations

import pytest
import torch
from helpers.checkpoints import (
    TINY,
    save,
    save_adapter,
    weights_of,
)

from arts.data.errors import ArtsError
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS


@pytest.mark.parametrize("transposed", [False, True])
def test_lora_adapter_is_its_product(transposed, family, tmp_path):
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
        MergeJob(base, [model, other], method=METHODS["metagpt"]).run(tmp_path / name)
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
def test_lora_adapter_that_does_not_fit_is_one_clear_error(parts, further, message, family, tmp_path):
    base, _ = family(1)
    adapter = save_adapter(
        tmp_path / "adapter", {name: torch.randn(shape) for name, shape in parts.items()}, **further
    )
    with pytest.raises(ArtsError, match=message):
        MergeJob(base, [adapter], method=METHODS["metagpt"]).run(tmp_path / "merged")
