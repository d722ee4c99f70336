"""Reading mergekit's configuration files, for the merge methods that mergekit and this package share.

Unlike in mergekit, an unknown key is an error. Parts of its schema that are not supported here (slices,
modules, tokenizer surgery) are errors, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import yaml

from arts.data.errors import DataError, did_you_mean
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS, Coefficients, MergeMethod, disjoint_mean, disjoint_sum
from arts.merging.options import MergeOptions, TensorSetting
from arts.merging.plan import MergeError
from arts.merging.policies import SAFETENSORS_NAMES, Granularity, StorageDtype

_MERGEKIT_NAMES = {
    "linear": "linear",
    "task_arithmetic": "task-arithmetic",
    "dare_linear": "dare",
    "dare_ties": "dare-ties",
}
_TOP_KEYS = ("models", "merge_method", "base_model", "dtype", "out_dtype", "tokenizer_source", "parameters")
_UNSUPPORTED_KEYS = ("slices", "modules", "tokenizer", "chat_template")
_SHARED_KEYS = ("normalize", "rescale", "lambda", "int8_mask", "granularity", "by_tensor", "seed")
_MODEL_KEYS = ("weight", "density")

Choice = TypeVar("Choice", bound=StrEnum)


def read_mergekit_config(path: Path) -> MergeJob:
    """Read a merge from a YAML file in mergekit's schema.

    Raises:
        DataError: when the file cannot be read, or has a key or value that is unknown or not supported here.
    """
    config = _MergekitConfig.read(path)
    return config.linear_job() if config.method == "linear" else config.task_vector_job()


@dataclass(frozen=True)
class _ModelConfig:
    """An entry under `models`: the folder or Hub id of a model, and the parameters for this model alone."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class _MergekitConfig:
    """The content of a configuration file.

    Args:
        path: the file.
        content: its keys and values.
        method: the name of the merge method in this package, such as ``task-arithmetic``.
        models: the models, in the order of the file.
        parameters: parameters that apply to all models.
    """

    path: Path
    content: Mapping[str, Any]
    method: str
    models: Sequence[_ModelConfig]
    parameters: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> _MergekitConfig:
        """Read a file, and check its keys."""
        content = _read_mapping(path)
        _check_keys(path, content, _TOP_KEYS, unsupported=_UNSUPPORTED_KEYS)
        method = _method_name(path, content.get("merge_method"))
        models = [_model_config(path, entry) for entry in content.get("models") or ()]
        known = (*_SHARED_KEYS, *_MODEL_KEYS)
        parameters = _read_parameters(path, content.get("parameters"), known, section="parameters")
        return cls(path, content, method, models, parameters)

    def task_vector_job(self) -> MergeJob:
        """The `MergeJob` of a file whose method is not `linear`; such methods merge task vectors."""
        base = self.content.get("base_model")
        if not base:
            raise DataError(self.path, f"merge_method {self.content['merge_method']} needs a base_model")
        config = replace(self, models=[model for model in self.models if model.name != base])
        if not config.models:
            raise DataError(self.path, "names no model beside the base")
        method, normalize = config._resolve_method()
        given = method.coefficients is Coefficients.GIVEN
        default = method.density if method.coefficients is Coefficients.METAGPT else 1.0
        parameters = self.parameters
        options = MergeOptions(
            by_layer=config._granularity() is Granularity.LAYER,
            weights=config._setting("weight", method.weight) if given else None,
            densities=config._setting("density", default) if method.sparsifies else None,
            scale=float(parameters.get("lambda", 1.0)),
            normalize=normalize and given,
            by_tensor=bool(parameters.get("by_tensor", False)),
            seed=int(parameters.get("seed", 0)),
        )
        names = [model.name for model in config.models]
        return MergeJob(
            base,
            names,
            method=method,
            options=options,
            dtype=self._dtype(),
            tokenizer_from=self._tokenizer(),
        )

    def linear_job(self) -> MergeJob:
        """The `MergeJob` of a file whose method is `linear`: sum_t w_t theta_t / sum_t w_t.

        Here theta_t is model t, and w_t its weight in the file. The first model takes the place of the base,
        and each other model has the coefficient w_t / sum_t w_t. The result is the same, because these shares
        and that of the first model sum to 1.
        """
        if not self.parameters.get("normalize", True):
            raise DataError(self.path, '"normalize: false" is not supported for linear')
        if len(self.models) < 2:
            raise DataError(self.path, "linear needs two models at least")
        setting = self._setting("weight", 1.0)

        def share(tensor: str, model: int, depth: float) -> float:
            weights = [setting(tensor, number, depth) for number in range(len(self.models))]
            if not sum(weights):
                raise MergeError(f"{self.path}: the weights of {tensor} sum to 0")
            return weights[model + 1] / sum(weights)

        names = [model.name for model in self.models]
        return MergeJob(
            names[0],
            names[1:],
            method=replace(METHODS["task-arithmetic"], name="linear"),
            options=MergeOptions(weights=share),
            dtype=self._dtype(),
            tokenizer_from=self._tokenizer() or self.content.get("base_model"),
        )

    def _resolve_method(self) -> tuple[MergeMethod, bool]:
        """The merge method, and whether the coefficients of the file are divided by their sum."""
        method = METHODS[self.method]
        given = method.coefficients is Coefficients.GIVEN
        everywhere = (self.parameters, *(model.parameters for model in self.models))
        if not given and any("weight" in parameters for parameters in everywhere):
            raise DataError(self.path, f"{self.method} finds the weights itself; leave them out")
        normalize = bool(self.parameters.get("normalize", self.method == "ties"))
        if method.combine in (disjoint_mean, disjoint_sum):
            method = replace(method, combine=disjoint_mean if normalize or not given else disjoint_sum)
            normalize = False
        rescale = self.parameters.get("rescale")
        if "rescale" in self.parameters and bool(rescale) != self.method.startswith("dare"):
            raise DataError(self.path, f'"rescale: {str(rescale).lower()}" is not what {self.method} does')
        return method, normalize

    def _granularity(self) -> Granularity:
        given = self.parameters.get("granularity", Granularity.GLOBAL)
        return _choice(self.path, given, Granularity, key="granularity")

    def _dtype(self) -> str | None:
        """The safetensors name of the type to store weights in, such as BF16; None when none is given."""
        given = self.content.get("out_dtype") or self.content.get("dtype")
        if given is None:
            return None
        return SAFETENSORS_NAMES[_choice(self.path, given, StorageDtype, key="dtype")]

    def _tokenizer(self) -> str | None:
        """The folder or Hub id of the model whose tokenizer is copied; None for that of the base."""
        source = self.content.get("tokenizer_source")
        if source == "union":
            raise DataError(self.path, '"tokenizer_source: union" is not supported; expected base or a model')
        return None if source in (None, "base") else str(source)

    def _setting(self, key: str, default: float) -> TensorSetting:
        """A function that returns the value of a parameter for a tensor's name, a model's index and a depth.

        The function returns `default` where the file gives no value.
        """
        given = [model.parameters.get(key, self.parameters.get(key, default)) for model in self.models]

        def setting(tensor: str, model: int, depth: float) -> float:
            value = _setting_value(self.path, given[model], key=key, tensor=tensor, depth=depth)
            return default if value is None else value

        return setting


