"""Writing a merge as a configuration file of mergekit."""

from __future__ import annotations

from typing import Any

import yaml

from arts.merging.plan import MergeError
from arts.merging.report import MergeReport


def mergekit_linear_config(report: MergeReport) -> str:
    """The YAML text of a configuration with which mergekit's `linear` repeats the merge of a report.

    Raises:
        MergeError: when the method sparsifies or elects signs, which `linear` does not do.
    """
    if report.method not in ("metagpt", "average", "task-arithmetic"):
        raise MergeError(f"--emit-config: mergekit's linear cannot do what {report.method} does")
    names = [report.base, *(entry.name for entry in report.models)]
    models = []
    for number, name in enumerate(names):
        if report.settings.get("by_layer"):
            weight: Any = [
                {"filter": f"{layer.name}.", "value": _linear_weights(layer.coefficients)[number]}
                for layer in report.layers
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
