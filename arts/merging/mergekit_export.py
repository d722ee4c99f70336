"""Writing a merge as a configuration file of mergekit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import yaml

from arts.merging.job import MergeJob
from arts.merging.plan import MergeError
from arts.merging.report import MergeReport


def check_linear_export(job: MergeJob) -> None:
    """Check, before a merge, that mergekit's `linear` can do what it will do.

    Raises:
        MergeError: when it cannot: sparsify, elect signs, leave rows of tokens or a classifier head out, or
            give each tensor a weight of its own.
    """
    if job.method.name not in ("linear", "metagpt", "average", "task-arithmetic"):
        raise MergeError(f"--emit-config: mergekit's linear cannot do what {job.method.name} does")
    for key, policy in (("head", job.head), ("vocab", job.vocab)):
        if policy != "error":
            raise MergeError(f"--emit-config: mergekit's linear cannot do what --{key} {policy} does")
    if job.gives_weights_by_tensor():
        raise MergeError("--emit-config: the weights differ by tensor, as the file of --config says")


def mergekit_linear_config(report: MergeReport, *, adapters: Collection[str] = ()) -> str:
    """The YAML text of a configuration with which mergekit's `linear` repeats the merge of a report.

    Args:
        report: the report of a merge for which `check_linear_export` raised no error.
        adapters: the names of those models that are LoRA adapters; the file names them ``base+adapter``.

    Raises:
        MergeError: when filters cannot tell the layers of the models.
    """
    settings = report.settings
    filters = [f"{layer.name}." for layer in report.layers]
    if settings["by_layer"] and any(one in other for one in filters for other in filters if one != other):
        raise MergeError(
            "--emit-config: the name of a layer is a part of another's, so filters cannot tell them"
        )
    given = [entry.name for entry in report.models]
    names = [report.base, *(f"{report.base}+{name}" if name in adapters else name for name in given)]
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