def _read_mapping(path: Path) -> dict[str, Any]:
    """Read the keys and values of a YAML file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        reason = getattr(error, "problem", None) or "not text in UTF-8"
        raise DataError(path, f"is not YAML ({reason})", line=None if line is None else line + 1) from error
    if not isinstance(content, dict):
        raise DataError(path, "holds no configuration; expected keys such as merge_method and models")
    return content


def _check_keys(
    path: Path,
    content: Mapping[str, Any],
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
    known = {**{name: name for name in METHODS}, **_MERGEKIT_NAMES}
    if given in known:
        return known[given]
    guess = did_you_mean(str(given), known)
    raise DataError(path, f'unknown merge_method "{given}".{guess} Known: {", ".join(sorted(known))}')


def _model_config(path: Path, entry: Any) -> _ModelConfig:
    """Read an entry under `models`."""
    if not isinstance(entry, dict) or not isinstance(entry.get("model"), str):
        raise DataError(path, f"a model is {entry!r}; expected model: NAME, and parameters")
    _check_keys(path, entry, ("model", "parameters"), section="models")
    name = entry["model"]
    parameters = _read_parameters(path, entry.get("parameters"), _MODEL_KEYS, section=f"models: {name}")
    return _ModelConfig(name, parameters)


def _read_parameters(path: Path, given: Any, known: Sequence[str], *, section: str) -> dict[str, Any]:
    """Read the keys and values under `parameters`; empty when the file has none."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise DataError(path, f"{section} is {given!r}; expected keys and values")
    _check_keys(path, given, known, section=section)
    return given


def _setting_value(path: Path, given: Any, *, key: str, tensor: str, depth: float) -> float | None:
    """The value of a parameter for a tensor; None when every filter excludes the tensor.

    Args:
        path: the file, for errors.
        given: a number; a list of numbers to interpolate between over the depth; or a list of dicts with the
            keys ``value`` and ``filter``: the first one whose filter is a part of the tensor's name counts.
        key: name of the parameter, for errors.
        tensor: name of the tensor.
        depth: depth of the tensor's layer, from 0 for the first to 1 for the last.
    """
    if isinstance(given, dict):
        given = [given]
    if isinstance(given, list) and given and all(isinstance(item, dict) for item in given):
        for item in given:
            _check_keys(path, item, ("filter", "value"), section=key)
            if item.get("filter") in (None, "*") or item["filter"] in tensor:
                return _setting_value(path, item.get("value"), key=key, tensor=tensor, depth=depth)
        return None
    try:
        if isinstance(given, list):
            values = [float(item) for item in given]
            return float(np.interp(depth, np.linspace(0, 1, len(values)), values))
        return float(given)
    except (TypeError, ValueError) as error:
        raise DataError(path, f"{key} is {given!r}; expected a number") from error
