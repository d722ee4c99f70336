"""The names of cached models change with whatever the weights depend on."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from helpers.sentences import TOY

from arts.data.schema import Polarity, original_instances
from arts.interventions import base
from arts.interventions.merge import Merge
from arts.interventions.unlearn import Unlearn
from arts.models import cache_keys, runtime
from arts.models.inputs import dependency_cache
from arts.models.recipe import Start, TrainingRequest
from arts.models.registry import aspect_model_class
from arts.models.training_plan import TrainingPlan
from arts.models.zoo import bert_pt

INSTANCES = original_instances(TOY[:5])


def key(encoder, *, name="bert", seed=1, train=INSTANCES, dev=INSTANCES):
    request = TrainingRequest(name, seed, Start(encoder))
    plan = TrainingPlan(train, dev)
    return cache_keys.training_key(name, aspect_model_class(name), request, plan=plan)


def other_code(patch):
    for module in (cache_keys, base, bert_pt, dependency_cache):
        patch.setattr(module, "code_checksum", lambda *modules: "other")


CHANGES = {
    "code": other_code,
    "threads": lambda patch: patch.setattr(torch, "get_num_threads", lambda: 77),
    "precision of products": lambda patch: patch.setattr(
        torch, "get_float32_matmul_precision", lambda: "high"
    ),
    "instructions": lambda patch: patch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "none"),
    "precision of training": lambda patch: patch.setattr(
        runtime, "_chosen_precision", runtime.Precision.BF16
    ),
    "parts of batches": lambda patch: patch.setattr(runtime, "_accumulation_steps", 2),
    "libraries": lambda patch: patch.setattr(runtime, "version", lambda name: "0.0"),
}
KEYS = {
    "trained": lambda encoder: key(encoder),
    "post-trained": lambda encoder: bert_pt._cache_key(encoder, ["a passage"]),
    "merged": lambda encoder: Merge().cache_key(TrainingRequest("bert"), "base", ["one", "two"]),
    "unlearned": lambda encoder: Unlearn().cache_key(TrainingRequest("bert"), "trained"),
}


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("change", CHANGES)
def test_cache_keys_change_with_code_and_environment(kind, change, encoder, monkeypatch):
    before = KEYS[kind](encoder)
    assert KEYS[kind](encoder) == before
    CHANGES[change](monkeypatch)
    assert KEYS[kind](encoder) != before


def test_cache_keys_change_with_what_is_trained_on(encoder):
    relabelled = replace(INSTANCES[0], aspect=replace(INSTANCES[0].aspect, polarity=Polarity.NEUTRAL))
    keys = [
        key(encoder),
        key(encoder, seed=2),
        key(encoder, name="bert-sent"),
        key(encoder, train=INSTANCES[::-1]),
        key(encoder, train=INSTANCES[1:]),
        key(encoder, train=[relabelled, *INSTANCES[1:]]),
        key(encoder, dev=INSTANCES[1:]),
    ]
    assert len(set(keys)) == len(keys)


def test_cache_keys_change_with_the_weights_of_the_encoder_in_the_same_folder(write, encoder, tmp_path):
    """Also in one process, and whatever the format of the weights."""
    write("encoder/config.json", "{}")
    keys = set()
    for name, content in (
        ("model.safetensors", b"1"),
        ("model.safetensors", b"2"),
        ("pytorch_model.bin", b"3"),
    ):
        write(f"encoder/{name}", content)
        keys.add(key(str(tmp_path / "encoder"), name="memnet"))
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Merge(), Merge(method="ties")),
        (Merge(), Merge(domains=("mams",))),
        (Unlearn(), Unlearn(steps=36)),
        (Unlearn(), Unlearn(learning_rate=1e-5)),
        (Unlearn(), Unlearn(Merge())),
    ],
)
def test_cache_keys_of_interventions_change_with_their_settings(one, other):
    request = TrainingRequest("bert")
    assert one.cache_key(request, "parts") != other.cache_key(request, "parts")
    assert one.cache_key(request, "parts") != one.cache_key(request, "other parts")
    assert one.cache_key(request, "parts") != one.cache_key(TrainingRequest("bert", 2), "parts")
