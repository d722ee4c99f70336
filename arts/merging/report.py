"""The report of a merge, as it is stored in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from arts.data.support.arrays import FloatArray
from arts.data.support.display import Displayed
from arts.data.support.record import Record
from arts.data.support.rounding import decimal_text, significant_text
from arts.merging.survey import TaskVectorSurvey, cosines, layer_name

MERGE_REPORT_FILE = "merge_report.json"
_FAR, _SIMILAR, _ORTHOGONAL, _DOMINANT = 0.5, 0.5, 0.1, 0.9  # beyond these, a warning is given


class MergedModelEntry(Record):
    """What the report says about one of the merged models.

    Args:
        name: its folder or Hub id, as the user gave it.
        checksum: XXH3 checksum of its merged tensors.
        norm: norm of its task vector.
        relative: norm of its task vector divided by the norm of the base.
        coefficient: its coefficient times the scale; the mean over all elements if it differs between
            tensors.
        kept: share of the elements of its task vector that sparsification kept, from a sample. None when
            nothing was sparsified.
        renamed: names that its tensors have in the base, keyed by their own where these differ.
        unmerged: names of its tensors that are not merged: heads that differ, buffers, tied embeddings.
    """

    name: str
    checksum: str
    norm: float
    relative: float
    coefficient: float
    kept: float | None = None
    renamed: dict[str, str] = Field(default_factory=dict)
    unmerged: list[str] = Field(default_factory=list)


class MergedLayerEntry(Record):
    """The norms, cosines and coefficients of the task vectors in one layer.

    Args:
        name: name of the layer, or of a module outside the layers.
        parameters: number of elements that are merged.
        norms: norms of the task vectors, one per model.
        cosines: cosines of the task vectors, one row and one column per model.
        coefficients: mean coefficients over the elements, one per model, not multiplied by the scale.
        densities: shares of the elements that sparsification is to keep, means over the elements, one per
            model. None when nothing is sparsified.
        conflicts: share of the elements that are positive in one task vector and negative in another. None
            when they were not counted.
    """

    name: str
    parameters: int
    norms: list[float]
    cosines: list[list[float]]
    coefficients: list[float]
    densities: list[float] | None = None
    conflicts: float | None = None


class MergeReport(Displayed, Record):
    """What a merge, or a dry run, measured and did.

    Args:
        schema_version: version of this format.
        method: name of the merge method.
        settings: its options, and what was to be done about heads and vocabularies that differ from the
            base's, keyed by name.
        base: folder or Hub id of the base.
        base_checksum: XXH3 checksum of the base's merged tensors.
        parameters: number of elements in the merged model.
        models: the entries on the models, in the order in which they were given.
        layers: the entries on the layers, in the order of their names.
        cosines: cosines of the whole task vectors, one row and one column per model.
        conflicts: share of the elements that are positive in one task vector and negative in another. None
            when they were not counted.
        sign_agreement: share of the elements kept by sparsification that have the sign of the weighted sum of
            the task vectors, from a sample. None when nothing was sparsified.
        nonlinearity: for each model, how far its outputs are from changing linearly along its task vector; 0
            means linear. None when it was not measured.
        warnings: sentences on assumptions of MetaGPT that do not hold, or a base that may be the wrong one.
        from_base: names of tensors that are as in the base, as a model lacks them or has them otherwise.
        remarks: sentences on what is unusual about the models.
        bytes_read: number of bytes of weights that were read.
        bytes_written: number of bytes of weights that were written.
        seconds: duration of the whole run.
        peak_memory: largest resident memory of the process, in bytes.
        threads: number of threads.
        output: folder of the merged model; None for a dry run.
        command: the command line; None when the merge was not started by a command.
        versions: versions of the libraries that were used, keyed by distribution name.
        created: date and time in UTC, in ISO 8601 format.
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
    from_base: list[str] = Field(default_factory=list)
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

    def headline(self) -> str:
        """The method, the number of models and the base."""
        verb = "merged" if self.output else "dry run of merging"
        return f"{verb} by {self.method}: {len(self.models)} models, base {self.base}"

    def facts(self) -> dict[str, str]:
        """The coefficient and norm of each model, the size, the output and the warnings."""
        models = {
            f"model {n}": f"{entry.name}: coefficient {decimal_text(entry.coefficient, 4)}, "
            f"norm {significant_text(entry.norm, 4)}"
            for n, entry in enumerate(self.models, 1)
        }
        sizes = {"parameters": f"{self.parameters:,}", "layers": f"{len(self.layers):,}"}
        warnings = {f"warning {n}": text for n, text in enumerate(self.warnings, 1)}
        return models | sizes | {"output": self.output or "none"} | warnings


