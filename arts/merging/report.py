"""What a merge was, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from arts.data.support.record import Record
from arts.merging.methods import cosines
from arts.merging.survey import Matrix

if TYPE_CHECKING:
    from rich.console import RenderableType

FILE = "merge_report.json"
_FAR, _COMMON, _ORTHOGONAL, _DOMINANT = 0.5, 0.5, 0.1, 0.9  # beyond which a warning is given


class Entry(Record):
    """A model that took part.

    Args:
        name: as it was asked for.
        checksum: XXH3 over its merged tensors.
        norm: of its task vector.
        relative: the norm over that of the base.
        coefficient: its weight, times the scale; the mean over the numbers where it differs by tensor.
        kept: share of its task vector that thinning left, sampled.
    """

    name: str
    checksum: str
    norm: float
    relative: float
    coefficient: float
    kept: float | None = None


class Layer(Record):
    """A layer: the norms of the task vectors, their cosines and coefficients."""

    name: str
    parameters: int
    norms: list[float]
    cosines: list[list[float]]
    coefficients: list[float]
    conflicts: float | None = None


class MergeReport(Record):
    """What a merge, or a dry run, found and did.

    Args:
        schema_version: of this format.
        method, settings: how it was, or would be, merged.
        base: the name of theta_0.
        base_checksum: as of the models.
        parameters: numbers in the output.
        models, layers: in the order they were given; in the order of the names.
        cosines: (models, models) of the whole task vectors.
        conflicts: share of the numbers where two task vectors differ in sign, where that was counted.
        sign_agreement: share of the numbers left by thinning that have the elected sign, sampled.
        nonlinearity: by model, how far outputs are from linear along its task vector, where measured.
        warnings: where the method's assumptions do not hold.
        remarks: what was out of the ordinary.
        bytes_read, bytes_written: of weights.
        seconds: from start to end.
        peak_memory: resident, in bytes, of the process.
        threads: that worked.
        output: where the merged model lies; None for a dry run.
        command: that was given, where there was one.
        versions: of what calculated.
        created: when, UTC.
    """

    schema_version: Literal["arts.merge/1"] = "arts.merge/1"
    method: str
    settings: dict[str, float | int | str | bool | list[float] | None]
    base: str
    base_checksum: str
    parameters: int
    models: list[Entry]
    layers: list[Layer]
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


def warnings_of(
    names: Sequence[str], gram: Matrix, base_square: float, coefficients: Sequence[float] | None
) -> list[str]:
    """Where the assumptions of MetaGPT do not hold, or the base seems to be none.

    Args:
        names: of the models.
        gram: (models, models) of the task vectors.
        base_square: the squared norm of the base.
        coefficients: MetaGPT's, where they are used.
    """
    said = []
    similar = cosines(gram)
    others = similar[~np.eye(len(names), dtype=bool)]
    relative = np.sqrt(np.diagonal(gram) / base_square) if base_square else np.zeros(len(names))
    for name, size in zip(names, relative, strict=True):
        if size > _FAR:
            said.append(
                f"{name} is {size:.2f} times the norm of the base away from it; was it trained from it?"
            )
    if len(others) and others.min() > _COMMON:
        said.append(
            f"all task vectors point the same way (cosines of {others.min():.2f} and more): is this the base "
            "they were trained from?"
        )
    elif len(others) and np.abs(others).max() > _ORTHOGONAL:
        one, other = divmod(int(np.abs(similar - np.eye(len(names))).argmax()), len(names))
        said.append(
            f"the task vectors of {names[one]} and {names[other]} have a cosine of "
            f"{similar[one, other]:.2f}; MetaGPT's coefficients are derived for 0"
        )
    if coefficients is not None and len(names) > 1 and max(coefficients) > _DOMINANT:
        place = int(np.argmax(coefficients))
        said.append(
            f"{names[place]} has the coefficient {coefficients[place]:.3f}; "
            "the merged model is close to it alone"
        )
    return said


def table(report: MergeReport) -> RenderableType:
    """The models, for a terminal."""
    from rich.table import Table

    columns: dict[str, list[str]] = {
        "norm": [f"{entry.norm:.4g}" for entry in report.models],
        "over the base's": [f"{entry.relative:.4f}" for entry in report.models],
        "coefficient": [f"{e.coefficient:.4f}" for e in report.models],
        "kept": [f"{entry.kept:.1%}" for entry in report.models if entry.kept is not None],
        **{
            f"cosine {place}": [f"{row[place - 1]:+.3f}" for row in report.cosines]
            for place in range(1, len(report.models) + 1)
        },
        "nonlinearity": [f"{value:.3f}" for value in report.nonlinearity or ()],
    }
    columns = {heading: cells for heading, cells in columns.items() if cells}
    title = (
        f"Merged by {report.method}"
        if report.output
        else f"Task vectors, and the coefficients of {report.method}"
    )
    grid = Table(title=title, title_justify="left")
    grid.add_column("model", overflow="fold")
    for heading in columns:
        grid.add_column(heading, justify="right")
    for place, entry in enumerate(report.models):
        grid.add_row(f"{place + 1} {entry.name}", *(cells[place] for cells in columns.values()))
    return grid


def summary(report: MergeReport) -> str:
    """How long it took, and what it cost, in a line."""
    parts = [
        f"{report.parameters:,} parameters",
        f"{report.bytes_read / 1e9:.2f} GB read",
        f"{report.bytes_written / 1e9:.2f} GB written",
        f"{report.seconds:.1f} s",
        f"{report.peak_memory / 1e6:,.0f} MB at most",
    ]
    if report.sign_agreement is not None:
        parts.insert(1, f"{report.sign_agreement:.1%} agree with the elected sign")
    if report.conflicts is not None:
        parts.insert(1, f"conflicting signs at {report.conflicts:.1%}")
    return ", ".join(parts)


def layer_table(report: MergeReport) -> RenderableType:
    """Norms, cosines and conflicts of sign, layer by layer."""
    from rich.table import Table

    table = Table(title="By layer", title_justify="left")
    table.add_column("layer")
    for heading in ("parameters", "norms", "cosines", "conflicting signs"):
        table.add_column(heading, justify="right")
    pairs = [(i, j) for i in range(len(report.models)) for j in range(i)]
    for layer in report.layers:
        table.add_row(
            layer.name,
            f"{layer.parameters:,}",
            " ".join(f"{norm:.3g}" for norm in layer.norms),
            " ".join(f"{layer.cosines[i][j]:+.2f}" for i, j in pairs),
            "" if layer.conflicts is None else f"{layer.conflicts:.1%}",
        )
    return table


def forecast(report: MergeReport) -> str:
    """What a merge would cost, from what measuring did: as much again, and the output."""
    share = report.bytes_read / (len(report.models) + 1)
    return (
        f"Merging by metagpt takes about {2 * report.seconds:.1f} s, {report.peak_memory / 1e6:,.0f} MB of "
        f"memory and {share / 1e9:.2f} GB of disk."
    )
