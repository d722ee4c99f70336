"""Adapters that peft makes: merged as peft merges them, or refused by name."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
from pathlib import Path

import pytest
import torch
import transformers
from helpers.checkpoints import weights_of

from arts.data.errors import ArtsError
from arts.merging.checkpoints.lora_settings import _IRRELEVANT, _VARIANTS, LoraSettings
from arts.merging.checkpoints.orientation import CONV1D_MODELS
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS

peft = pytest.importorskip("peft")
pytestmark = pytest.mark.filterwarnings("ignore")

SHAPE = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
QUERY = {"target_modules": ["q_proj"]}
DOES_NOT_FIT = "which altered the base when the adapter was made"


def llama():
    config = transformers.LlamaConfig(
        vocab_size=40, num_key_value_heads=1, attention_bias=True, tie_word_embeddings=False, **SHAPE
    )
    return transformers.LlamaForCausalLM(config)


def tied_llama():
    config = transformers.LlamaConfig(vocab_size=40, num_key_value_heads=1, tie_word_embeddings=True, **SHAPE)
    return transformers.LlamaForCausalLM(config)


def gpt2():
    config = transformers.GPT2Config(
        vocab_size=40, n_embd=16, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0
    )
    return transformers.GPT2LMHeadModel(config)


def bert():
    config = transformers.BertConfig(vocab_size=40, num_labels=3, **SHAPE)
    return transformers.BertForSequenceClassification(config)


def mixtral():
    config = transformers.MixtralConfig(
        vocab_size=40, num_key_value_heads=1, num_local_experts=2, tie_word_embeddings=False, **SHAPE
    )
    return transformers.MixtralForCausalLM(config)


def vision():
    config = transformers.ViTConfig(image_size=8, patch_size=4, **SHAPE)
    return transformers.ViTModel(config, add_pooling_layer=False)


def skip_if_unknown(settings):
    """Skip a test of what only later versions of peft have."""
    fields = peft.LoraConfig.__dataclass_fields__
    initialisation = str(settings.get("init_lora_weights", True)).partition("_")[0]
    unknown = settings.keys() - fields.keys()
    if initialisation not in ("True", "False") and initialisation not in str(
        fields["init_lora_weights"].type
    ):
        unknown.add(initialisation)
    if unknown:
        pytest.skip(f"peft {peft.__version__} has no {', '.join(sorted(unknown))}")


class Adapted:
    """A base in a folder, an adapter of peft in another, and the weights of peft's own merge."""

    def __init__(self, make_model, settings, tmp_path, *, dtype=torch.float32):
        skip_if_unknown(settings)
        torch.manual_seed(0)
        model = make_model().to(dtype)
        self.base, self.folder = str(tmp_path / "base"), str(tmp_path / "adapter")
        model.save_pretrained(self.base)
        adapted = peft.get_peft_model(copy.deepcopy(model), peft.LoraConfig(r=4, lora_alpha=6, **settings))
        for weight in adapted.parameters():
            if weight.requires_grad:
                weight.data += 0.1 * torch.randn_like(weight)
        adapted.save_pretrained(self.folder)
        self.adapted = adapted

    def change_settings(self, **settings):
        path = Path(self.folder, "adapter_config.json")
        path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))

    def check(self, tmp_path, *, rtol=1e-5):
        """Merge with coefficient 1, and compare with what peft merges."""
        merged_here = self.run(tmp_path)
        self.adapted.merge_and_unload().save_pretrained(tmp_path / "by-peft")
        merged_by_peft = weights_of(tmp_path / "by-peft")
        assert merged_here.keys() == merged_by_peft.keys()
        for name, tensor in merged_by_peft.items():
            torch.testing.assert_close(
                merged_here[name], tensor, rtol=rtol, atol=1e-5 if rtol < 1e-4 else 1e-3
            )
        start = weights_of(self.base)
        assert any(not torch.equal(tensor, start[name]) for name, tensor in merged_here.items())

    def run(self, tmp_path):
        MergeJob(self.base, [self.folder], method=METHODS["metagpt"]).run(tmp_path / "merged")
        return weights_of(tmp_path / "merged")


@pytest.mark.parametrize(
    ("make_model", "settings"),
    [
        (llama, QUERY),
        (llama, {"target_modules": "all-linear", "lora_dropout": 0.1}),
        (llama, {**QUERY, "use_rslora": True}),
        (
            llama,
            {
                "target_modules": ["q_proj", "v_proj", "down_proj"],
                "rank_pattern": {"layers.1.self_attn.q_proj": 2, "down_proj": 8},
                "alpha_pattern": {
                    r"model\.layers\.0\.self_attn\.v_proj": 32,
                    "^model.layers.1.mlp.down_proj": 3,
                },
                "use_rslora": True,
            },
        ),
        (llama, {**QUERY, "init_lora_weights": False}),
        (llama, {**QUERY, "init_lora_weights": "gaussian"}),
        (llama, {**QUERY, "init_lora_weights": "eva"}),
        (llama, {**QUERY, "init_lora_weights": "orthogonal"}),
        (llama, {**QUERY, "init_lora_weights": "mica"}),
        (llama, {**QUERY, "bias": "all"}),
        (llama, {**QUERY, "bias": "lora_only"}),
        (llama, {**QUERY, "modules_to_save": ["lm_head", "norm"]}),
        (llama, {"target_modules": ["q_proj", "lm_head"]}),
        (llama, {"target_modules": ["embed_tokens", "q_proj"]}),
        (llama, {"target_modules": "all-linear", "exclude_modules": ["q_proj"]}),
        (llama, {**QUERY, "layers_to_transform": [1]}),
        (tied_llama, {"target_modules": ["embed_tokens"]}),
        (gpt2, {"target_modules": ["c_attn", "c_proj", "c_fc"]}),
        (gpt2, {"target_modules": ["wte", "attn.c_proj"], "bias": "all"}),
        (bert, {"target_modules": ["query", "dense"], "bias": "all", "modules_to_save": ["classifier"]}),
        (bert, {"target_modules": ["query"], "task_type": "SEQ_CLS"}),
        (mixtral, {"target_modules": ["q_proj", "v_proj"]}),
    ],
)
def test_peft_variants_are_merged_as_peft_merges_them(make_model, settings, tmp_path):
    Adapted(make_model, settings, tmp_path).check(tmp_path)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_peft_variants_in_half_precision_are_as_close_as_their_rounding(dtype, tmp_path):
    Adapted(llama, {"target_modules": "all-linear"}, tmp_path, dtype=dtype).check(tmp_path, rtol=2**-6)


