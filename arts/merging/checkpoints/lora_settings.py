"""The settings of a LoRA adapter: which adapters can be merged, and how their matrices are scaled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import regex
from pydantic import BaseModel, ConfigDict, PlainValidator
from pydantic_core import PydanticCustomError

from arts.data.errors import ArtsError, DataError
from arts.data.support.checked_fields import check_file_content, short_repr
from arts.data.support.field_types import Count, Number, check_number, check_whole, expected, expected_at
from arts.data.support.foreign_file import read_json_object
from arts.merging.checkpoints.checkpoint import ADAPTER_CONFIG

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
    *("lora_dropout", "lora_ga_config", "megatron_core", "modules_to_save", "peft_version"),
    *("qalora_group_size", "revision", "runtime_config", "target_modules", "task_type"),
    "velora_config",
)


_LONGEST_PATTERN = 1_000  # characters
_MATCHING_TIME = 1.0  # seconds


def _check_patterns(value: Any, *, check: Callable[[Any], float]) -> dict[str, float]:
    """Values keyed by regular expression; null stands for none."""
    if not isinstance(value, dict | None):
        raise expected("values keyed by a pattern of the modules' names")
    for pattern, number in (value or {}).items():
        try:
            check(number)
        except PydanticCustomError as error:
            raise expected_at(f".{pattern[:60]}", number, str((error.context or {})["what"])) from error
        try:
            if len(pattern) > _LONGEST_PATTERN:
                raise regex.error("too long")
            regex.compile(pattern)
        except (regex.error, RecursionError, OverflowError) as error:
            raise expected(
                f"regular expressions of up to {_LONGEST_PATTERN:,} characters ({short_repr(pattern)} is "
                "none)"
            ) from error
    return value or {}


def _check_flag(value: Any) -> bool:
    if not isinstance(value, bool | None):
        raise expected("true or false")
    return bool(value)


def _check_initialisation_name(value: Any) -> bool | str | None:
    if not isinstance(value, bool | str | None):
        raise expected("true, false or the name of an initialisation")
    return value


def _check_base_name(value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise expected("a folder or Hub id")
    return value


Flag = Annotated[bool, PlainValidator(_check_flag)]
Alphas = Annotated[dict[str, float], PlainValidator(partial(_check_patterns, check=check_number))]
_check_rank = partial(check_whole, least=1, most=2**31 - 1)
Ranks = Annotated[dict[str, float], PlainValidator(partial(_check_patterns, check=_check_rank))]


class LoraSettings(BaseModel):
    """The settings that decide how an adapter is merged, from its adapter_config.json.

    Args:
        lora_alpha: alpha, the factor on the product of the matrices before it is divided by the rank.
        r: rank of the matrices, unless these are of another.
        alpha_pattern: other values of alpha, keyed by regular expression for the end of a module's name.
        rank_pattern: other ranks, in the same way; the matrices themselves show which they are.
        use_rslora: whether the product is divided by the square root of the rank, not by the rank.
        fan_in_fan_out: whether peft took the weights for stored as (in, out).
        init_lora_weights: how the matrices were initialised.
        base_model_name_or_path: the model that the adapter was trained on; None when it is not known.
    """

    model_config = ConfigDict(frozen=True)

    lora_alpha: Number
    r: Count = 8
    alpha_pattern: Alphas = {}
    rank_pattern: Ranks = {}
    use_rslora: Flag = False
    fan_in_fan_out: Flag = False
    init_lora_weights: Annotated[bool | str | None, PlainValidator(_check_initialisation_name)] = True
    base_model_name_or_path: Annotated[str | None, PlainValidator(_check_base_name)] = None

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
    content = read_json_object(path)
    kind = content.get("peft_type")
    if kind != "LORA":
        name = kind if isinstance(kind, str) else short_repr(kind)
        raise DataError(
            path,
            f"is an adapter of the kind {name}; expected LORA. What peft can merge, its merge_and_unload() "
            "makes a whole model of, which can be merged here",
        )
    for setting, variant in _VARIANTS.items():
        if content.get(setting):
            raise DataError(path, f"asks for {variant} ({setting}), which cannot be merged here")
    for setting, value in content.items():
        if value and setting not in (*_IRRELEVANT, *LoraSettings.model_fields, "peft_type"):
            raise DataError(
                path,
                f'has the setting "{setting[:60]}" ({short_repr(value)}), which is not known here; delete it '
                "if it does not change what the adapter does to the weights",
            )
    settings = check_file_content(LoraSettings, content, path)
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
        try:
            if regex.fullmatch(rf"(.*\.)?({key})", module, timeout=_MATCHING_TIME):
                return value
        except TimeoutError as error:
            raise ArtsError(
                f"alpha_pattern {short_repr(key)} cannot be matched in {_MATCHING_TIME:g} second with "
                f"{module}; expected a simpler pattern in {ADAPTER_CONFIG}"
            ) from error
    return default
