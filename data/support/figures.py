"""Writing matplotlib figures to PNG and SVG files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import ArtsError
from arts.data.support.atomic import atomic_file, atomic_files

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

    Equal figures give equal files: an SVG file has no date and no random ids.

    Raises:
        ArtsError: when the suffix is neither ``.png`` nor ``.svg``.
    """
    import matplotlib

    suffix = picture_format(path)
    undated = {"Date": None} if suffix == "svg" else None
    with atomic_file(path) as partial, matplotlib.rc_context({"svg.hashsalt": path.name}):
        figure.savefig(partial, format=suffix, dpi=150, metadata=undated)


def save_figures(figure: Figure, stem: Path) -> list[Path]:
    """Write a figure to ``<stem>.png`` and ``<stem>.svg``, and return these two paths."""
    names = [f"{stem.name}.{suffix}" for suffix in PICTURE_FORMATS]
    with atomic_files(stem.with_name(names[0])) as folder:
        for name in names:
            save_figure(figure, folder / name)
    return [stem.with_name(name) for name in names]
