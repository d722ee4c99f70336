"""The tables and sentences that `arts merge` prints on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table

from arts.merging.report import MergeReport


def model_table(report: MergeReport) -> RenderableType:
    """The table with one row per merged model: the figures of its task vector.

    They are its norm, its coefficient, and its cosine with the task vector of each model. The share of
    elements that were kept and the nonlinearity follow if the report has them.
    """
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
    """The table with one row per layer of the network: the figures of the task vectors in this layer.

    They are the norm for each model, the cosine for each pair of models, and the share of elements that are
    positive in one task vector and negative in another.
    """
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
    """One line of text on a merge: parameters, bytes read and written, duration, and peak memory.

    If they were measured, it also gives the share of elements whose signs differ between task vectors, and
    the share of kept elements that have the sign of the weighted sum of the task vectors.
    """
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
    """One sentence that estimates what a merge by metagpt will cost, from the report of its dry run.

    A dry run reads the models but writes none. The merge is estimated to take twice as long as the dry run,
    as much memory, and as much disk space as the checkpoints that were read have on average.
    """
    checkpoint_bytes = report.bytes_read / (len(report.models) + 1)
    return (
        f"Merging by metagpt takes about {2 * report.seconds:.1f} s, {report.peak_memory / 1e6:,.0f} MB of "
        f"memory and {checkpoint_bytes / 1e9:.2f} GB of disk."
    )


def _table(title: str, first: str, headings: Iterable[str]) -> Table:
    """Create a table without rows; the first column is aligned to the left, the others to the right.

    Args:
        title: text above the table.
        first: heading of the first column.
        headings: headings of the other columns.
    """
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table
