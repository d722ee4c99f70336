"""mergekit's configuration files: read for the methods that both have, and written.

Unlike mergekit, an unknown key is an error. What of its schema is not merged here (slices, modules, tokenizer
surgery) is one, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from arts.data.errors import DataError, did_you_mean
from arts.merging.choices import Dtype, Granularity
from arts.merging.engine import Options, Setting
from arts.merging.job import Job
from arts.merging.methods import METHODS, Coefficients, disjoint_mean, disjoint_sum
from arts.merging.plan import MergeError
from arts.merging.report import MergeReport

_NAMES = {
    "linear": "linear",
    "task_arithmetic": "task-arithmetic",
    "dare_linear": "dare",
    "dare_ties": "dare-ties",
}
_TOP = ("models", "merge_method", "base_model", "dtype", "out_dtype", "tokenizer_source", "parameters")
_ELSEWHERE = ("slices", "modules", "tokenizer", "chat_template")  # of mergekit alone
_SHARED = ("normalize", "rescale", "lambda", "int8_mask", "granularity", "by_tensor", "seed")
_OF_MODELS = ("weight", "density")


def read_config(path: Path) -> Job:
    """A merge from a YAML file in mergekit's schema.

    Raises:
        DataError: for what is no such file, an unknown key, or what cannot be merged here.
    """
    content = _mapping(path)
    _check_keys(path, content, _TOP, "", elsewhere=_ELSEWHERE)
    name = _method_name(path, content.get("merge_method"))
    models = [_model(path, entry) for entry in content.get("models") or ()]
    shared = _parameters(path, content.get("parameters"), (*_SHARED, *_OF_MODELS), "parameters")
    base = content.get("base_model")
    if name == "linear":
        return _linear(path, content, models, shared)
    if not base:
        raise DataError(path, f"merge_method {content['merge_method']} needs a base_model")
    models = [(model, own) for model, own in models if model != base]
    if not models:
        raise DataError(path, "names no model beside the base")
    method = METHODS[name]
    given = method.coefficients is Coefficients.GIVEN
    if not given and any("weight" in own for own in (shared, *(own for _, own in models))):
        raise DataError(path, f"{name} finds the weights itself; leave them out")
    normalize = shared.get("normalize", name == "ties")
    if method.combine in (disjoint_mean, disjoint_sum):
        method = replace(method, combine=disjoint_mean if normalize or not given else disjoint_sum)
        normalize = False
    if "rescale" in shared and bool(shared["rescale"]) != name.startswith("dare"):
        raise DataError(path, f'"rescale: {str(shared["rescale"]).lower()}" is not what {name} does')
    granularity = shared.get("granularity", Granularity.GLOBAL)
    if granularity not in list(Granularity):
        raise DataError(path, f'granularity is "{granularity}"; expected {", ".join(Granularity)}')
    default = method.density if method.coefficients is Coefficients.METAGPT else 1.0
    return Job(
        base,
        [model for model, _ in models],
        method,
        Options(
            by_layer=granularity == Granularity.LAYER,
            weights=_setting(path, "weight", shared, models, method.weight) if given else None,
            densities=_setting(path, "density", shared, models, default) if method.thins else None,
            scale=float(shared.get("lambda", 1.0)),
            normalize=bool(normalize) and given,
            by_tensor=bool(shared.get("by_tensor", False)),
            seed=int(shared.get("seed", 0)),
        ),
        dtype=_dtype(path, content),
        tokenizer_from=_tokenizer(path, content),
    )


def _linear(
    path: Path, content: Mapping[str, Any], models: list[tuple[str, dict[str, Any]]], shared: dict[str, Any]
) -> Job:
    """sum_t w_t theta_t / sum_t w_t: the first model stands in for the base, since the weights sum to 1."""
    if not shared.get("normalize", True):
        raise DataError(path, '"normalize: false" is not supported for linear')
    if len(models) < 2:
        raise DataError(path, "linear needs two models at least")
    setting = _setting(path, "weight", shared, models, 1.0)

    def share(tensor: str, model: int, depth: float) -> float:
        weights = [setting(tensor, number, depth) for number in range(len(models))]
        if not sum(weights):
            raise MergeError(f"{path}: the weights of {tensor} sum to 0")
        return weights[model + 1] / sum(weights)

    names = [model for model, _ in models]
    return Job(
        names[0],
        names[1:],
        replace(METHODS["task-arithmetic"], name="linear"),
        Options(weights=share),
        dtype=_dtype(path, content),
        tokenizer_from=_tokenizer(path, content) or content.get("base_model"),
    )


def emitted(report: MergeReport) -> str:
    """The configuration of mergekit's `linear` that merges to the same, with the coefficients resolved.

    Raises:
        MergeError: for a method that thins out, or elects signs, which `linear` does not.
    """
    if report.method not in ("metagpt", "average", "task-arithmetic"):
        raise MergeError(f"--emit-config: mergekit's linear cannot do what {report.method} does")
    names = [report.base, *(entry.name for entry in report.models)]
    models = []
    for place, name in enumerate(names):
        if report.settings.get("by_layer"):
            weight: Any = [
                {"filter": f"{layer.name}.", "value": _shares(layer.coefficients)[place]}
                for layer in report.layers
            ]
            weight.append({"value": float(place == 0)})  # what was not merged is the base's
        else:
            weight = _shares([entry.coefficient for entry in report.models])[place]
        models.append({"model": name, "parameters": {"weight": weight}})
    return yaml.safe_dump({"merge_method": "linear", "models": models}, sort_keys=False)


def _shares(coefficients: list[float]) -> list[float]:
    """Weights of the base and the models that sum to 1: theta_0 + sum_t w_t tau_t, multiplied out."""
    return [1 - sum(coefficients), *coefficients]


def _mapping(path: Path) -> dict[str, Any]:
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
    path: Path, content: Mapping[str, Any], known: Iterable[str], where: str, elsewhere: Iterable[str] = ()
) -> None:
    known = tuple(known)
    for key in content:
        if key in elsewhere:
            raise DataError(path, f'"{key}" is not supported here; expected {", ".join(known)}')
        if key not in known:
            guess = did_you_mean(str(key), known)
            raise DataError(
                path,
                f'unknown key "{key}"{f" in {where}" if where else ""}.{guess} Known: {", ".join(known)}',
            )


def _method_name(path: Path, given: Any) -> str:
    known = {**{name: name for name in METHODS}, **_NAMES}
    if given in known:
        return known[given]
    guess = did_you_mean(str(given), known)
    raise DataError(path, f'unknown merge_method "{given}".{guess} Known: {", ".join(sorted(known))}')


def _model(path: Path, entry: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("model"), str):
        raise DataError(path, f"a model is {entry!r}; expected model: NAME, and parameters")
    _check_keys(path, entry, ("model", "parameters"), "models")
    return entry["model"], _parameters(path, entry.get("parameters"), _OF_MODELS, f"models: {entry['model']}")


def _parameters(path: Path, given: Any, known: Iterable[str], where: str) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise DataError(path, f"{where} is {given!r}; expected keys and values")
    _check_keys(path, given, known, where)
    return given


def _dtype(path: Path, content: Mapping[str, Any]) -> str | None:
    given = content.get("out_dtype") or content.get("dtype")
    if given is None:
        return None
    if given not in list(Dtype):
        raise DataError(path, f'dtype is "{given}"; expected {", ".join(Dtype)}')
    return Dtype(given).stored


def _tokenizer(path: Path, content: Mapping[str, Any]) -> str | None:
    source = content.get("tokenizer_source")
    if source == "union":
        raise DataError(path, '"tokenizer_source: union" is not supported; expected base or a model')
    return None if source in (None, "base") else str(source)


def _setting(
    path: Path,
    key: str,
    shared: Mapping[str, Any],
    models: list[tuple[str, dict[str, Any]]],
    default: float,
) -> Setting:
    """A parameter by tensor and model: a number, a gradient over the layers, or values with filters."""
    given = [own.get(key, shared.get(key, default)) for _, own in models]

    def value(tensor: str, model: int, depth: float) -> float:
        found = _value(path, key, given[model], tensor, depth)
        return default if found is None else found

    return value


def _value(path: Path, key: str, given: Any, tensor: str, depth: float) -> float | None:
    if isinstance(given, dict):
        given = [given]
    if isinstance(given, list) and given and all(isinstance(one, dict) for one in given):
        for one in given:
            _check_keys(path, one, ("filter", "value"), key)
            if one.get("filter") in (None, "*") or one["filter"] in tensor:
                return _value(path, key, one.get("value"), tensor, depth)
        return None
    try:
        if isinstance(given, list):
            return float(np.interp(depth, np.linspace(0, 1, len(given)), [float(one) for one in given]))
        return float(given)
    except (TypeError, ValueError) as error:
        raise DataError(path, f"{key} is {given!r}; expected a number") from error
