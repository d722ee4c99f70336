"""Pictures drawn with matplotlib, written as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import ArtsError
from arts.data.support.atomic import atomic_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg")


def check_picture(path: Path) -> str:
    """The format of a picture, from the suffix of its path.

    Raises:
        ArtsError: for a suffix other than .png and .svg.
    """
    suffix = path.suffix.removeprefix(".")
    if suffix not in FORMATS:
        raise ArtsError(f"{path}: a picture ends in .{' or .'.join(FORMATS)}")
    return suffix


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure to a file that ends in .png or .svg.

    Raises:
        ArtsError: for another ending.
    """
    suffix = check_picture(path)
    with atomic_file(path) as partial:
        figure.savefig(partial, format=suffix, dpi=150)


def save_figures(figure: Figure, stem: Path) -> list[Path]:
    """Write a figure to ``<stem>.png`` and ``<stem>.svg``; returns the two paths."""
    paths = [stem.with_name(f"{stem.name}.{suffix}") for suffix in FORMATS]
    for path in paths:
        save_figure(figure, path)
    return paths
