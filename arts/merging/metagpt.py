"""The coefficients of MetaGPT (Zhou et al., 2024), calculated from the task vectors alone, without data."""

from __future__ import annotations

import numpy as np

from arts.data.support.arrays import FloatArray
from arts.merging.survey import TaskVectorSurvey, layer_name


def metagpt_coefficients(gram: FloatArray) -> FloatArray:
    """MetaGPT's coefficients: lambda_t = ||tau_t||^2 / sum_k ||tau_k||^2 (Zhou et al., 2024, section 3).

    Here lambda_t is the coefficient and tau_t the task vector of model t. The coefficients do not minimise
    the loss itself, but an upper bound of the mean difference in loss between the merged model and the
    models. The bound assumes that the outputs change linearly along each task vector, and that the
    task vectors are orthogonal.

    Every merge report has the cosines of the task vectors; `arts merge --check-linearity` measures linearity.

    Args:
        gram: inner products of the task vectors, an array (models, models).

    Returns:
        The coefficients, an array (models,) that sums to 1; all equal when all task vectors are 0.

    Example:
        >>> metagpt_coefficients(np.diag([1.0, 3.0]))
        array([0.25, 0.75])
    """
    squares = np.diagonal(gram)
    total = squares.sum()
    return squares / total if total else np.full(len(squares), 1 / len(squares))


def coefficients_by_tensor(survey: TaskVectorSurvey, *, by_layer: bool) -> dict[str, FloatArray]:
    """MetaGPT's coefficients for each tensor.

    Args:
        survey: the inner products of the task vectors.
        by_layer: whether coefficients are calculated for each layer, not for the whole model.

    Returns:
        The coefficients, keyed by tensor name; each value is an array (models,).
    """
    if not by_layer:
        return dict.fromkeys(survey.grams, metagpt_coefficients(survey.gram))
    layers = {layer: metagpt_coefficients(gram) for layer, gram in survey.layer_grams.items()}
    return {name: layers[layer_name(name)] for name in survey.grams}
