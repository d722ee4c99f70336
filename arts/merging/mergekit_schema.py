"""The content of mergekit's configuration files, checked: models, merge method and parameters.

Unlike in mergekit, an unknown key is an error. Parts of its schema that are not supported here (slices,
modules, tokenizer surgery) are errors, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from arts.data.errors import DataError, did_you_mean
from arts.merging.methods import METHODS
from arts.merging.parameter_setting import ParameterSetting, read_number, read_setting
from arts.merging.policies import SAFETENSORS_NAMES, Granularity, StorageDtype

MERGEKIT_METHODS = {
    "linear": "linear",
    "task_arithmetic": "task-arithmetic",
    "ties": "ties",
    "dare_linear": "dare",
    "dare_ties": "dare-ties",
}
_TOP_KEYS = ("models", "merge_method", "base_model", "dtype", "out_dtype", "tokenizer_source", "parameters")
_UNSUPPORTED_KEYS = ("slices", "modules", "tokenizer", "chat_template")
_FLAGS = ("normalize", "rescale", "int8_mask", "by_tensor")
_MODEL_KEYS = ("weight", "density")
_SHARED_KEYS = (*_FLAGS, "lambda", "granularity", "seed", *_MODEL_KEYS)

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class ModelSection:
    """An entry under `models`: the folder or Hub id of a model, and the parameters for this model alone."""

    name: str
    settings: Mapping[str, ParameterSetting] = field(default_factory=dict)


@dataclass(frozen=True)
class MergekitFile:
    """The content of a configuration file.

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
    content = _read_mapping(path)
    _check_keys(path, content, _TOP_KEYS, unsupported=_UNSUPPORTED_KEYS)
    given = content.get("merge_method")
    method = _method_name(path, given)
    parameters = _read_parameters(path, content.get("parameters"), _SHARED_KEYS, section="parameters")
    flags = {key: _flag(path, parameters[key], key) for key in _FLAGS if key in parameters}
    seed = parameters.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise DataError(path, f"parameters.seed is {seed!r}; expected a whole number")
    granularity = parameters.get("granularity", Granularity.GLOBAL)
    return MergekitFile(
        path=path,
        method=method,
        given_method=str(given),
        base=_model_name(path, content.get("base_model"), "base_model"),
        models=_read_models(path, content.get("models")),
        settings=_read_settings(path, parameters, section="parameters"),
        flags=flags,
        scale=read_number(path, parameters.get("lambda", 1.0), where="parameters.lambda"),
        seed=seed,
        granularity=_choice(path, granularity, Granularity, key="granularity"),
        dtype=_dtype(path, content, "dtype"),
        out_dtype=_dtype(path, content, "out_dtype"),
        tokenizer_source=_tokenizer_source(path, content.get("tokenizer_source")),
    )


def _read_mapping(path: Path) -> dict[str, Any]:
    """Read the keys and values of a YAML file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        reason = getattr(error, "problem", None) or "not text in UTF-8"
        raise DataError(path, f"is not YAML ({reason})", line=None if line is None else line + 1) from error
    if not isinstance(content, dict):
        raise DataError(path, "holds no configuration; expected keys such as merge_method and models")
    return content


def _check_keys(
    path: Path,
    content: Mapping[Any, Any],
    known: Sequence[str],
    *,
    section: str = "",
    unsupported: Iterable[str] = (),
) -> None:
    """Raise `DataError` for a key that is unknown, or not supported here.

    Args:
        path: the file, for errors.
        content: the keys to check, with their values.
        known: the keys that are allowed.
        section: the part of the file that has the keys, for errors; empty for the whole file.
        unsupported: keys of mergekit that this package does not support.
    """
    for key in content:
        if key in unsupported:
            raise DataError(path, f'"{key}" is not supported here; expected {", ".join(known)}')
        if key not in known:
            where = f" in {section}" if section else ""
            guess = did_you_mean(str(key), known)
            raise DataError(path, f'unknown key "{key}"{where}.{guess} Known: {", ".join(known)}')


def _choice(path: Path, given: Any, choices: type[Choice], *, key: str) -> Choice:
    """The member of `choices` whose value is `given`; `DataError`, which names `key`, if there is none."""
    if given not in list(choices):
        raise DataError(path, f'{key} is "{given}"; expected {", ".join(choices)}')
    return choices(given)


def _method_name(path: Path, given: Any) -> str:
    """Translate the name of a merge method, if it is mergekit's name, to the name in this package."""
    known = {**{name: name for name in METHODS}, **MERGEKIT_METHODS}
    if isinstance(given, str) and given in known:
        return known[given]
    guess = did_you_mean(str(given), known)
    raise DataError(path, f'unknown merge_method "{given}".{guess} Known: {", ".join(sorted(known))}')


def _model_name(path: Path, given: Any, where: str) -> str | None:
    """The folder or Hub id of a model; None when none is given."""
    if given is None or isinstance(given, str):
        return given or None
    raise DataError(path, f"{where} is {given!r}; expected a folder or Hub id")


def _read_models(path: Path, given: Any) -> list[ModelSection]:
    """Read the entries under `models`."""
    if not isinstance(given or [], list):
        raise DataError(path, f"models is {given!r}; expected a list of entries such as - model: NAME")
    models = [_read_model(path, entry, f"models[{number}]") for number, entry in enumerate(given or [])]
    names = [model.name for model in models]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise DataError(path, f"models has {repeated[0]} twice; expected each model once")
    return models


def _read_model(path: Path, entry: Any, where: str) -> ModelSection:
    """Read an entry under `models`; `where` is its place in the file, for errors."""
    if not isinstance(entry, dict) or not isinstance(entry.get("model"), str):
        raise DataError(path, f"a model is {entry!r}; expected model: NAME, and parameters")
    _check_keys(path, entry, ("model", "parameters"), section="models")
    name = entry["model"]
    parameters = _read_parameters(path, entry.get("parameters"), _MODEL_KEYS, section=f"models: {name}")
    return ModelSection(name, _read_settings(path, parameters, section=f"{where}.parameters"))


def _read_parameters(path: Path, given: Any, known: Sequence[str], *, section: str) -> dict[str, Any]:
    """Read the keys and values under `parameters`; empty when the file has none."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise DataError(path, f"{section} is {given!r}; expected keys and values")
    _check_keys(path, given, known, section=section)
    return given


def _read_settings(path: Path, parameters: Mapping[str, Any], *, section: str) -> dict[str, ParameterSetting]:
    """Read weight and density among the parameters, keyed by name."""
    return {
        key: read_setting(path, parameters[key], where=f"{section}.{key}", is_share=key == "density")
        for key in _MODEL_KEYS
        if key in parameters
    }


def _flag(path: Path, given: Any, key: str) -> bool:
    """A switch, which is the same for all tensors."""
    if not isinstance(given, bool):
        raise DataError(path, f"parameters.{key} is {given!r}; expected true or false, for all tensors")
    return given


def _dtype(path: Path, content: Mapping[str, Any], key: str) -> str | None:
    """The safetensors name of a type, such as BF16; None when none is given."""
    if content.get(key) is None:
        return None
    return SAFETENSORS_NAMES[_choice(path, content[key], StorageDtype, key=key)]


def _tokenizer_source(path: Path, given: Any) -> str | None:
    """The folder or Hub id of the model whose tokenizer is copied; None for that of the base."""
    if given == "union":
        raise DataError(path, '"tokenizer_source: union" is not supported; expected base or a model')
    return None if given == "base" else _model_name(path, given, "tokenizer_source")
