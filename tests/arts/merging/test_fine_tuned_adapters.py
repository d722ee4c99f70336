"""Merges of adapters as people have them: outputs are those of merging the same tensors by hand."""

from __future__ import annotations

import copy
import json

import pytest
import torch
import transformers
from helpers.checkpoints import check_refused, weights_of
from helpers.fine_tunes import (
    body,
    body_weights,
    coefficients,
    fine_tuned,
    hand_merged,
    logits,
    merge_folders,
    names_of_tensorflow,
    publish,
    tiny,
    without_prefix,
)
from safetensors.torch import save_file

from arts.merging.policies import HeadPolicy

peft = pytest.importorskip("peft")
pytestmark = pytest.mark.filterwarnings("ignore")

LABELS = {"num_labels": 3}

ADAPTERS = {
    "a head that is saved": {"target_modules": ["query", "value"], "task_type": "SEQ_CLS"},
    "all linear maps": {"target_modules": "all-linear", "task_type": "SEQ_CLS"},
    "all biases": {"target_modules": ["query"], "bias": "all", "task_type": "SEQ_CLS"},
    "biases of what is adapted": {"target_modules": ["query"], "bias": "lora_only", "task_type": "SEQ_CLS"},
    "word embeddings": {"target_modules": ["word_embeddings", "key"], "task_type": "SEQ_CLS"},
    "a saved norm": {
        "target_modules": ["query"],
        "modules_to_save": ["classifier", "LayerNorm"],
        "task_type": "SEQ_CLS",
    },
    "patterns of names in the adapter": {
        "target_modules": ["query", "key"],
        "alpha_pattern": {r"bert\.encoder\.layer\.0\.attention\.self\.key": 32},
        "task_type": "SEQ_CLS",
    },
}


def adapted(model, folder, seed, **settings):
    """Train an adapter on a copy of a model, save it, and return the model that peft merges."""
    torch.manual_seed(seed)
    wrapped = peft.get_peft_model(copy.deepcopy(model), peft.LoraConfig(r=4, lora_alpha=6, **settings))
    for weight in wrapped.parameters():
        if weight.requires_grad:
            weight.data += 0.1 * torch.randn_like(weight)
    wrapped.save_pretrained(folder)
    return wrapped.merge_and_unload()


@pytest.mark.parametrize("settings", ADAPTERS.values(), ids=ADAPTERS)
@pytest.mark.parametrize(
    "rename",
    [None, lambda name: without_prefix(names_of_tensorflow(name))],
    ids=["names of today", "old names"],
)
def test_fine_tunes_adapters_of_classifiers(settings, rename, tmp_path):
    base = tiny("bert", "BertForPreTraining")
    start = publish(base, tmp_path / "base", rename=rename)
    model = tiny("bert", "BertForSequenceClassification", 1, **LABELS)
    body(model).load_state_dict(body_weights(base))
    folders = [str(tmp_path / f"adapter-{n}") for n in (0, 1)]
    models = [adapted(model, folder, n, **settings) for n, folder in enumerate(folders)]
    check_refused("--head first .*keep-base or drop settles it", start, folders, tmp_path)
    report, folder = merge_folders(start, folders, tmp_path, head=HeadPolicy.FIRST)
    by_hand = hand_merged(base, models, coefficients(report), into=models[0])
    loaded = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    assert type(loaded) is transformers.BertForSequenceClassification
    torch.testing.assert_close(logits(loaded.eval()), logits(by_hand), rtol=1e-4, atol=1e-5)
    assert bool(report.models[0].renamed) == bool(rename)


def test_fine_tunes_adapters_of_a_language_model_that_classify(tmp_path):
    base = tiny("llama", "LlamaForCausalLM")
    model = fine_tuned(base, "LlamaForSequenceClassification", 1, **LABELS)
    body(model).load_state_dict(body_weights(base))
    settings = {"target_modules": ["q_proj", "down_proj"], "task_type": "SEQ_CLS"}
    folders = [str(tmp_path / f"adapter-{n}") for n in (0, 1)]
    models = [adapted(model, folder, n, **settings) for n, folder in enumerate(folders)]
    report, folder = merge_folders(
        publish(base, tmp_path / "base"), folders, tmp_path, method="average", head=HeadPolicy.FIRST
    )
    loaded = transformers.AutoModelForSequenceClassification.from_pretrained(folder, pad_token_id=0)
    by_hand = hand_merged(base, models, coefficients(report), into=models[0])
    torch.testing.assert_close(logits(loaded.eval()), logits(by_hand), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        {"target_modules": ["q_proj", "lm_head"]},
        {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]},
        {"target_modules": ["lm_head", "embed_tokens"]},
    ],
    ids=["lora", "saved", "both embeddings"],
)
@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_fine_tunes_adapters_that_change_the_output_embeddings_of_a_tied_base(kind, settings, tmp_path):
    class_name = {"llama": "LlamaForCausalLM", "gpt2": "GPT2LMHeadModel"}[kind]
    names = {"q_proj": "c_attn", "embed_tokens": "wte"} if kind == "gpt2" else {}
    base = tiny(kind, class_name, tie_word_embeddings=True)
    settings = settings | {"target_modules": [names.get(name, name) for name in settings["target_modules"]]}
    start = publish(base, tmp_path / "base")
    untied = copy.deepcopy(base)
    untied.lm_head.weight = torch.nn.Parameter(base.lm_head.weight.data.clone())
    folders = [str(tmp_path / f"adapter-{n}") for n in (0, 1)]
    for n, folder in enumerate(folders):
        adapted(base, folder, n, fan_in_fan_out=kind == "gpt2", **settings)
    # peft itself would add what is for one of the tied embeddings to the other, too
    models = [
        peft.PeftModel.from_pretrained(copy.deepcopy(untied), folder).merge_and_unload() for folder in folders
    ]
    report, folder = merge_folders(start, folders, tmp_path)
    by_hand = hand_merged(base, models, coefficients(report), into=untied)
    theta = base.lm_head.weight.data
    by_hand.lm_head.weight.data = theta + sum(
        c * (model.lm_head.weight.data - theta) for c, model in zip(coefficients(report), models, strict=True)
    )
    loaded = getattr(transformers, class_name).from_pretrained(folder)
    torch.testing.assert_close(logits(loaded.eval()), logits(by_hand), rtol=1e-4, atol=1e-5)
    assert json.loads((folder / "config.json").read_text())["tie_word_embeddings"] is False


def test_fine_tunes_an_adapter_that_saves_tied_embeddings_twice(tmp_path):
    base = tiny("llama", "LlamaForCausalLM", tie_word_embeddings=True)
    start, folder = publish(base, tmp_path / "base"), tmp_path / "adapter"
    adapted(base, folder, 1, target_modules=["q_proj"])
    path = folder / "adapter_model.safetensors"
    new = base.lm_head.weight.data + 0.1
    twice = {f"base_model.model.{name}.weight": new.clone() for name in ("lm_head", "model.embed_tokens")}
    save_file(weights_of(folder) | twice, path)
    report, result = merge_folders(start, [str(folder)], tmp_path)
    torch.testing.assert_close(weights_of(result)["model.embed_tokens.weight"], new)
    assert "lm_head.weight" not in weights_of(result)
    assert report.models[0].unmerged == ["lm_head.weight"]
