"""Pictures of results, written as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arts.data.errors import ArtsError
from arts.data.files import replacing
from arts.report import Report

FORMATS = ("png", "svg")


def adddiff_curves(reports: Sequence[Report], stem: Path) -> list[Path]:
    """Draw the reports' ADDDIFF curves into one picture; returns the files, ``<stem>.png`` and ``.svg``.

    Several seeds of a model are drawn as their mean. Reports without a curve are not drawn.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    by_name: dict[str, list[Report]] = {}
    for report in reports:
        if report.adddiff_curve:
            by_name.setdefault(report.name, []).append(report)
    for number, (name, group) in enumerate(by_name.items()):
        curves = [report.adddiff_curve.points for report in group if report.adddiff_curve]
        added = [point.added for point in curves[0]]
        mean, low, high = (
            [sum(getattr(c[k].accuracy, part) for c in curves) / len(curves) for k in added]
            for part in ("value", "low", "high")
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
    paths = []
    for suffix in FORMATS:
        path = stem.with_name(f"{stem.name}.{suffix}")
        with replacing(path) as partial:
            figure.savefig(partial, format=suffix, dpi=150)
        paths.append(path)
    return paths


def cosine_map(names: Sequence[str], cosines: Sequence[Sequence[float]], path: Path) -> None:
    """Draw the cosines of task vectors as a heat map.

    Args:
        names: of the models.
        cosines: (models, models).
        path: a file ending in .png or .svg.

    Raises:
        ArtsError: for another ending.
    """
    suffix = path.suffix.removeprefix(".")
    if suffix not in FORMATS:
        raise ArtsError(f"{path}: a picture ends in .{' or .'.join(FORMATS)}")
    from matplotlib.figure import Figure

    size = 2.5 + 0.6 * len(names)
    figure = Figure(figsize=(size + 1, size), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(cosines, vmin=-1, vmax=1, cmap="RdBu_r")
    labels = [name.rstrip("/").rsplit("/", 1)[-1] for name in names]
    places = range(len(names))
    axes.set_xticks(places, labels, rotation=45, ha="right")
    axes.set_yticks(places, labels)
    for i in places:
        for j in places:
            color = "white" if abs(cosines[i][j]) > 0.6 else "black"
            axes.text(j, i, f"{cosines[i][j]:.2f}", ha="center", va="center", color=color, fontsize="small")
    axes.set_title("Cosines of the task vectors")
    figure.colorbar(image, ax=axes, shrink=0.8)
    with replacing(path) as partial:
        figure.savefig(partial, format=suffix, dpi=150)
