"""The tables and sentences that `arts merge` prints on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table

from arts.merging.report import MergeReport


def model_table(report: MergeReport) -> RenderableType:
    """The table of a merge with one row per model: norm, coefficient and cosines of its task vector."""
    columns: dict[str, list[str]] = {
        "norm": [f"{entry.norm:.4g}" for entry in report.models],
        "over the base's": [f"{entry.relative:.4f}" for entry in report.models],
        "coefficient": [f"{entry.coefficient:.4f}" for entry in report.models],
        "kept": [f"{entry.kept:.1%}" for entry in report.models if entry.kept is not None],
        **{
            f"cosine {number}": [f"{row[number - 1]:+.3f}" for row in report.cosines]
            for number in range(1, len(report.models) + 1)
        },
        "nonlinearity": [f"{value:.3f}" for value in report.nonlinearity or ()],
    }
    columns = {heading: cells for heading, cells in columns.items() if cells}
    title = (
        f"Merged by {report.method}"
        if report.output
        else f"Task vectors, and the coefficients of {report.method}"
    )
    table = _table(title, "model", columns)
    table.columns[0].overflow = "fold"
    for number, entry in enumerate(report.models, 1):
        table.add_row(f"{number} {entry.name}", *(cells[number - 1] for cells in columns.values()))
    return table


def layer_table(report: MergeReport) -> RenderableType:
    """The table of a merge with one row per layer: norms and cosines of the task vectors, sign conflicts."""
    table = _table("By layer", "layer", ("parameters", "norms", "cosines", "conflicting signs"))
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


def cost_summary(report: MergeReport) -> str:
    """One line of text on the number of parameters, the bytes, the duration and the memory of a merge."""
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


def cost_forecast(report: MergeReport) -> str:
    """One sentence that estimates the cost of a merge from the report of its dry run.

    The duration is estimated as twice that of the dry run, and the disk space as the mean size of the
    checkpoints that were read.
    """
    checkpoint_bytes = report.bytes_read / (len(report.models) + 1)
    return (
        f"Merging by metagpt takes about {2 * report.seconds:.1f} s, {report.peak_memory / 1e6:,.0f} MB of "
        f"memory and {checkpoint_bytes / 1e9:.2f} GB of disk."
    )


def _table(title: str, first: str, headings: Iterable[str]) -> Table:
    """Create a table without rows; all columns except the first are aligned to the right."""
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table
