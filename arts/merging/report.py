"""The report of a merge, as it is stored in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from arts.data.support.arrays import FloatArray
from arts.data.support.record import Record
from arts.merging.methods import cosines
from arts.merging.survey import TaskVectorSurvey, layer_name

MERGE_REPORT_FILE = "merge_report.json"
_FAR, _SIMILAR, _ORTHOGONAL, _DOMINANT = 0.5, 0.5, 0.1, 0.9  # limits beyond which there is a warning


class MergedModelEntry(Record):
    """A model that took part in a merge.

    Args:
        name: what the user called it.
        checksum: XXH3 of its merged tensors.
        norm: norm of its task vector.
        relative: that norm over the norm of the base.
        coefficient: its weight, times the scale; the mean over all elements where it differs by tensor.
        kept: share of its task vector that sparsification kept, measured on a sample.
    """

    name: str
    checksum: str
    norm: float
    relative: float
    coefficient: float
    kept: float | None = None


class MergedLayerEntry(Record):
    """The norms, cosines and coefficients of the task vectors in one layer.

    Args:
        name: name of the layer, or of a module outside the layers.
        parameters: number of elements that are merged.
        norms: (models) norms of the task vectors.
        cosines: (models, models) their cosines.
        coefficients: (models) mean weights, without the scale.
        conflicts: share of the elements where two task vectors differ in sign, if that was counted.
    """

    name: str
    parameters: int
    norms: list[float]
    cosines: list[list[float]]
    coefficients: list[float]
    conflicts: float | None = None


class MergeReport(Record):
    """What a merge, or a dry run, measured and did.

    Args:
        schema_version: version of this format.
        method: name of the merge method.
        settings: its options, and how differences between the models were settled.
        base: name of theta_0.
        base_checksum: XXH3 of its merged tensors.
        parameters: number of elements in the output.
        models: the models, in the order in which they were given.
        layers: the layers, in the order of their names.
        cosines: (models, models) cosines of the whole task vectors.
        conflicts: share of the elements where two task vectors differ in sign, if that was counted.
        sign_agreement: share of the elements kept by sparsification that have the elected sign, measured on
            a sample.
        nonlinearity: by model, how far its outputs are from linear along its task vector, if measured.
        warnings: where the assumptions of the method do not hold.
        remarks: what is unusual about the models.
        bytes_read: number of bytes of weights that were read.
        bytes_written: number of bytes of weights that were written.
        seconds: duration from start to end.
        peak_memory: largest resident memory of the process, in bytes.
        threads: number of threads.
        output: folder of the merged model; None for a dry run.
        command: the command line, if there was one.
        versions: versions of the libraries that calculated.
        created: date and time, in UTC.
    """

    schema_version: Literal["arts.merge/1"] = "arts.merge/1"
    method: str
    settings: dict[str, float | int | str | bool | list[float] | None]
    base: str
    base_checksum: str
    parameters: int
    models: list[MergedModelEntry]
    layers: list[MergedLayerEntry]
    cosines: list[list[float]]
    conflicts: float | None = None
    sign_agreement: float | None = None
    nonlinearity: list[float] | None = None
    warnings: list[str]
    remarks: list[str]
    bytes_read: int
    bytes_written: int
    seconds: float
    peak_memory: int
    threads: int
    output: str | None = None
    command: str | None = None
    versions: dict[str, str]
    created: str


def layer_entries(
    survey: TaskVectorSurvey, weights: Mapping[str, FloatArray], *, sizes: Mapping[str, int]
) -> list[MergedLayerEntry]:
    """What a report says of each layer.

    Args:
        survey: the inner products of the task vectors.
        weights: by tensor, (models) the coefficients.
        sizes: number of elements of each tensor.
    """
    tensors: dict[str, list[str]] = {}
    for name in survey.grams:
        tensors.setdefault(layer_name(name), []).append(name)
    layers = []
    for layer, gram in survey.layer_grams.items():
        names = tensors[layer]
        count = sum(sizes[name] for name in names)
        conflicts = survey.conflicts
        layers.append(
            MergedLayerEntry(
                name=layer,
                parameters=count,
                norms=np.sqrt(np.diagonal(gram)).tolist(),
                cosines=cosines(gram).tolist(),
                coefficients=mean_over_elements({name: weights[name] for name in names}, sizes).tolist(),
                conflicts=sum(conflicts[name] for name in names) / count if conflicts else None,
            )
        )
    return layers


def mean_over_elements(values: Mapping[str, FloatArray], sizes: Mapping[str, int]) -> FloatArray:
    """(models) the mean over all elements of values that are given by tensor.

    Args:
        values: by tensor, (models) the values.
        sizes: number of elements of each tensor.
    """
    total = sum(sizes[name] for name in values)
    return sum((row * sizes[name] for name, row in values.items()), np.zeros(1)) / total


def assumption_warnings(
    names: Sequence[str],
    gram: FloatArray,
    *,
    base_square: float,
    coefficients: Sequence[float] | None,
) -> list[str]:
    """Warnings where the assumptions of MetaGPT do not hold, or the base seems to be the wrong one.

    Args:
        names: names of the models.
        gram: (models, models) inner products of the task vectors.
        base_square: squared norm of the base.
        coefficients: MetaGPT's coefficients, if they are used.
    """
    warnings = []
    similarities = cosines(gram)
    pairs = similarities[~np.eye(len(names), dtype=bool)]
    relative = np.sqrt(np.diagonal(gram) / base_square) if base_square else np.zeros(len(names))
    for name, distance in zip(names, relative, strict=True):
        if distance > _FAR:
            warnings.append(
                f"{name} is {distance:.2f} times the norm of the base away from it; was it trained from it?"
            )
    if len(pairs) and pairs.min() > _SIMILAR:
        warnings.append(
            f"all task vectors point the same way (cosines of {pairs.min():.2f} and more): is this the base "
            "they were trained from?"
        )
    elif len(pairs) and np.abs(pairs).max() > _ORTHOGONAL:
        i, j = divmod(int(np.abs(similarities - np.eye(len(names))).argmax()), len(names))
        warnings.append(
            f"the task vectors of {names[i]} and {names[j]} have a cosine of "
            f"{similarities[i, j]:.2f}; MetaGPT's coefficients are derived for 0"
        )
    if coefficients is not None and len(names) > 1 and max(coefficients) > _DOMINANT:
        largest = int(np.argmax(coefficients))
        warnings.append(
            f"{names[largest]} has the coefficient {coefficients[largest]:.3f}; "
            "the merged model is close to it alone"
        )
    return warnings
