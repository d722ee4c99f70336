"""The settings of a LoRA adapter: which adapters can be merged, and how their matrices are scaled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, FiniteFloat, ValidationError

from arts.data.errors import DataError
from arts.data.support.record import first_fault
from arts.merging.checkpoints.checkpoint import read_json

# Initialisations of peft that leave the base as it was, so that the adapter is a difference to it.
_INITIALISATIONS = ("true", "false", "gaussian", "eva", "orthogonal", "mica")
# Initialisations of peft that take from the base what they give to the adapter.
_ALTERING = re.compile(r"(pissa|corda|olora|lora_ga|loftq).*")
_VARIANTS = {
    "use_dora": "DoRA",
    "lora_bias": "LoRA on biases",
    "alora_invocation_tokens": "activated LoRA",
    "use_qalora": "QALoRA",
    "use_bdlora": "block-diagonal LoRA",
    "arrow_config": "Arrow routing",
    "kasa_config": "KaSA",
    "monteclora_config": "MonteCLoRA",
    "layer_replication": "layers that are repeated",
    "target_parameters": "LoRA on parameters such as the experts of a mixture",
    "trainable_token_indices": "single tokens that are trained as a whole",
    "megatron_config": "layers of Megatron",
}
# Settings of peft that say how the adapter was trained or where it is, not what it is; and the values of
# VeLoRA, which only changes how gradients are calculated.
_IRRELEVANT = (
    *("auto_mapping", "bias", "corda_config", "ensure_weight_tying", "eva_config"),
    *("exclude_modules", "inference_mode", "layers_pattern", "layers_to_transform", "loftq_config"),
    *("lora_dropout", "lora_ga_config", "megatron_core", "modules_to_save", "peft_version", "r"),
    *("qalora_group_size", "rank_pattern", "revision", "runtime_config", "target_modules", "task_type"),
    "velora_config",
)


def _empty_if_none(value: Any) -> Any:
    return {} if value is None else value


def _check_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is not a regular expression ({error})") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_check_pattern)]
ValueByPattern = Annotated[dict[Pattern, FiniteFloat], BeforeValidator(_empty_if_none)]


class LoraSettings(BaseModel):
    """The settings that decide how an adapter is merged, from its adapter_config.json.

    Args:
        lora_alpha: alpha, the factor on the product of the matrices before it is divided by the rank.
        alpha_pattern: other values of alpha, keyed by regular expression for the end of a module's name.
        use_rslora: whether the product is divided by the square root of the rank, not by the rank.
        fan_in_fan_out: whether peft took the weights for stored as (in, out).
        init_lora_weights: how the matrices were initialised.
        base_model_name_or_path: the model that the adapter was trained on; None when it is not known.
    """

    model_config = ConfigDict(frozen=True)

    lora_alpha: FiniteFloat
    alpha_pattern: ValueByPattern = {}
    use_rslora: bool = False
    fan_in_fan_out: bool = False
    init_lora_weights: bool | str | None = True
    base_model_name_or_path: str | None = None

    def scale(self, module: str, rank: int) -> float:
        """The factor on the product of a module's matrices: alpha / r, or alpha / sqrt(r) with `use_rslora`.

        Args:
            module: name of the module, without ``.weight``.
            rank: r, the rank of its matrices.
        """
        alpha = _pattern_value(self.alpha_pattern, module, self.lora_alpha)
        return alpha / (rank**0.5 if self.use_rslora else rank)


def read_lora_settings(path: Path) -> LoraSettings:
    """Read the adapter_config.json of a LoRA adapter of peft.

    Raises:
        DataError: when it is no such file, or the adapter is more than a product of two matrices that is
            added to a weight of the base; the message names the kind of adapter or the setting.
    """
    content = read_json(path)
    kind = content.get("peft_type")
    if kind != "LORA":
        raise DataError(
            path,
            f"is an adapter of the kind {kind}; expected LORA. What peft can merge, its merge_and_unload() "
            "makes a whole model of, which can be merged here",
        )
    for setting, variant in _VARIANTS.items():
        if content.get(setting):
            raise DataError(path, f"asks for {variant} ({setting}), which cannot be merged here")
    for setting, value in content.items():
        if value and setting not in (*_IRRELEVANT, *LoraSettings.model_fields, "peft_type"):
            raise DataError(
                path,
                f'has the setting "{setting}" ({value!r}), which is not known here; delete it if it does '
                "not change what the adapter does to the weights",
            )
    try:
        settings = LoraSettings.model_validate(content)
    except ValidationError as error:
        raise DataError(path, first_fault(error)) from error
    _check_initialisation(path, settings.init_lora_weights)
    return settings


def _check_initialisation(path: Path, initialisation: bool | str | None) -> None:
    """Raise `DataError` when the initialisation of an adapter altered the base, or is not known."""
    name = str(initialisation or False).lower()
    if name in _INITIALISATIONS:
        return
    if not _ALTERING.fullmatch(name):
        raise DataError(
            path,
            f'init_lora_weights is "{initialisation}"; expected one that is known to leave the base as it '
            f"was: {', '.join(_INITIALISATIONS)}",
        )
    convert = (
        ""
        if name.startswith("loftq")
        else "convert it with save_pretrained(.., path_initial_model_for_weight_conversion=..), or "
    )
    raise DataError(
        path,
        f'init_lora_weights is "{initialisation}", which altered the base when the adapter was made, so it '
        f"does not fit the base as it was; {convert}merge the whole model that merge_and_unload() of peft "
        "makes of it",
    )


def _pattern_value(pattern: Mapping[str, float], module: str, default: float) -> float:
    """The value of the first pattern that matches the end of a module's name, as in peft.

    Args:
        pattern: values keyed by regular expression.
        module: name of the module.
        default: the value when no pattern matches.
    """
    for key, value in pattern.items():
        if re.fullmatch(rf"(.*\.)?({key})", module):
            return value
    return default
