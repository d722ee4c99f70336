"""The settings of adapters: those that are wrong, or of adapters that cannot be merged, are named."""

from __future__ import annotations

import json
import math

import pytest
from helpers.fuzzing import changed_fields, check_refusal, flipped, fuzzed
from hypothesis import given

from arts.data.errors import ArtsError
from arts.merging.checkpoints import lora_settings
from arts.merging.checkpoints.lora_settings import read_lora_settings

DOES_NOT_FIT = "which altered the base when the adapter was made"
SETTINGS = {"peft_type": "LORA", "r": 4, "lora_alpha": 8}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"init_lora_weights": "corda"}, f'"corda", {DOES_NOT_FIT}'),
        (
            {"init_lora_weights": "loftq"},
            f'"loftq", {DOES_NOT_FIT}.*fit the base as it was; merge the whole model that merge_and_unload',
        ),
        ({"init_lora_weights": "lora_ga"}, f'"lora_ga", {DOES_NOT_FIT}'),
        (
            {"init_lora_weights": "milora"},
            'init_lora_weights is "milora"; expected one that is known to leave',
        ),
        ({"use_qalora": True}, r"QALoRA \(use_qalora\)"),
        ({"alora_invocation_tokens": [3, 4]}, r"activated LoRA \(alora_invocation_tokens\)"),
        ({"use_bdlora": {"nblocks": 2}}, r"block-diagonal LoRA \(use_bdlora\)"),
        ({"arrow_config": {"top_k": 2}}, r"Arrow routing \(arrow_config\)"),
        ({"kasa_config": {"beta": 1e-4}}, r"KaSA \(kasa_config\)"),
        ({"monteclora_config": {"num_samples": 2}}, r"MonteCLoRA \(monteclora_config\)"),
        ({"megatron_config": {"a": 1}}, r"layers of Megatron \(megatron_config\)"),
        ({"use_new_idea": True}, r'the setting "use_new_idea" \(true\), which is not known here'),
        ({"lora_alpha": math.nan}, "lora_alpha is nan; expected a finite number"),
        ({"lora_alpha": math.inf}, "lora_alpha is inf; expected a finite number"),
        ({"lora_alpha": None}, "lora_alpha is null; expected a number"),
        ({"lora_alpha": "much"}, "lora_alpha is 'much'; expected a number"),
        ({"lora_alpha": [8]}, r"lora_alpha is \[8\]; expected a number"),
        ({"r": 0}, "r is 0; expected a whole number from 1"),
        ({"r": "four"}, "r is 'four'; expected a whole number from 1"),
        ({"r": 4.5}, "r is 4.5; expected a whole number from 1"),
        ({"rank_pattern": {"q_proj": -1}}, r"rank_pattern\.q_proj is -1; expected a whole number from 1"),
        ({"alpha_pattern": {"q_proj": math.nan}}, r"alpha_pattern\.q_proj is nan; expected a finite number"),
        ({"alpha_pattern": {"q_proj": None}}, r"alpha_pattern\.q_proj is null; expected a number"),
        ({"alpha_pattern": [1]}, r"alpha_pattern is \[1\]; expected values keyed by a pattern"),
        (
            {"alpha_pattern": {"(": 1}},
            r"expected regular expressions of up to 1,000 characters \('\(' is none",
        ),
        ({"alpha_pattern": {"(" * 450 + ")" * 450: 1}}, "expected regular expressions of up to 1,000 char"),
        ({"alpha_pattern": {"q" * 1001: 1}}, "expected regular expressions of up to 1,000 characters"),
        ({"use_rslora": "yes"}, "use_rslora is 'yes'; expected true or false"),
        ({"fan_in_fan_out": 1}, "fan_in_fan_out is 1; expected true or false"),
        ({"init_lora_weights": 3}, "init_lora_weights is 3; expected true, false or the name of an init"),
        ({"base_model_name_or_path": 3}, "base_model_name_or_path is 3; expected a folder or Hub id"),
        ({"peft_type": ["LORA"]}, r"is an adapter of the kind \['LORA'\]; expected LORA"),
        ({"peft_type": None}, "is an adapter of the kind null; expected LORA"),
    ],
)
def test_lora_settings_that_cannot_be_used_are_named(settings, message, write):
    path = write("adapter_config.json", {**SETTINGS, **settings})
    with pytest.raises(ArtsError, match=rf"adapter_config\.json: .*{message}"):
        read_lora_settings(path)


def test_lora_settings_that_are_missing_are_named(write):
    path = write("adapter_config.json", {"peft_type": "LORA", "r": 4})
    with pytest.raises(ArtsError, match=r"adapter_config\.json: lora_alpha is missing"):
        read_lora_settings(path)


def test_lora_settings_a_pattern_that_takes_for_ever_is_given_up(write, monkeypatch):
    monkeypatch.setattr(lora_settings, "_MATCHING_TIME", 0.05)
    pattern = "(.|[a-z.])*[!?]"
    settings = read_lora_settings(write("adapter_config.json", {**SETTINGS, "alpha_pattern": {pattern: 3}}))
    with pytest.raises(ArtsError, match=r"alpha_pattern '.*' cannot be matched in 0\.05 second with model\."):
        settings.scale("model.layers.0.self_attn.q_proj", 4)


@fuzzed
@given(
    content=changed_fields({**SETTINGS, "alpha_pattern": {"q_proj": 3}, "use_rslora": True, "bias": "none"})
)
def test_lora_settings_any_values_are_taken_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "changed.json"
    path.write_text(json.dumps(content))
    check_refusal(lambda: read_lora_settings(path))


@fuzzed
@given(content=flipped(json.dumps({**SETTINGS, "alpha_pattern": {"q_proj": 3}, "bias": "none"}).encode()))
def test_lora_settings_any_bytes_are_taken_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "flipped.json"
    path.write_bytes(content)
    check_refusal(lambda: read_lora_settings(path))