def layer_entries(
    survey: TaskVectorSurvey,
    weights: Mapping[str, FloatArray],
    *,
    sizes: Mapping[str, int],
    densities: Mapping[str, FloatArray] | None = None,
) -> list[MergedLayerEntry]:
    """The report's entries on the layers.

    Args:
        survey: the inner products of the task vectors.
        weights: the coefficients, keyed by tensor name; each value is an array (models,).
        sizes: number of elements of each tensor, keyed by tensor name.
        densities: the shares of elements to keep, keyed by tensor name; each value is an array (models,).
            None when nothing is sparsified.
    """

    def mean(values: Mapping[str, FloatArray], names: Sequence[str]) -> list[float]:
        means: list[float] = mean_over_elements({name: values[name] for name in names}, sizes).tolist()
        return means

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
                coefficients=mean(weights, names),
                densities=mean(densities, names) if densities else None,
                conflicts=sum(conflicts[name] for name in names) / count if conflicts else None,
            )
        )
    return layers


def mean_over_elements(values: Mapping[str, FloatArray], sizes: Mapping[str, int]) -> FloatArray:
    """The mean of the tensors' values, each weighted by the tensor's number of elements.

    Args:
        values: the values, keyed by tensor name; each value is an array (models,).
        sizes: number of elements of each tensor, keyed by tensor name.

    Returns:
        The means, an array (models,); to the last bit what all tensors have in common.
    """
    total = sum(sizes[name] for name in values)
    first = next(iter(values.values()))
    return first + sum(((row - first) * sizes[name] for name, row in values.items()), np.zeros(1)) / total


def assumption_warnings(
    names: Sequence[str],
    gram: FloatArray,
    *,
    base_square: float,
    coefficients: Sequence[float] | None,
) -> list[str]:
    """Warnings that an assumption of MetaGPT does not hold, or that the base may be the wrong one.

    There is one for a task vector whose norm is over half the base's; for cosines that are all over 0.5, or
    else for a cosine over 0.1 or under -0.1; and for a coefficient of MetaGPT over 0.9.

    Args:
        names: names of the models.
        gram: inner products of the task vectors, an array (models, models).
        base_square: squared norm of the base.
        coefficients: MetaGPT's coefficients, one per model; None when another method is used.

    Returns:
        The warnings as sentences; empty when there are none.
    """
    warnings = []
    similarities = cosines(gram)
    pairs = similarities[~np.eye(len(names), dtype=bool)]
    relative = np.sqrt(np.diagonal(gram) / base_square) if base_square else np.zeros(len(names))
    for name, distance in zip(names, relative, strict=True):
        if distance > _FAR:
            warnings.append(
                f"{name} is {decimal_text(distance)} times the norm of the base away from it; was it trained "
                "from it?"
            )
    if len(pairs) and pairs.min() > _SIMILAR:
        warnings.append(
            f"all task vectors point the same way (cosines of {decimal_text(pairs.min())} and more): is this "
            "the base they were trained from?"
        )
    elif len(pairs) and np.abs(pairs).max() > _ORTHOGONAL:
        i, j = divmod(int(np.abs(similarities - np.eye(len(names))).argmax()), len(names))
        warnings.append(
            f"the task vectors of {names[i]} and {names[j]} have a cosine of "
            f"{decimal_text(similarities[i, j])}; MetaGPT's coefficients are derived for 0"
        )
    if coefficients is not None and len(names) > 1 and max(coefficients) > _DOMINANT:
        largest = int(np.argmax(coefficients))
        warnings.append(
            f"{names[largest]} has the coefficient {decimal_text(coefficients[largest], 3)}; "
            "the merged model is close to it alone"
        )
    return warnings


def surplus_remarks(surplus: int) -> list[str]:
    """A remark on the elements that TIES kept beyond the densities; none where there were none.

    Args:
        surplus: number of these elements, of all models together.
    """
    if not surplus:
        return []
    return [
        f"ties keeps {surplus:,} numbers beyond the densities, as large as the smallest that it is to keep; "
        "mergekit keeps only some of these"
    ]