@pytest.mark.parametrize(
    ("make_model", "settings", "message"),
    [
        (llama, {**QUERY, "init_lora_weights": "pissa"}, f'"pissa", {DOES_NOT_FIT}.* path_initial_model_for'),
        (llama, {**QUERY, "init_lora_weights": "pissa_niter_4"}, f'"pissa_niter_4", {DOES_NOT_FIT}'),
        (llama, {**QUERY, "init_lora_weights": "olora"}, f'"olora", {DOES_NOT_FIT}'),
        (llama, {**QUERY, "use_dora": True}, r"asks for DoRA \(use_dora\), which cannot be merged here"),
        (llama, {**QUERY, "lora_bias": True}, r"asks for LoRA on biases \(lora_bias\)"),
        (
            llama,
            {**QUERY, "trainable_token_indices": [1, 2]},
            "asks for single tokens .*trainable_token_indices",
        ),
        (
            llama,
            {**QUERY, "layer_replication": [[0, 2], [1, 2]]},
            r"layers that are repeated \(layer_replication",
        ),
        (mixtral, {"target_modules": [], "target_parameters": ["experts.gate_up_proj"]}, "target_parameters"),
        (vision, {"target_modules": ["projection"]}, "is LoRA on a convolution, which cannot be merged here"),
    ],
)
def test_peft_variants_that_are_no_difference_to_the_base_are_refused(
    make_model, settings, message, tmp_path
):
    adapted = Adapted(make_model, settings, tmp_path)
    with pytest.raises(ArtsError, match=message):
        adapted.run(tmp_path)


@pytest.mark.parametrize("kind", sorted(set(peft.PeftType) - {peft.PeftType.LORA}))
def test_peft_variants_of_other_kinds_are_refused_by_name(kind, family, tmp_path):
    base, _ = family(1)
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": kind.value}))
    with pytest.raises(ArtsError, match=f"an adapter of the kind {kind.value}; expected LORA"):
        MergeJob(base, [str(folder)]).run(tmp_path / "merged")


def test_peft_variants_pissa_that_was_converted_is_merged(tmp_path):
    torch.manual_seed(0)
    model = llama()
    model.save_pretrained(tmp_path / "base")
    settings = peft.LoraConfig(r=4, **QUERY, init_lora_weights="pissa")
    adapted = peft.get_peft_model(copy.deepcopy(model), settings)
    adapted.peft_config["default"].init_lora_weights = True
    adapted.save_pretrained(tmp_path / "start")
    adapted.peft_config["default"].init_lora_weights = "pissa"
    for name, weight in adapted.named_parameters():
        if ".lora_" in name:
            weight.data += 0.1 * torch.randn_like(weight)
    adapted.save_pretrained(
        tmp_path / "adapter", path_initial_model_for_weight_conversion=str(tmp_path / "start")
    )
    MergeJob(str(tmp_path / "base"), [str(tmp_path / "adapter")]).run(tmp_path / "merged")
    adapted.set_adapter("default")
    for name, tensor in adapted.merge_and_unload().state_dict().items():
        torch.testing.assert_close(weights_of(tmp_path / "merged")[name], tensor, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("make_model", "target", "flag"),
    [(gpt2, "attn.c_proj", False), (gpt2, "c_attn", False), (llama, "q_proj", True), (llama, "k_proj", True)],
)
def test_peft_variants_the_type_of_a_layer_counts_and_not_fan_in_fan_out(make_model, target, flag, tmp_path):
    adapted = Adapted(make_model, {"target_modules": [target]}, tmp_path)
    adapted.change_settings(fan_in_fan_out=flag)
    adapted.check(tmp_path)


def test_peft_variants_a_square_weight_of_a_model_that_is_not_known(tmp_path):
    adapted = Adapted(llama, QUERY, tmp_path)
    path = Path(adapted.base, "config.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "model_type": "own"}))
    adapted.change_settings(fan_in_fan_out=True)
    with pytest.raises(ArtsError, match=r"of model_type own.*q_proj\.weight, which is square.* is uncertain"):
        adapted.run(tmp_path)
    adapted.change_settings(fan_in_fan_out=False)
    adapted.check(tmp_path)


def test_peft_variants_every_setting_of_peft_is_known():
    known = {*_IRRELEVANT, *_VARIANTS, *LoraSettings.model_fields, "peft_type"}
    assert {field.name for field in dataclasses.fields(peft.LoraConfig)} <= known


def test_peft_variants_all_models_of_transformers_with_conv1d_are_known():
    models = Path(transformers.__file__).parent / "models"
    folders = {
        path.parent.name.replace("openai", "openai-gpt")
        for path in models.glob("*/modeling_*.py")
        if re.search(r"[^a-zA-Z]Conv1D\(\w", path.read_text("utf-8"))
    }
    assert folders <= CONV1D_MODELS
