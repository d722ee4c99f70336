"""The plot of accuracy against the number of aspects that ADDDIFF adds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.support.figures import save_figures
from arts.evaluation.report import Report
from arts.evaluation.summary import reports_by_model

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from arts.evaluation.adddiff_probes import AddDiffCurve

MARKERS = "osD^v<>Pp*"
ONE_SEED = "band: 95% interval"
SEVERAL_SEEDS = "several seeds: line: mean; small dots: each seed, without an interval"


def curves_name(reports: Sequence[Report]) -> str:
    """A name for the plot of the ADDDIFF curves of reports, such as ``laptop-adddiff-curve-0b1c2d3e``.

    The plot of other models, seeds or settings has another name; the same again has the same.

    Args:
        reports: reports on one dataset.
    """
    stems = "\n".join(report.stem for report in reports)
    return f"{reports[0].dataset.name}-adddiff-curve-{hashlib.sha256(stems.encode()).hexdigest()[:8]}"


def draw_adddiff_curves(reports: Sequence[Report], stem: Path) -> list[Path]:
    """Draw the accuracy by number of added aspects, with one curve per model in one figure.

    The band around a curve shows the 95% intervals of its points. For a model with several seeds, the curve
    is the mean over the seeds, and dots show each seed: the interval of the mean does not follow from those
    of the seeds. Reports without an ADDDIFF curve are left out.

    Args:
        reports: reports on one dataset.
        stem: path of the files to write, without suffix.

    Returns:
        The paths of the two files, ``<stem>.png`` and ``<stem>.svg``.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    groups = reports_by_model(report for report in reports if report.adddiff_curve)
    for number, (name, seeds) in enumerate(groups.items()):
        curves = [report.adddiff_curve for report in seeds if report.adddiff_curve]
        _draw_curve(axes, curves, name=name, number=number)
    kinds = {len(seeds) > 1 for seeds in groups.values()}
    remarks = [text for several, text in ((False, ONE_SEED), (True, SEVERAL_SEEDS)) if several in kinds]
    axes.set(
        xlabel="\n".join(["aspects added, of the opposite sentiment", *remarks]),
        ylabel="accuracy (%)",
        ylim=(0, 100),
        title=f"ADDDIFF(k), {reports[0].dataset.name}",
    )
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left", fontsize="small", ncols=2)
    return save_figures(figure, stem)


def _draw_curve(axes: Axes, curves: Sequence[AddDiffCurve], *, name: str, number: int) -> None:
    """Draw the curve of one model: with its intervals, or with a dot for each of several seeds.

    Args:
        axes: where to draw.
        curves: the curve of each seed, with the same numbers of added aspects.
        name: name of the model.
        number: number of the model in the figure, for its color and marker.
    """
    color = f"C{number % 10}"
    added = [point.added for point in curves[0].points]
    values = [[point.accuracy.value for point in curve.points] for curve in curves]
    mean = [sum(column) / len(column) for column in zip(*values, strict=True)]
    label = f"{name}, mean of {len(curves)} seeds" if len(curves) > 1 else name
    axes.plot(added, mean, marker=MARKERS[number % len(MARKERS)], label=label, color=color)
    if len(curves) > 1:
        for value in values:
            axes.plot(added, value, ".", markersize=4, alpha=0.6, color=color)
        return
    intervals = [point.accuracy for point in curves[0].points]
    low, high = ([getattr(interval, end) for interval in intervals] for end in ("low", "high"))
    axes.fill_between(added, low, high, alpha=0.12, linewidth=0, color=color)
