"""Merged weights against the formulas in fp64, rounded once: no element differs, of any type or model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
import transformers
from helpers.checkpoints import DTYPES, random_weights, save, weights_of
from helpers.exact_merges import exact_merge, round_once

from arts.merging.job import MergeJob
from arts.merging.methods import METHODS
from arts.merging.options import MergeOptions
from arts.merging.plan import MergeError
from arts.merging.policies import HeadPolicy

SHAPE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
GATED = {**SHAPE, "intermediate_size": 48, "num_key_value_heads": 2, "vocab_size": 90}
ARCHITECTURES = {
    "Llama": lambda t: t.LlamaForCausalLM(t.LlamaConfig(**GATED)),
    "Qwen2 tied": lambda t: t.Qwen2ForCausalLM(t.Qwen2Config(**GATED, tie_word_embeddings=True)),
    "GPT-2": lambda t: t.GPT2LMHeadModel(t.GPT2Config(n_embd=32, n_layer=2, n_head=2, vocab_size=90)),
    "BERT classifier": lambda t: t.BertForSequenceClassification(
        t.BertConfig(**SHAPE, intermediate_size=48, vocab_size=90, num_labels=3)
    ),
    "Mixtral": lambda t: t.MixtralForCausalLM(t.MixtralConfig(**GATED, num_local_experts=2)),
    "T5": lambda t: t.T5ForConditionalGeneration(
        t.T5Config(d_model=32, d_kv=16, d_ff=48, num_layers=2, num_heads=2, vocab_size=90)
    ),
    "ModernBERT": lambda t: t.ModernBertForMaskedLM(
        t.ModernBertConfig(**SHAPE, intermediate_size=48, vocab_size=90, pad_token_id=0)
    ),
}
# What rounding goes wrong on: rows of the base and of three models, in units of a tensor's elements.
HARD = {
    "halfway": [(256, 257, 256, 256), (256, 256, 257, 257), (1, 1.0078125, 1, 1), (3, 8, 8, 8)],
    "cancelling": [(0.9, -0.1, -0.1, -0.1), (1, -1, -1, -1), (1, 3, -2, -1), (0, 0.3, -0.2, -0.1)],
    "tiny": [(1e-40, 2e-40, -3e-40, 1e-39), (0, 1e-38, 1.2e-38, 3e-39), (6e-8, 1.2e-7, -6e-8, 3e-7)],
    "of far apart sizes": [(1e-30, 1, -1, 1e-20), (1, 1e-30, 1, 1), (300, 1e-4, 300, 299), (1e4, 1, 3, 1e4)],
    "zeros": [(0, 0, 0, 0), (-0.0, -0.0, -0.0, -0.0), (0, -0.0, 0, -0.0), (1, 0, -0.0, 1), (0, 1, -1, 0)],
}


def make_family(folder, make_model, dtype):
    """A base and three models that were trained from it, by little, with hard numbers in every tensor."""
    rows = torch.tensor([row for group in HARD.values() for row in group], dtype=torch.float64)
    folders = []
    for number in range(4):
        torch.manual_seed(0)
        model = make_model(transformers).to(DTYPES[dtype])
        torch.manual_seed(number)
        with torch.no_grad():
            for weight in model.parameters():
                weight += 0.01 * min(number, 1) * torch.randn_like(weight)
                flat = weight.view(-1)
                flat[: len(rows)] = rows[:, number].to(weight.dtype)[: len(flat)]
                count = len(flat) // 4 + 1  # whole numbers: many results are halfway, or cancel
                flat[-count:] = torch.randint(-9, 9, (count,)).to(weight.dtype)
        folders.append(str(folder / str(number)))
        model.save_pretrained(folders[-1])
    return folders[0], folders[1:]


def check_rounded_once(method, base, models, folder, *, dtype, **options):
    report = MergeJob(base, models, method=METHODS[method], options=MergeOptions(**options)).run(folder)
    exact = exact_merge(method, base, models, report, scale=options.get("scale", 1.0))
    merged = weights_of(folder)
    assert merged.keys() == exact.keys()
    for name, tensor in merged.items():
        assert tensor.dtype == DTYPES[dtype]
        expected, found = round_once(exact[name], dtype), tensor.double().numpy()
        off = (found != expected) | (np.signbit(found) != np.signbit(expected))
        assert np.count_nonzero(off) == 0, f"{name}: {found[off][:3]}, expected {expected[off][:3]}"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_exactness_every_method_gives_the_fp64_formula_rounded_once(architecture, dtype, tmp_path):
    base, models = make_family(tmp_path, ARCHITECTURES[architecture], dtype)
    for method in METHODS:
        check_rounded_once(method, base, models, tmp_path / method, dtype=dtype)


@pytest.mark.parametrize("scale", [0.5, -1.7, 3e4])
@pytest.mark.parametrize("method", METHODS)
def test_exactness_holds_of_tensors_of_many_blocks_and_for_any_scale(method, scale, family, tmp_path):
    base, models = family(
        3, "BF16", shapes={"model.layers.0.mlp.weight": (300, 701), "model.norm.weight": (7,)}
    )
    check_rounded_once(method, base, models, tmp_path / "merged", dtype="BF16", scale=scale)


@pytest.mark.parametrize(
    "dtypes", [("BF16", "F32"), ("BF16", "F16"), ("F16", "F32", "BF16"), ("F32", "BF16")]
)
def test_exactness_holds_where_models_are_of_other_types_than_the_base(dtypes, family, tmp_path):
    base, models = family(3, *dtypes)
    for method in METHODS:
        check_rounded_once(method, base, models, tmp_path / method, dtype=dtypes[0])


@pytest.mark.parametrize("dtype", DTYPES)
def test_exactness_of_the_coefficients_of_metagpt(dtype, family, tmp_path):
    base, models = family(3, dtype)
    report = MergeJob(base, models, method=METHODS["metagpt"]).inspect()
    theta = weights_of(base)
    squares = [
        sum(
            float(((tensor.double() - theta[name].double()) ** 2).sum())
            for name, tensor in weights_of(m).items()
        )
        for m in models
    ]
    expected = [square / sum(squares) for square in squares]
    assert [entry.coefficient for entry in report.models] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("size", [1e30, 1e-30])
@pytest.mark.parametrize("dtype", ["F32", "BF16"])
def test_exactness_holds_of_numbers_whose_squares_fp32_does_not_hold(dtype, size, tmp_path):
    folders = [
        save(tmp_path / str(n), {"w": size * (random_weights(0)["model.norm.weight"] + n)}, dtype)
        for n in range(3)
    ]
    for method in METHODS:
        check_rounded_once(method, folders[0], folders[1:], tmp_path / method, dtype=dtype)


LARGEST = {"F32": 3.4028234663852886e38, "F16": 65504.0, "BF16": 3.3895313892515355e38}
STEP = {"F32": 2.0**104, "F16": 32.0, "BF16": 2.0**120}  # from the largest number to the one below it


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_exactness_what_is_too_large_for_its_type_is_an_error_that_names_the_tensor(method, dtype, tmp_path):
    count = 4096  # enough for DARE to keep some
    base, model = (
        save(
            tmp_path / name,
            {"a": torch.ones(3), "too.large": torch.full((count,), sign * LARGEST[dtype] / 2)},
            dtype,
        )
        for name, sign in (("base", 1), ("model", -1))
    )
    options = MergeOptions(scale=-4, weights=lambda *_: 1.0)
    with pytest.raises(MergeError, match=rf"too\.large: a merged number is too large for {dtype}"):
        MergeJob(base, [model, model], method=METHODS[method], options=options).run(tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


@pytest.mark.parametrize("dtype", DTYPES)
def test_exactness_numbers_that_are_rounded_to_the_largest_are_written_and_larger_ones_are_not(
    dtype, tmp_path
):
    base = save(tmp_path / "base", {"w": torch.tensor([LARGEST[dtype]])}, dtype)
    model = save(tmp_path / "model", {"w": torch.tensor([LARGEST[dtype] - STEP[dtype]])}, dtype)
    method = replace(METHODS["task-arithmetic"], weight=-0.49)  # the largest and 0.49 steps
    MergeJob(base, [model], method=method).run(tmp_path / "merged")
    assert weights_of(tmp_path / "merged")["w"].double().item() == LARGEST[dtype]
    with pytest.raises(MergeError, match=f"w: a merged number is too large for {dtype}"):
        MergeJob(base, [model], method=replace(method, weight=-0.5)).run(tmp_path / "other")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("broken", ["base", "model"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_exactness_nan_and_inf_in_a_model_are_errors_that_name_the_tensor(dtype, broken, value, tmp_path):
    folders = {}
    for name in ("base", "model"):
        weights = random_weights(len(name))
        if name == broken:
            weights["model.norm.weight"][3] = value
        folders[name] = save(tmp_path / name, weights, dtype)
    for method in METHODS:
        with pytest.raises(MergeError, match=rf"{broken}: model\.norm\.weight holds NaN or Inf"):
            MergeJob(folders["base"], [folders["model"]], method=METHODS[method]).run(tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_exactness_a_tensor_that_is_copied_to_a_narrower_type_is_checked_too(tmp_path):
    head = {"classifier.weight": torch.full((3, 24), 1e6)}
    base = save(tmp_path / "base", random_weights(0) | head)
    model = save(tmp_path / "model", random_weights(1) | {"classifier.weight": torch.ones(2, 24)})
    with pytest.raises(
        MergeError, match=r"classifier\.weight: .*too large for F16 .*--dtype bfloat16 or float32"
    ):
        MergeJob(base, [model], head=HeadPolicy.KEEP_BASE, dtype="F16").run(tmp_path / "merged")
