"""Plots of a diagnosis: embeddings, token frequencies and perplexities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from arts.data.support.arrays import FloatArray
from arts.data.support.figures import save_figures
from arts.diagnosis.views import Diagnosis, DiagnosisViews

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_views(diagnosis: Diagnosis, views: DiagnosisViews, *, stem: Path) -> list[Path]:
    """Draw the three views of a diagnosis side by side, and write the plot as PNG and SVG.

    Args:
        diagnosis: the result; its first ten tokens are labels in the plot of token frequencies.
        views: the data to draw.
        stem: path of the two files, without their endings ``.png`` and ``.svg``.

    Returns:
        The paths of the two files.
    """
    from matplotlib.figure import Figure

    panels = 2 + len(views.perplexities)
    figure = Figure(figsize=(4.6 * panels, 4.2), layout="constrained")
    plane, tokens, *rest = figure.subplots(1, panels)
    kinds = (("synthetic", views.synthetic, "C1", "^"), ("natural", ~views.synthetic, "C0", "o"))
    for kind, mask, color, marker in kinds:
        plane.scatter(*views.points[mask].T, s=10, alpha=0.6, color=color, marker=marker, label=kind)
    plane.set(title="Embeddings (t-SNE)", xticks=[], yticks=[])
    _draw_densities(tokens, [views.rates[kind] for kind, *_ in kinds])
    labels = {round(math.log10(peak.synthetic), 1): peak.token for peak in reversed(diagnosis.tokens[:10])}
    for rate, token in labels.items():  # one label at a rate
        tokens.annotate(token, (rate, 0), rotation=90, fontsize="small", color="C1")
    tokens.set(title="Density of token frequency", xlabel="log10 of the rate per thousand tokens")
    for axes, (model, pair) in zip(rest, views.perplexities.items(), strict=True):
        _draw_densities(axes, [np.log10(perplexities) for perplexities in pair])
        axes.set(title=f"Perplexity under {Path(model).name}", xlabel="log10 of perplexity")
    for axes in (plane, tokens, *rest):
        axes.legend(fontsize="small")
    return save_figures(figure, stem)


def _draw_densities(axes: Axes, pair: Sequence[FloatArray]) -> None:
    """Draw the smoothed density of a measure for synthetic and for natural text.

    Args:
        axes: the axes to draw in.
        pair: the values of the synthetic and of the natural text, two arrays of any length.
    """
    from scipy.stats import gaussian_kde

    grid = np.linspace(min(v.min() for v in pair) - 0.3, max(v.max() for v in pair) + 0.3, 200)
    for kind, values, color in zip(("synthetic", "natural"), pair, ("C1", "C0"), strict=True):
        density = gaussian_kde(values)(grid) if values.std() else np.zeros_like(grid)
        axes.plot(grid, density, color=color, label=kind)
        axes.fill_between(grid, density, color=color, alpha=0.12, linewidth=0)
