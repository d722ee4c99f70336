"""Types of numbers that cannot be merged, and quantised models."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from helpers.checkpoints import TINY, altered_copy, check_refused, save_adapter, weights_of
from safetensors.torch import save_file

from arts.merging.job import MergeJob
from arts.merging.methods import METHODS

WEIGHT = "model.layers.0.mlp.weight"
OTHER_TYPES = {
    "F64": torch.float64,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I8": torch.int8,
    "U8": torch.uint8,
    "I32": torch.int32,
    "I64": torch.int64,
    "BOOL": torch.bool,
}


def convert(folder, dtype):
    """Store one weight of a model in another type, in place."""
    weights = weights_of(folder)
    save_file(weights | {WEIGHT: weights[WEIGHT].to(dtype)}, Path(folder, "model.safetensors"))


def adapter(tmp_path, **more):
    rows, columns = TINY[WEIGHT]
    module = WEIGHT.removesuffix(".weight")
    parts = {
        f"{module}.lora_A.weight": torch.randn(4, columns),
        f"{module}.lora_B.weight": torch.randn(rows, 4),
    }
    return save_adapter(tmp_path / "adapter", parts | more)


@pytest.mark.parametrize("dtype", OTHER_TYPES)
def test_comparison_an_adapter_on_a_type_that_cannot_be_merged_is_refused(dtype, family, tmp_path):
    base, _ = family(1)
    convert(base, OTHER_TYPES[dtype])
    check_refused(
        rf"adapter: is to change tensors that are stored as {dtype}, .* convert them .*: {WEIGHT}$",
        base,
        [adapter(tmp_path)],
        tmp_path,
    )


@pytest.mark.parametrize("dtype", ["F64", "F8_E4M3", "F8_E5M2"])
@pytest.mark.parametrize("holder", ["base", "model", "both"])
def test_comparison_floats_of_other_types_are_refused(dtype, holder, family, tmp_path):
    base, models = family(1)
    for folder in {"base": [base], "model": models, "both": [base, *models]}[holder]:
        convert(folder, OTHER_TYPES[dtype])
    check_refused(f"is to change tensors that are stored as {dtype}, ", base, models, tmp_path)


@pytest.mark.parametrize("dtype", ["I8", "U8", "I32", "I64"])
def test_comparison_integers_that_differ_are_refused(dtype, family, tmp_path):
    base, models = family(1)
    for scale, folder in ((1, base), (60, models[0])):
        weights = weights_of(folder)
        codes = (weights[WEIGHT] * scale).abs().to(OTHER_TYPES[dtype])
        save_file(weights | {WEIGHT: codes}, Path(folder, "model.safetensors"))
    message = rf"{WEIGHT} \({dtype}\) differs from the base's and cannot be averaged"
    check_refused(message, base, models, tmp_path)


@pytest.mark.parametrize("dtype", OTHER_TYPES)
def test_comparison_tensors_of_other_types_are_copied_where_all_are_equal(dtype, family, tmp_path):
    base, models = family(1)
    same = weights_of(base)[WEIGHT].abs().to(OTHER_TYPES[dtype])
    for folder in (base, models[0]):
        save_file(weights_of(folder) | {WEIGHT: same}, Path(folder, "model.safetensors"))
    MergeJob(base, models, method=METHODS["metagpt"]).run(tmp_path / "merged")
    merged = weights_of(tmp_path / "merged")[WEIGHT]
    assert merged.dtype == OTHER_TYPES[dtype]
    assert torch.equal(merged.view(torch.uint8), same.view(torch.uint8))


@pytest.mark.parametrize("dtype", ["F64", "I8", "F8_E4M3"])
@pytest.mark.parametrize("part", ["lora_A", "saved"])
def test_comparison_an_adapter_in_another_type_is_refused(dtype, part, family, tmp_path):
    base, _ = family(1)
    more = {"model.norm.weight": torch.ones(24)} if part == "saved" else {}
    folder = Path(adapter(tmp_path, **more))
    weights = weights_of(folder)
    name = next(name for name in weights if ("norm" if part == "saved" else "lora_A") in name)
    save_file(weights | {name: weights[name].to(OTHER_TYPES[dtype])}, folder / "adapter_model.safetensors")
    message = rf'adapter_model\.safetensors: "{name}" is {dtype}; expected F32, F16, BF16'
    check_refused(message, base, [str(folder)], tmp_path)


@pytest.mark.parametrize(
    ("config", "method"),
    [
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "gptq"),
        ({"quantization_config": {"quant_method": "awq", "bits": 4}}, "awq"),
        (
            {"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}},
            "bitsandbytes, 4 bits",
        ),
        ({"quantization_config": {"load_in_8bit": True, "load_in_4bit": False}}, "bitsandbytes, 8 bits"),
        ({"quantization_config": {"quant_method": "compressed-tensors"}}, "compressed-tensors"),
        ({"quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}}, "fp8"),
        ({"quantization_config": {"quant_method": "mxfp4"}}, "mxfp4"),
        ({"quantization_config": {"quant_algo": "NVFP4"}}, "NVFP4"),
        ({"quantization_config": {"bits": 3}}, "3 bits"),
        ({"compression_config": {"format": "pack-quantized"}}, "pack-quantized"),
        ({"quantization": {"group_size": 64, "bits": 4}}, "4 bits"),
        ({"text_config": {"quantization_config": {"quant_method": "hqq"}}}, "hqq"),
    ],
)
@pytest.mark.parametrize("holder", ["base", "model", "base of an adapter"])
def test_comparison_a_quantised_model_is_refused_by_its_method(config, method, holder, family, tmp_path):
    base, models = family(1)
    quantised = altered_copy(models[0] if holder == "model" else base, tmp_path, "quantised", config)
    start, end = {
        "base": lambda: (quantised, models[0]),
        "model": lambda: (base, quantised),
        "base of an adapter": lambda: (quantised, adapter(tmp_path)),
    }[holder]()
    message = rf"quantised: is quantised \({method}, by its config\.json\).* dequantise it first"
    check_refused(message, start, [end], tmp_path)


def test_comparison_an_adapter_of_a_classifier_head_that_the_base_lacks(family, tmp_path):
    base, _ = family(1)
    head = save_adapter(tmp_path / "head", {"classifier.weight": torch.randn(3, 24)})
    check_refused(
        r"head: another classifier head \(classifier\.weight; labels unnamed", base, [head], tmp_path
    )
