"""The options of a merge method, and the coefficients and densities that they give to each tensor."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from arts.data.support.arrays import FloatArray
from arts.data.support.checked_fields import check_fields
from arts.data.support.field_types import LARGEST_FLOAT32, Scale, Seed
from arts.merging.metagpt import coefficients_by_tensor
from arts.merging.methods import Coefficients, MergeMethod
from arts.merging.plan import MergeError, MergePlan
from arts.merging.report import mean_over_elements
from arts.merging.sparsify import differ_by_tensor, kept_share
from arts.merging.survey import TaskVectorSurvey

# Returns a value for a tensor's name, a model's index, and the tensor's depth (0: first layer, 1: last).
TensorSetting = Callable[[str, int, float], float]
_LAYER = re.compile(r"(.*?)\.(\d+)\.")  # the name of a stack of layers, and the number of a layer
_SMALLEST_SUM = 1e-8  # weights that sum to less cannot be normalised


@dataclass(frozen=True)
class MergeOptions:
    """The options of a merge method.

    Args:
        by_layer: whether MetaGPT calculates coefficients for each layer, not for the whole model.
        weights: function that returns a coefficient for a tensor's name, a model's index and the depth of the
            tensor (0 in the first layer, 1 in the last). Default: the method's own.
        densities: function that returns, for the same arguments, the share of the elements of a task vector
            to keep. Default: the method's own.
        scale: factor on everything that is added to the base.
        normalize: whether the coefficients that the user gives are divided by their sum.
        by_tensor: whether each tensor is sparsified separately, as in mergekit, not the whole model at once.
        seed: random seed of DARE's masks.

    Raises:
        ArtsError: when `scale` is 0 or beyond 1,000,000, or `seed` is not one of a random seed.
    """

    by_layer: bool = False
    weights: TensorSetting | None = None
    densities: TensorSetting | None = None
    scale: Scale = 1.0
    normalize: bool = False
    by_tensor: bool = False
    seed: Seed = 0

    def __post_init__(self) -> None:
        check_fields(self)


def weights_by_tensor(
    method: MergeMethod, options: MergeOptions, *, plan: MergePlan, survey: TaskVectorSurvey
) -> dict[str, FloatArray]:
    """The coefficients that a merge method gives to the models, for each tensor.

    Args:
        method: the merge method.
        options: its options.
        plan: the models and tensors.
        survey: the inner products of the task vectors.

    Returns:
        The coefficients, keyed by tensor name; each value is an array (models,), not multiplied by the scale.

    Raises:
        MergeError: when coefficients that the user gave are to be divided by their sum, which is 0.
    """
    count = len(plan.models)
    if method.coefficients is Coefficients.METAGPT:
        return coefficients_by_tensor(survey, by_layer=options.by_layer)
    if method.coefficients is Coefficients.AVERAGE:
        return dict.fromkeys(survey.grams, np.full(count, 1 / count))
    return given_weights(method, options, plan=plan)


def given_weights(method: MergeMethod, options: MergeOptions, *, plan: MergePlan) -> dict[str, FloatArray]:
    """The coefficients that the user, or else the method, gives to the models, for each tensor.

    Args:
        method: the merge method.
        options: its options.
        plan: the models and tensors.

    Returns:
        The coefficients, keyed by tensor name; each value is an array (models,), not multiplied by the scale.

    Raises:
        MergeError: when a coefficient is not a finite number within the range of fp32; when all are 0; or
            when they are to be divided by their sum, which is 0.
    """
    weights = _settings_by_tensor(plan, options.weights, default=method.weight)
    for name, row in weights.items():
        for model, weight in zip(plan.models, row, strict=True):
            _check_coefficient(
                weight * options.scale, f"{model.name}: its weight for {name}, times the scale,"
            )
        if options.normalize:
            if abs(row.sum()) < _SMALLEST_SUM:
                raise MergeError(f"the weights of {name} sum to 0, and cannot be normalised")
            weights[name] = row / row.sum()
    if weights and not any(row.any() for row in weights.values()):
        raise MergeError("all weights are 0, so that nothing would be merged into the base")
    return weights


def densities_by_tensor(
    method: MergeMethod, options: MergeOptions, *, plan: MergePlan
) -> dict[str, FloatArray]:
    """The shares of the elements that sparsification keeps of the task vectors, for each tensor.

    Args:
        method: the merge method.
        options: its options.
        plan: the models and tensors.

    Returns:
        The shares, keyed by tensor name; each value is an array (models,).

    Raises:
        MergeError: when a share is not between 0 and 1.
    """
    densities = _settings_by_tensor(plan, options.densities, default=method.density)
    for name, row in densities.items():
        for model, density in zip(plan.models, row, strict=True):
            if not 0 <= density <= 1:
                raise MergeError(f"{model.name}: its density for {name} is {density}; expected 0 to 1")
    return densities


def check_options(method: MergeMethod, options: MergeOptions, *, plan: MergePlan) -> None:
    """Raise `MergeError` when weights or densities that the user gave cannot be used, or keep nothing.

    Args:
        method: the merge method.
        options: its options.
        plan: the models and tensors.
    """
    if method.coefficients is Coefficients.GIVEN:
        given_weights(method, options, plan=plan)
    if method.sparsifies:
        _check_something_is_kept(plan, densities_by_tensor(method, options, plan=plan), method=method)


def _check_something_is_kept(
    plan: MergePlan, densities: Mapping[str, FloatArray], *, method: MergeMethod
) -> None:
    """Raise `MergeError` when the densities are so small that nothing of a task vector would be kept."""
    sizes = {tensor.name: tensor.entry.count for tensor in plan.merged_tensors}
    for number, model in enumerate(plan.models):
        shares = {name: kept_share(method, row[number]) for name, row in densities.items()}
        if sum(share * sizes[name] for name, share in shares.items()) < 1:
            largest = max((float(row[number]) for row in densities.values()), default=0.0)
            raise MergeError(
                f"{model.name}: with densities up to {largest:g}, {method.name} would keep none of its "
                f"{sum(sizes.values()):,} numbers"
            )


def recorded_options(
    method: MergeMethod,
    options: MergeOptions,
    *,
    weights: Mapping[str, FloatArray],
    densities: Mapping[str, FloatArray],
    sizes: Mapping[str, int],
) -> dict[str, float | int | str | bool | list[float] | None]:
    """The options as a report records them, keyed by name.

    Args:
        method: the merge method.
        options: its options.
        weights: the coefficients, keyed by tensor name; each value is an array (models,).
        densities: the shares of elements to keep, keyed by tensor name; each value is an array (models,).
        sizes: number of elements of each tensor, keyed by tensor name.
    """
    values = {name: value for name, value in asdict(options).items() if not callable(value)}
    return {
        **{name: value for name, value in values.items() if value is not None},
        "by_tensor": options.by_tensor or (method.sparsifies and differ_by_tensor(densities)),
        "weights_by_tensor": differ_by_tensor(weights),
        "densities": mean_over_elements(densities, sizes).tolist() if method.sparsifies else None,
    }


def _check_coefficient(value: float, what: str) -> None:
    """Raise `MergeError` when a coefficient is not a finite number within the range of fp32."""
    if not abs(value) <= LARGEST_FLOAT32:
        raise MergeError(f"{what} is {value}; expected a finite number, up to {LARGEST_FLOAT32:.2g}")


def _settings_by_tensor(
    plan: MergePlan, setting: TensorSetting | None, *, default: float
) -> dict[str, FloatArray]:
    """Evaluate `setting` for each tensor and model; when it is None, the value is `default` for all.

    Returns:
        The values, keyed by tensor name; each value is an array (models,).
    """
    models, depths = range(len(plan.models)), _tensor_depths([t.name for t in plan.merged_tensors])
    return {
        name: np.array([setting(name, model, depth) if setting else default for model in models])
        for name, depth in depths.items()
    }


def _tensor_depths(names: Sequence[str]) -> dict[str, float]:
    """How deep each tensor lies in its stack of layers, keyed by name: from 0 in the first to 1 in the last.

    As in mergekit, a tensor outside the layers has depth 0, and the only layer of a stack has depth 1.

    Example:
        >>> _tensor_depths(["embed.weight", "layers.0.w", "layers.1.w", "layers.2.w"])
        {'embed.weight': 0.0, 'layers.0.w': 0.0, 'layers.1.w': 0.5, 'layers.2.w': 1.0}
    """
    layers = {name: (match[1], int(match[2])) for name in names if (match := _LAYER.match(name))}
    last: dict[str, int] = {}
    for stack, number in layers.values():
        last[stack] = max(number, last.get(stack, 0))
    return {
        name: (layers[name][1] / last[layers[name][0]] if last[layers[name][0]] else 1.0)
        if name in layers
        else 0.0
        for name in names
    }
