"""Comparing the configurations of models whose tensors are alike: are they one function of their weights?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from arts.data.support.checked_fields import short_repr
from arts.merging.checkpoints.checkpoint import Checkpoint
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.models.model_folder import CONFIG_FILE

_SIZES = (  # which models have in common whose tensors have the same shapes
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
)
_FUNCTIONS = (  # what is calculated with the tensors
    "hidden_act",
    "hidden_activation",
    "activation_function",
    "layer_norm_eps",
    "layer_norm_epsilon",
    "rms_norm_eps",
    "position_embedding_type",
    "rope_theta",
)


def differing_sizes(base: Checkpoint, model: Checkpoint) -> Iterator[str]:
    """For each size that a model's configuration gives otherwise than the base's, a sentence."""
    for field, ours, theirs in _differences(base, model, _SIZES):
        yield f"{model.folder / CONFIG_FILE}: {field} is {theirs}; expected {ours}, as in the base"


def function_warnings(base: Checkpoint, models: Sequence[Checkpoint]) -> Iterator[str]:
    """For each model that calculates something else with its weights than the base does, a warning."""
    for model in models:
        for field, ours, theirs in _differences(base, model, _FUNCTIONS):
            yield (
                f"{model.name}: its {CONFIG_FILE} has {field} {theirs}, and the base's {ours}; the merged "
                "model calculates as the base does, which this model was not trained for"
            )


def _differences(
    base: Checkpoint, model: Checkpoint, fields: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """The fields that both have and that differ: name, value of the base, value of the model."""
    if isinstance(model, LoraAdapter):
        return
    ours, theirs = _settings(base), _settings(model)
    for field in fields:
        values = ours.get(field), theirs.get(field)
        if None not in values and values[0] != values[1]:
            yield field, short_repr(values[0]), short_repr(values[1])


def _settings(checkpoint: Checkpoint) -> dict[str, Any]:
    """The settings of a model, or of the language model in it."""
    return {**(checkpoint.config.get("text_config") or {}), **checkpoint.config}
