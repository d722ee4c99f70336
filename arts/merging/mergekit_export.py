"""Writing a merge as a configuration file of mergekit."""

from __future__ import annotations

from typing import Any

import yaml

from arts.merging.plan import MergeError
from arts.merging.report import MergeReport


def mergekit_linear_config(report: MergeReport) -> str:
    """The YAML text of a configuration with which mergekit's `linear` repeats the merge of a report.

    Raises:
        MergeError: when `linear` cannot do what the merge did: sparsify, elect signs, leave rows of tokens or
            a classifier head out; or when the file of the merge gave weights by tensor.
    """
    settings = report.settings
    if report.method not in ("metagpt", "average", "task-arithmetic"):
        raise MergeError(f"--emit-config: mergekit's linear cannot do what {report.method} does")
    for key in ("head", "vocab"):
        if settings[key] != "error":
            raise MergeError(f"--emit-config: mergekit's linear cannot do what --{key} {settings[key]} does")
    if settings["weights_by_tensor"] and not settings["by_layer"]:
        raise MergeError("--emit-config: the weights differ by tensor, as the file of --config says")
    filters = [f"{layer.name}." for layer in report.layers]
    if settings["by_layer"] and any(one in other for one in filters for other in filters if one != other):
        raise MergeError(
            "--emit-config: the name of a layer is a part of another's, so filters cannot tell them"
        )
    names = [report.base, *(entry.name for entry in report.models)]
    scale = float(str(settings["scale"]))
    models = []
    for number, name in enumerate(names):
        if settings["by_layer"]:
            weight: Any = [
                {
                    "filter": name_part,
                    "value": _linear_weights([c * scale for c in layer.coefficients])[number],
                }
                for name_part, layer in zip(filters, report.layers, strict=True)
            ]
            weight.append({"value": float(number == 0)})  # what was not merged is the base's
        else:
            weight = _linear_weights([entry.coefficient for entry in report.models])[number]
        models.append({"model": name, "parameters": {"weight": weight}})
    return yaml.safe_dump({"merge_method": "linear", "models": models}, sort_keys=False)


def _linear_weights(coefficients: list[float]) -> list[float]:
    """Write theta_0 + sum_t w_t tau_t as a weighted mean of the base and the models; returns its weights.

    With tau_t = theta_t - theta_0, it is (1 - sum_t w_t) theta_0 + sum_t w_t theta_t.

    Args:
        coefficients: the w_t, one per model.

    Returns:
        The weight of the base, then those of the models; they sum to 1.
    """
    return [1 - sum(coefficients), *coefficients]
