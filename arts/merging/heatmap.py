"""A heat map of the cosines between task vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arts.data.support.figures import picture_format, save_figure
from arts.data.support.rounding import decimal_text


def draw_cosine_map(names: Sequence[str], cosines: Sequence[Sequence[float]], *, path: Path) -> None:
    """Draw the cosines between task vectors as a heat map, and write it to a file.

    Args:
        names: names of the models; folders and Hub ids are shortened to their last part.
        cosines: the cosines, one row and one column per model.
        path: the file to write, ending in .png or .svg.

    Raises:
        ArtsError: when the path has another ending.
    """
    picture_format(path)  # before the work
    from matplotlib.figure import Figure

    size = 2.5 + 0.6 * len(names)
    figure = Figure(figsize=(size + 1, size), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(cosines, vmin=-1, vmax=1, cmap="RdBu_r")
    labels = [name.rstrip("/").rsplit("/", 1)[-1] for name in names]
    positions = range(len(names))
    axes.set_xticks(positions, labels, rotation=45, ha="right")
    axes.set_yticks(positions, labels)
    for i in positions:
        for j in positions:
            color = "white" if abs(cosines[i][j]) > 0.6 else "black"
            text = decimal_text(cosines[i][j])
            axes.text(j, i, text, ha="center", va="center", color=color, fontsize="small")
    axes.set_title("Cosines of the task vectors")
    figure.colorbar(image, ax=axes, shrink=0.8)
    save_figure(figure, path)
