"""Writing matplotlib figures to PNG and SVG files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import ArtsError
from arts.data.support.atomic import atomic_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURE_FORMATS = ("png", "svg")


def picture_format(path: Path) -> str:
    """The picture format that a path names by its suffix: ``png`` or ``svg``.

    Raises:
        ArtsError: when the suffix is neither ``.png`` nor ``.svg``.
    """
    suffix = path.suffix.removeprefix(".")
    if suffix not in PICTURE_FORMATS:
        raise ArtsError(f"{path}: a picture ends in .{' or .'.join(PICTURE_FORMATS)}")
    return suffix


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure to a PNG or SVG file, as the suffix of the path says.

    Raises:
        ArtsError: when the suffix is neither ``.png`` nor ``.svg``.
    """
    suffix = picture_format(path)
    with atomic_file(path) as partial:
        figure.savefig(partial, format=suffix, dpi=150)


def save_figures(figure: Figure, stem: Path) -> list[Path]:
    """Write a figure to ``<stem>.png`` and ``<stem>.svg``, and return these two paths."""
    paths = [stem.with_name(f"{stem.name}.{suffix}") for suffix in PICTURE_FORMATS]
    for path in paths:
        save_figure(figure, path)
    return paths
