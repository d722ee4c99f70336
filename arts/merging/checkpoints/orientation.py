"""Whether a base stores a weight as (out, in), like most layers, or as (in, out), like those of GPT-2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from arts.data.errors import DataError
from arts.merging.checkpoints.checkpoint import Checkpoint

# The models of transformers that have Conv1D layers, which store a weight as (in, out); and these layers.
CONV1D_MODELS = frozenset({"clvp", "clvp_decoder", "decision_transformer", "gpt2", "imagegpt", "openai-gpt"})
_CONV1D_LAYER = re.compile(r".*\.(c_attn|q_attn|c_proj|c_fc)\.weight")


def stores_transpose(base: Checkpoint, weight: str, *, shape: tuple[int, int], flag: bool) -> bool:
    """Whether a weight that a LoRA adapter changes is stored as (in, out) in the base.

    Like peft, this goes by the type of the layer, not by what the adapter's `fan_in_fan_out` says. The shape
    shows the type, unless the weight is square; then the base's model type does.

    Args:
        base: the base.
        weight: name of the weight.
        shape: lengths (out, in) of the adapter's matrices.
        flag: `fan_in_fan_out` of the adapter.

    Raises:
        DataError: when neither the shape nor the model type shows it.
    """
    stored = base.tensors[weight].shape if weight in base.tensors else None
    if shape[0] != shape[1]:
        return flag if stored not in (shape, shape[::-1]) else stored == shape[::-1]
    layer = bool(_CONV1D_LAYER.fullmatch(weight))
    if CONV1D_MODELS & set(_model_types(base.config)):
        return layer
    if (flag or layer) and not _is_model_of_transformers(base):
        raise DataError(
            base.folder / "config.json",
            f"of model_type {base.config.get('model_type')}, whose layers are not known: whether it stores "
            f"{weight}, which is square, as (in, out) is uncertain; the adapter says fan_in_fan_out = "
            f"{str(flag).lower()}. Merge the whole model that merge_and_unload() of peft makes of it",
        )
    return False


def _model_types(config: dict[str, Any]) -> Iterator[str]:
    """The model types that a configuration names, also those of the models that it is composed of."""
    for key, value in config.items():
        if key == "model_type":
            yield str(value)
        elif isinstance(value, dict):
            yield from _model_types(value)


def _is_model_of_transformers(base: Checkpoint) -> bool:
    """Whether transformers has the code of a model, so that it is known which layers it has."""
    from transformers import CONFIG_MAPPING

    return base.config.get("model_type") in CONFIG_MAPPING and "auto_map" not in base.config
