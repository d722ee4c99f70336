"""The plot of accuracy against the number of aspects that ADDDIFF adds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arts.data.support.figures import save_figures
from arts.evaluation.report import Report


def draw_adddiff_curves(reports: Sequence[Report], stem: Path) -> list[Path]:
    """Draw the accuracy by number of added aspects, with one curve per model in one figure.

    The band around a curve shows the 95% intervals of its points. For a model with several seeds, the curve
    and both bounds of the band are means over the seeds. Reports without an ADDDIFF curve are left out.

    Args:
        reports: reports on one dataset.
        stem: path of the files to write, without suffix.

    Returns:
        The paths of the two files, ``<stem>.png`` and ``<stem>.svg``.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    by_name: dict[str, list[Report]] = {}
    for report in reports:
        if report.adddiff_curve:
            by_name.setdefault(report.name, []).append(report)
    for number, (name, seeds) in enumerate(by_name.items()):
        curves = [report.adddiff_curve.points for report in seeds if report.adddiff_curve]
        added = [point.added for point in curves[0]]
        mean, low, high = (
            [sum(getattr(curve[k].accuracy, bound) for curve in curves) / len(curves) for k in added]
            for bound in ("value", "low", "high")
        )
        color = f"C{number % 10}"
        axes.plot(added, mean, marker="osD^v<>Pp*"[number % 10], color=color, label=name)
        axes.fill_between(added, low, high, color=color, alpha=0.12, linewidth=0)
    axes.set(
        xlabel="aspects added, of the opposite sentiment",
        ylabel="accuracy (%)",
        ylim=(0, 100),
        title=f"ADDDIFF(k), {reports[0].dataset.name}",
    )
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left", fontsize="small", ncols=2)
    return save_figures(figure, stem)
