"""The tables and sentences that `arts merge` prints on a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from arts.cli.tables import FigureTable, sentence
from arts.data.support.rounding import bytes_text, decimal_text, share_text, significant_text
from arts.merging.report import MergeReport

MODEL_LEGEND = (
    "norm: of the task vector, which is the model minus the base. over the base's: divided by the norm of "
    "the base. cosine: with the task vector of the model of that number."
)


def merge_tables(report: MergeReport, *, by_layer: bool) -> Group:
    """All that `arts merge` prints on a merge or a dry run: figures by model, cost, figures by layer."""
    parts: list[RenderableType] = [model_table(report), sentence(cost_summary(report)), Text()]
    parts += [layer_table(report)] if by_layer else []
    parts += [sentence(cost_forecast(report))] if report.output is None else []
    return Group(*parts)


def model_table(report: MergeReport) -> FigureTable:
    """The table with one row per merged model: the figures of its task vector.

    They are its norm, its coefficient, and its cosine with the task vector of each model. The share of
    elements that were kept and the nonlinearity follow if the report has them.
    """
    columns: dict[str, list[str]] = {
        "norm": [significant_text(entry.norm, 4) for entry in report.models],
        "over the base's": [decimal_text(entry.relative, 4) for entry in report.models],
        "coefficient": [decimal_text(entry.coefficient, 4) for entry in report.models],
        "kept": ["" if entry.kept is None else share_text(entry.kept) for entry in report.models],
        **{
            f"cosine {number}": [decimal_text(row[number - 1], 3, sign=True) for row in report.cosines]
            for number in range(1, len(report.models) + 1)
        },
        "nonlinearity": [decimal_text(value, 3) for value in report.nonlinearity or ()],
    }
    columns = {heading: cells for heading, cells in columns.items() if any(cells)}
    title = (
        f"Merged by {report.method}"
        if report.output
        else f"Task vectors, and the coefficients of {report.method}"
    )
    table = FigureTable(title, ("model", *columns), caption=MODEL_LEGEND)
    for number, entry in enumerate(report.models, 1):
        table.add_row(f"{number} {entry.name}", *(cells[number - 1] for cells in columns.values()))
    return table


def layer_table(report: MergeReport) -> FigureTable:
    """The table with one row per layer of the network: the figures of the task vectors in this layer.

    They are the norm for each model, the cosine for each pair of models, and the share of elements that are
    positive in one task vector and negative in another.
    """
    pairs = [(i, j) for i in range(len(report.models)) for j in range(i)]
    order = ", ".join(f"{i + 1} with {j + 1}" for i, j in pairs)
    caption = f"norms: of models 1 to {len(report.models)}." + (
        f" cosines: of models {order}." if pairs else ""
    )
    headings = ("layer", "parameters", "norms", "cosines", "conflicting signs")
    table = FigureTable("By layer", headings, caption=caption)
    for layer in report.layers:
        table.add_row(
            layer.name,
            f"{layer.parameters:,}",
            " ".join(significant_text(norm, 3) for norm in layer.norms),
            " ".join(decimal_text(layer.cosines[i][j], sign=True) for i, j in pairs),
            "" if layer.conflicts is None else share_text(layer.conflicts),
        )
    return table


def cost_summary(report: MergeReport) -> str:
    """One line of text on a merge: parameters, bytes read and written, duration, and peak memory.

    If they were measured, it also gives the share of elements whose signs differ between task vectors, and
    the share of kept elements that have the sign of the weighted sum of the task vectors.
    """
    parts = [
        f"{report.parameters:,} parameters",
        f"{bytes_text(report.bytes_read)} read",
        f"{bytes_text(report.bytes_written)} written",
        f"{decimal_text(report.seconds, 1)} s",
        f"{bytes_text(report.peak_memory)} of memory at most",
    ]
    if report.sign_agreement is not None:
        parts.insert(1, f"{share_text(report.sign_agreement)} agree with the elected sign")
    if report.conflicts is not None:
        parts.insert(1, f"conflicting signs at {share_text(report.conflicts)}")
    return ", ".join(parts)


def cost_forecast(report: MergeReport) -> str:
    """One sentence that estimates what a merge by metagpt will cost, from the report of its dry run.

    A dry run reads the models but writes none. The merge is estimated to take twice as long as the dry run,
    as much memory, and as much disk space as the checkpoints that were read have on average.
    """
    checkpoint_bytes = report.bytes_read / (len(report.models) + 1)
    return (
        f"Merging by metagpt takes about {decimal_text(2 * report.seconds, 1)} s, "
        f"{bytes_text(report.peak_memory)} of memory and {bytes_text(checkpoint_bytes)} of disk."
    )
