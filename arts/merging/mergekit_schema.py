"""The content of mergekit's configuration files, checked: models, merge method and parameters.

Unlike in mergekit, an unknown key is an error. Parts of its schema that are not supported here (slices,
modules, tokenizer surgery) are errors, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, PlainValidator

from arts.data.errors import DataError, did_you_mean
from arts.data.support.checked_fields import KnownFields, check_file_content
from arts.data.support.field_types import Scale, Seed, expected
from arts.data.support.yaml_text import read_yaml_mapping
from arts.merging.methods import METHODS
from arts.merging.model_names import repeated_model
from arts.merging.parameter_setting import NumberSetting, ParameterSetting, ShareSetting
from arts.merging.policies import SAFETENSORS_NAMES, Granularity, StorageDtype

MERGEKIT_METHODS = {
    "linear": "linear",
    "task_arithmetic": "task-arithmetic",
    "ties": "ties",
    "dare_linear": "dare",
    "dare_ties": "dare-ties",
}
_METHODS = {**{name: name for name in METHODS}, **MERGEKIT_METHODS}


def _check_name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise expected("a folder or Hub id")
    return value


def _check_tokenizer_source(value: Any) -> str | None:
    if value == "union":
        raise expected("base or a model, as union is not supported")
    return None if value in (None, "base") else _check_name(value)


def _check_flag(value: Any) -> bool | None:
    if not isinstance(value, bool):
        raise expected("true or false, for all tensors")
    return value


def _check_choice(value: Any, *, choices: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in list(choices):
        guess = did_you_mean(value, choices) if isinstance(value, str) else ""
        raise expected(f"{', '.join(sorted(choices))}.{guess}".rstrip("."))
    return value


def _empty_if_none(value: Any) -> Any:
    return {} if value is None else value


def _empty_list_if_none(value: Any) -> Any:
    return [] if value is None else value


ModelName = Annotated[str, PlainValidator(_check_name)]
Flag = Annotated[bool | None, PlainValidator(_check_flag)]
Dtype = Annotated[StorageDtype, BeforeValidator(partial(_check_choice, choices=tuple(StorageDtype)))]


class ModelParameters(KnownFields):
    """The parameters of a single model: the weight of its task vector, and the share of it that is kept."""

    weight: NumberSetting = None
    density: ShareSetting = None

    @property
    def settings(self) -> dict[str, ParameterSetting]:
        """Those of the two that are given, keyed by name."""
        given = {"weight": self.weight, "density": self.density}
        return {name: setting for name, setting in given.items() if setting is not None}


class MergeParameters(ModelParameters):
    """The parameters of a merge; weight and density are those of models that have none of their own."""

    normalize: Flag = None
    rescale: Flag = None
    int8_mask: Flag = None
    by_tensor: Flag = None
    scale: Annotated[Scale, Field(alias="lambda")] = 1.0
    granularity: Annotated[
        Granularity, BeforeValidator(partial(_check_choice, choices=tuple(Granularity)))
    ] = Granularity.GLOBAL
    seed: Seed = 0

    @property
    def flags(self) -> dict[str, bool]:
        """The switches that are given, keyed by name."""
        given = {name: getattr(self, name) for name in ("normalize", "rescale", "int8_mask", "by_tensor")}
        return {name: value for name, value in given.items() if value is not None}


class ModelEntry(KnownFields):
    """An entry under `models`: the folder or Hub id of a model, and the parameters for this model alone."""

    form: ClassVar[str] = "model: NAME, and parameters"

    model: ModelName
    parameters: Annotated[ModelParameters, BeforeValidator(_empty_if_none)] = ModelParameters()


class MergekitContent(KnownFields):
    """The keys of a configuration file."""

    unsupported: ClassVar[tuple[str, ...]] = ("slices", "modules", "tokenizer", "chat_template")

    models: Annotated[list[ModelEntry], BeforeValidator(_empty_list_if_none)] = Field(default=[])
    merge_method: Annotated[str, BeforeValidator(partial(_check_choice, choices=tuple(_METHODS)))]
    base_model: ModelName | None = None
    dtype: Dtype | None = None
    out_dtype: Dtype | None = None
    tokenizer_source: Annotated[str | None, PlainValidator(_check_tokenizer_source)] = None
    parameters: Annotated[MergeParameters, BeforeValidator(_empty_if_none)] = MergeParameters()


@dataclass(frozen=True)
class ModelSection:
    """A model to merge: its folder or Hub id, and the parameters for this model alone."""

    name: str
    settings: Mapping[str, ParameterSetting]


@dataclass(frozen=True)
class MergekitFile:
    """A configuration file.

    Args:
        path: the file.
        method: the name of the merge method in this package, such as ``task-arithmetic``, or ``linear``.
        given_method: the name of the merge method in the file, such as ``task_arithmetic``.
        base: the folder or Hub id of the base; None when the file names none.
        models: the models, in the order of the file.
        settings: weight and density of all models for which the file gives none of their own.
        flags: the switches among the parameters, keyed by name.
        scale: the parameter `lambda`, a factor on everything that is added to the base.
        seed: random seed of DARE's masks.
        granularity: whether MetaGPT's coefficients are calculated for each layer.
        dtype: the type to calculate in, in mergekit, as its safetensors name.
        out_dtype: the type to store weights in, as its safetensors name.
        tokenizer_source: the folder or Hub id of the model whose tokenizer is copied; None for the base's.
    """

    path: Path
    method: str
    given_method: str
    base: str | None
    models: Sequence[ModelSection]
    settings: Mapping[str, ParameterSetting]
    flags: Mapping[str, bool]
    scale: float
    seed: int
    granularity: Granularity
    dtype: str | None
    out_dtype: str | None
    tokenizer_source: str | None

    @property
    def is_of_mergekit(self) -> bool:
        """Whether mergekit knows the merge method by the name in the file."""
        return self.given_method in MERGEKIT_METHODS


def read_mergekit_file(path: Path) -> MergekitFile:
    """Read and check a configuration file.

    Raises:
        DataError: when the file cannot be read, or has a key or value that is unknown or not supported here.
    """
    content = check_file_content(MergekitContent, read_yaml_mapping(path), path)
    parameters = content.parameters
    if (repeated := repeated_model([entry.model for entry in content.models])) is not None:
        raise DataError(path, f"models has {repeated} twice; expected each model once")
    return MergekitFile(
        path=path,
        method=_METHODS[content.merge_method],
        given_method=content.merge_method,
        base=content.base_model,
        models=[ModelSection(entry.model, entry.parameters.settings) for entry in content.models],
        settings=parameters.settings,
        flags=parameters.flags,
        scale=parameters.scale,
        seed=parameters.seed,
        granularity=parameters.granularity,
        dtype=SAFETENSORS_NAMES[content.dtype] if content.dtype else None,
        out_dtype=SAFETENSORS_NAMES[content.out_dtype] if content.out_dtype else None,
        tokenizer_source=content.tokenizer_source,
    )
