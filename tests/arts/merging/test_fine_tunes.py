"""Merges of models as people have them: outputs are those of merging the same tensors by hand."""

from __future__ import annotations

import json

import pytest
import torch
import transformers
from helpers.checkpoints import check_refused, weights_of
from helpers.fine_tunes import (
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

from arts.merging.methods import METHODS
from arts.merging.policies import HeadPolicy

pytestmark = pytest.mark.filterwarnings("ignore")

LABELS = {"num_labels": 3}


POOLER = {"pooler.dense.weight", "pooler.dense.bias"}
POSITIONS = {"bert.embeddings.position_ids": torch.arange(512)[None]}
MASKS = {
    f"h.{layer}.attn.{name}": tensor
    for layer in (0, 1)
    for name, tensor in (("bias", torch.ones(1, 1, 8, 8)), ("masked_bias", torch.tensor(-1e4)))
}

# kind, class of the base, how the base is published, class of the models, how these are published
CASES = {
    "heads of pretraining": ("bert", "BertForPreTraining", {}, "BertForSequenceClassification", {}),
    "names of TensorFlow": (
        *("bert", "BertForPreTraining", {"rename": names_of_tensorflow}),
        *("BertForSequenceClassification", {}),
    ),
    "a base without prefix": ("bert", "BertModel", {}, "BertForSequenceClassification", {}),
    "old names without prefix": (
        *("bert", "BertModel", {"rename": lambda name: without_prefix(names_of_tensorflow(name))}),
        *("BertForSequenceClassification", {}),
    ),
    "positions in the base": (
        *("bert", "BertForPreTraining", {"more": POSITIONS}),
        *("BertForSequenceClassification", {}),
    ),
    "positions in the models": (
        *("bert", "BertForPreTraining", {}),
        *("BertForSequenceClassification", {"more": POSITIONS}),
    ),
    "taggers without a pooler": ("bert", "BertForPreTraining", {}, "BertForTokenClassification", {}),
    "a base without a pooler": ("bert", "BertForMaskedLM", {}, "BertForSequenceClassification", {}),
    "a base that names no architecture": (
        *("bert", "BertForPreTraining", {"architectures": None}),
        *("BertForSequenceClassification", {}),
    ),
    "models saved while compiled": (
        *("bert", "BertForMaskedLM", {}),
        *("BertForTokenClassification", {"rename": lambda name: f"_orig_mod.{name}"}),
    ),
    "models saved under DataParallel": (
        *("bert", "BertForMaskedLM", {}),
        *("BertForTokenClassification", {"rename": lambda name: f"module.{name}"}),
    ),
    "roberta": ("roberta", "RobertaForMaskedLM", {}, "RobertaForSequenceClassification", {}),
    "roberta without prefix": ("roberta", "RobertaModel", {}, "RobertaForSequenceClassification", {}),
    "deberta": (
        "deberta-v2",
        "DebertaV2ForMaskedLM",
        {
            "more": {
                "lm_predictions.lm_head.bias": torch.ones(40),
                "mask_predictions.dense.weight": torch.ones(16, 16),
            }
        },
        "DebertaV2ForSequenceClassification",
        {},
    ),
    "distilbert": ("distilbert", "DistilBertForMaskedLM", {}, "DistilBertForSequenceClassification", {}),
    "electra": ("electra", "ElectraForPreTraining", {}, "ElectraForSequenceClassification", {}),
    "albert": ("albert", "AlbertForPreTraining", {}, "AlbertForSequenceClassification", {}),
    "gpt2 with masks and without prefix": (
        *("gpt2", "GPT2LMHeadModel", {"rename": without_prefix, "more": MASKS}),
        *("GPT2ForSequenceClassification", {}),
    ),
    "an untied language model": (
        *("llama", "LlamaForCausalLM", {}),
        *("LlamaForSequenceClassification", {}),
    ),
    "a tied language model": (
        *("llama", "LlamaForCausalLM", {"tie_word_embeddings": True}),
        *("LlamaForSequenceClassification", {"tie_word_embeddings": True}),
    ),
    "a language model without prefix": (
        *("llama", "LlamaModel", {}),
        *("LlamaForSequenceClassification", {}),
    ),
}


@pytest.mark.parametrize(
    ("case", "method"),
    [*((case, "metagpt") for case in CASES), ("old names without prefix", "average"), ("roberta", "average")],
)
def test_fine_tunes_classifiers_of_a_base_as_it_is_published(case, method, tmp_path):
    kind, base_kind, published, model_kind, saved = CASES[case]
    base = tiny(kind, base_kind)
    models = [fine_tuned(base, model_kind, seed, **LABELS) for seed in (1, 2)]
    start = publish(base, tmp_path / "base", **published)
    folders = [publish(model, tmp_path / f"model-{n}", **saved) for n, model in enumerate(models)]
    check_refused("--head first .*keep-base or drop settles it", start, folders, tmp_path)
    report, folder = merge_folders(start, folders, tmp_path, method=method, head=HeadPolicy.FIRST)
    by_hand = hand_merged(base, models, coefficients(report), into=models[0])
    loaded = getattr(transformers, model_kind).from_pretrained(folder)
    torch.testing.assert_close(logits(loaded.eval()), logits(by_hand), rtol=1e-4, atol=1e-5)
    assert any("its head differs" in remark for remark in report.remarks)
    assert report.models[0].unmerged
    assert not {without_prefix(name) for name in report.models[0].unmerged} & set(body_weights(base)) - POOLER
    assert set(report.from_base) < set(weights_of(start))
    assert report.models[0].renamed.keys() == {
        name for name in weights_of(folders[0]) if name not in weights_of(folder)
    } - {"bert.embeddings.position_ids"}


@pytest.mark.parametrize("method", METHODS)
def test_fine_tunes_the_names_do_not_matter_to_any_method(method, tmp_path):
    base = tiny("bert", "BertForMaskedLM")
    start = publish(base, tmp_path / "base")
    merged = []
    for rename in (None, lambda name: f"module.{without_prefix(names_of_tensorflow(name))}"):
        place = tmp_path / str(len(merged))
        folders = [
            publish(fine_tuned(base, "BertForMaskedLM", seed), place / str(seed), rename=rename)
            for seed in (1, 2)
        ]
        report, folder = merge_folders(start, folders, place, method=method)
        merged.append((weights_of(folder), [entry.checksum for entry in report.models]))
        assert bool(report.models[0].renamed) == bool(rename)
    assert merged[0][1] == merged[1][1]
    assert all(torch.equal(tensor, merged[1][0][name]) for name, tensor in merged[0][0].items())


@pytest.mark.parametrize(
    ("kind", "class_name"), [("mixtral", "MixtralForCausalLM"), ("qwen2_moe", "Qwen2MoeForCausalLM")]
)
@pytest.mark.parametrize(("base_is_apart", "model_is_apart"), [(True, False), (False, True), (False, False)])
def test_fine_tunes_experts_in_one_tensor_and_apart(
    kind, class_name, base_is_apart, model_is_apart, tmp_path
):
    base = tiny(kind, class_name)
    models = [fine_tuned(base, class_name, seed) for seed in (1, 2)]
    start = publish(base, tmp_path / "base", original=base_is_apart)
    folders = [publish(models[0], tmp_path / "model-0", original=model_is_apart)]
    folders.append(publish(models[1], tmp_path / "model-1", original=True))
    report, folder = merge_folders(start, folders, tmp_path)
    by_hand = hand_merged(base, models, coefficients(report), into=base)
    names = base.lm_head.weight.detach()
    for model, coefficient in zip(models, coefficients(report), strict=True):
        names = names + coefficient * (model.lm_head.weight.detach() - base.lm_head.weight.detach())
    by_hand.lm_head.weight.data = names
    loaded = getattr(transformers, class_name).from_pretrained(folder)
    torch.testing.assert_close(logits(loaded.eval()), logits(by_hand), rtol=1e-4, atol=1e-5)
    assert weights_of(folder).keys() == weights_of(start).keys()
    assert bool(report.models[0].renamed) == (base_is_apart != model_is_apart)


def test_fine_tunes_untied_output_embeddings_over_a_tied_base(tmp_path):
    base = tiny("llama", "LlamaForCausalLM", tie_word_embeddings=True)
    tied = fine_tuned(base, "LlamaForCausalLM", 1)
    untied = fine_tuned(base, "LlamaForCausalLM", 2, tie_word_embeddings=False)
    untied.lm_head.weight.data = base.lm_head.weight.data + 0.05 * torch.randn(40, 16)
    names = ("base", "tied", "untied")
    start, *folders = [
        publish(model, tmp_path / name) for model, name in zip((base, tied, untied), names, strict=True)
    ]
    report, folder = merge_folders(start, folders, tmp_path)
    by_hand = hand_merged(base, [tied, untied], coefficients(report), into=untied)
    theta, own = base.lm_head.weight.data, (tied.lm_head.weight.data, untied.lm_head.weight.data)
    by_hand.lm_head.weight.data = theta + sum(
        c * (w - theta) for c, w in zip(coefficients(report), own, strict=True)
    )
    loaded = transformers.LlamaForCausalLM.from_pretrained(folder)
    torch.testing.assert_close(logits(loaded.eval()), logits(by_hand), rtol=1e-4, atol=1e-5)
    assert json.loads((folder / "config.json").read_text())["tie_word_embeddings"] is False
    assert any("lm_head.weight: tied to model.embed_tokens.weight" in remark for remark in report.remarks)


@pytest.mark.parametrize(
    "copies", [("encoder.embed_tokens.weight",), ("decoder.embed_tokens.weight", "lm_head.weight")]
)
@pytest.mark.parametrize("holder", ["base", "models"])
def test_fine_tunes_shared_embeddings_that_are_stored_more_than_once(copies, holder, tmp_path):
    base = tiny("t5", "T5ForConditionalGeneration", tie_word_embeddings=True)
    models = [
        fine_tuned(base, "T5ForConditionalGeneration", seed, tie_word_embeddings=True) for seed in (1, 2)
    ]
    start, *folders = [
        publish(
            model,
            tmp_path / str(n),
            more={name: model.shared.weight.data.clone() for name in copies}
            if (holder == "base") == (not n)
            else None,
        )
        for n, model in enumerate((base, *models))
    ]
    report, folder = merge_folders(start, folders, tmp_path)
    by_hand = hand_merged(base, models, coefficients(report), into=base)
    loaded = transformers.T5ForConditionalGeneration.from_pretrained(folder)
    torch.testing.assert_close(logits(loaded.eval()), logits(by_hand), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "class_name", "name", "tensors"),
    [
        (
            *("bert", "BertForMaskedLM", "bert.embeddings.position_ids"),
            (torch.arange(8)[None], torch.arange(8, dtype=torch.int32)[None]),
        ),
        (
            *("bert", "BertForMaskedLM", "bert.embeddings.position_ids"),
            (torch.arange(8)[None], torch.arange(16)[None]),
        ),
        (
            *("gpt2", "GPT2LMHeadModel", "transformer.h.0.attn.bias"),
            (torch.ones(1, 1, 8, 8, dtype=torch.uint8), torch.ones(1, 1, 8, 8, dtype=torch.bool)),
        ),
        (
            *("llama", "LlamaForCausalLM", "model.layers.0.self_attn.rotary_emb.inv_freq"),
            (torch.ones(4), torch.ones(8)),
        ),
    ],
)
def test_fine_tunes_buffers_that_are_not_read_from_files_are_the_bases(
    kind, class_name, name, tensors, tmp_path
):
    base = tiny(kind, class_name)
    start = publish(base, tmp_path / "base", more={name: tensors[0]})
    model = publish(fine_tuned(base, class_name, 1), tmp_path / "model", more={name: tensors[1]})
    report, folder = merge_folders(start, [model], tmp_path)
    assert torch.equal(weights_of(folder)[name], tensors[0])
    assert report.from_base == [name]
    assert name in report.models[0].unmerged
