"""Pictures of results, written as files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from arts.data.errors import ArtsError
from arts.data.support.atomic import atomic_file
from arts.evaluation.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from arts.diagnosis.views import Diagnosis, Views
    from arts.evaluation.metrics import FloatArray

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
    return _saved(figure, stem)


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
    with atomic_file(path) as partial:
        figure.savefig(partial, format=suffix, dpi=150)


def pattern_views(found: Diagnosis, views: Views, stem: Path) -> list[Path]:
    """Draw the views of a diagnosis side by side; returns the files, ``<stem>.png`` and ``.svg``."""
    from matplotlib.figure import Figure

    panels = 2 + len(views.perplexities)
    figure = Figure(figsize=(4.6 * panels, 4.2), layout="constrained")
    plane, tokens, *rest = figure.subplots(1, panels)
    kinds = (("synthetic", views.synthetic, "C1", "^"), ("natural", ~views.synthetic, "C0", "o"))
    for kind, chosen, color, marker in kinds:
        plane.scatter(*views.points[chosen].T, s=10, alpha=0.6, color=color, marker=marker, label=kind)
    plane.set(title="Embeddings (t-SNE)", xticks=[], yticks=[])
    _densities(tokens, [views.rates[kind] for kind, *_ in kinds])
    labels = {round(math.log10(peak.synthetic), 1): peak.token for peak in reversed(found.tokens[:10])}
    for place, token in labels.items():  # one at a place
        tokens.annotate(token, (place, 0), rotation=90, fontsize="small", color="C1")
    tokens.set(title="Density of token frequency", xlabel="log10 of the rate per thousand tokens")
    for axes, (model, pair) in zip(rest, views.perplexities.items(), strict=True):
        _densities(axes, [np.log10(values) for values in pair])
        axes.set(title=f"Perplexity under {Path(model).name}", xlabel="log10 of perplexity")
    for axes in (plane, tokens, *rest):
        axes.legend(fontsize="small")
    return _saved(figure, stem)


def _densities(axes: Axes, pair: Sequence[FloatArray]) -> None:
    """Smoothed densities of a number of synthetic and of natural text."""
    from scipy.stats import gaussian_kde

    places = np.linspace(min(v.min() for v in pair) - 0.3, max(v.max() for v in pair) + 0.3, 200)
    for kind, values, color in zip(("synthetic", "natural"), pair, ("C1", "C0"), strict=True):
        density = gaussian_kde(values)(places) if values.std() else np.zeros_like(places)
        axes.plot(places, density, color=color, label=kind)
        axes.fill_between(places, density, color=color, alpha=0.12, linewidth=0)


def _saved(figure: Figure, stem: Path) -> list[Path]:
    paths = []
    for suffix in FORMATS:
        path = stem.with_name(f"{stem.name}.{suffix}")
        with atomic_file(path) as partial:
            figure.savefig(partial, format=suffix, dpi=150)
        paths.append(path)
    return paths
