"""The names by which models are given: paths of folders and ids of the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def repeated_model(names: Iterable[str]) -> str | None:
    """The first name of a model that was given before, by the same path or by another one; None without any.

    Example:
        >>> repeated_model(["org/one", "org/two", "org/one"])
        'org/one'
    """
    seen: set[str] = set()
    for name in names:
        place = str(Path(name).resolve()) if Path(name).is_dir() else name
        if place in seen:
            return name
        seen.add(place)
    return None
