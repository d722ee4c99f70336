"""Tiny models of transformers, their "fine-tuned" copies, and folders as people publish them."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

from arts.merging.job import MergeJob
from arts.merging.methods import METHODS
from arts.merging.policies import HeadPolicy

_SHAPE = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
_CONFIGS = {
    "bert": lambda **more: transformers.BertConfig(vocab_size=40, **_SHAPE, **more),
    "roberta": lambda **more: transformers.RobertaConfig(vocab_size=40, **_SHAPE, **more),
    "deberta-v2": lambda **more: transformers.DebertaV2Config(
        vocab_size=40, relative_attention=True, pos_att_type=["p2c", "c2p"], **_SHAPE, **more
    ),
    "distilbert": lambda **more: transformers.DistilBertConfig(
        vocab_size=40, dim=16, hidden_dim=24, n_layers=2, n_heads=2, **more
    ),
    "electra": lambda **more: transformers.ElectraConfig(vocab_size=40, embedding_size=8, **_SHAPE, **more),
    "albert": lambda **more: transformers.AlbertConfig(vocab_size=40, embedding_size=8, **_SHAPE, **more),
    "gpt2": lambda **more: transformers.GPT2Config(
        vocab_size=40, n_embd=16, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0, pad_token_id=0, **more
    ),
    "llama": lambda **more: transformers.LlamaConfig(
        vocab_size=40, num_key_value_heads=1, pad_token_id=0, **_SHAPE, **more
    ),
    "t5": lambda **more: transformers.T5Config(
        vocab_size=40,
        d_model=16,
        d_kv=8,
        d_ff=24,
        num_layers=2,
        num_heads=2,
        decoder_start_token_id=0,
        **more,
    ),
    "mixtral": lambda **more: transformers.MixtralConfig(
        vocab_size=40, num_key_value_heads=1, num_local_experts=4, **_SHAPE, **more
    ),
    "qwen2_moe": lambda **more: transformers.Qwen2MoeConfig(
        vocab_size=40,
        num_key_value_heads=1,
        num_experts=4,
        moe_intermediate_size=12,
        shared_expert_intermediate_size=12,
        **_SHAPE,
        **more,
    ),
}


def tiny(kind, kind_of_model, seed=0, **config):
    """A model with random weights; `kind_of_model` is the name of its class."""
    torch.manual_seed(seed)
    model = getattr(transformers, kind_of_model)(_CONFIGS[kind](**config))
    for weight in model.parameters():
        weight.data.copy_(0.2 * torch.randn_like(weight))
    return model.eval()


def fine_tuned(base, kind_of_model, seed, **config):
    """Another model on the body of a base, of which every weight is moved a little."""
    known = {**base.config.to_dict(), **config}
    model = tiny(base.config.model_type, kind_of_model, seed, **_settable(known))
    shared = {name: weight for name, weight in body_weights(base).items() if name in body_weights(model)}
    body(model).load_state_dict(shared, strict=False)
    torch.manual_seed(seed)
    for weight in model.parameters():
        weight.data += 0.05 * torch.randn_like(weight)
    return model.eval()


def _settable(config):
    return {
        key: config[key]
        for key in ("num_labels", "tie_word_embeddings", "id2label", "label2id")
        if config.get(key) is not None
    }


def body(model):
    return getattr(model, model.base_model_prefix, model)


def body_weights(model):
    return {name: tensor.clone() for name, tensor in body(model).state_dict().items()}


def publish(model, folder, *, rename=None, leave_out=(), more=None, original=True, **config):
    """Save a model, with names changed by a function, tensors left out or added, and other settings."""
    model.save_pretrained(folder, save_original_format=original)
    path = Path(folder, "model.safetensors")
    weights = {
        name: tensor for name, tensor in load_file(path).items() if not name.startswith(tuple(leave_out))
    }
    weights = {rename(name) if rename else name: tensor for name, tensor in weights.items()}
    save_file(weights | (more or {}), path, metadata={"format": "pt"})
    settings = Path(folder, "config.json")
    content = {**json.loads(settings.read_text()), **config}
    settings.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))
    return str(folder)


def hand_merged(base, models, coefficients, into):
    """`into`, whose body is theta_0 + sum lambda_t tau_t of the bodies of models in memory."""
    start = {name: tensor.double() for name, tensor in body_weights(base).items()}
    merged = dict(start)
    for model, coefficient in zip(models, coefficients, strict=True):
        for name, tensor in body_weights(model).items():
            if name in start:
                merged[name] = merged[name] + coefficient * (tensor.double() - start[name])
    result = copy.deepcopy(into)
    lacking = body(result).load_state_dict({n: t.float() for n, t in merged.items()}, strict=False)
    assert not [name for name in lacking.missing_keys if not name.startswith("pooler.")]
    return result.eval()


def logits(model):
    inputs = torch.tensor([[2, 7, 11, 23, 3], [2, 5, 6, 8, 3]])
    more = {"decoder_input_ids": inputs} if model.config.is_encoder_decoder else {}
    with torch.inference_mode():
        return model(inputs, attention_mask=torch.ones_like(inputs), **more)[0]


def merge_folders(base, models, tmp_path, *, method="metagpt", head=HeadPolicy.ERROR):
    """The report and the folder of a merge."""
    report = MergeJob(base, models, method=METHODS[method], head=head).run(tmp_path / "merged")
    return report, tmp_path / "merged"


def coefficients(report):
    return [entry.coefficient for entry in report.models]


def without_prefix(name):
    return re.sub(r"^(bert|roberta|transformer|model)\.", "", name)


def names_of_tensorflow(name):
    """A name as the first checkpoints of BERT have it."""
    renamed = name.replace("LayerNorm.weight", "LayerNorm.gamma")
    return renamed.replace("LayerNorm.bias", "LayerNorm.beta")
