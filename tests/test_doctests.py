"""The examples in docstrings run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import arts

MODULES = [m.name for m in pkgutil.walk_packages(arts.__path__, "arts.") if not m.name.endswith("__main__")]
ROOMS = [
    name
    for room in ("data", "generators", "leaderboard", "models")
    for name in (
        f"arts.{room}",
        *(
            module.name
            for module in pkgutil.iter_modules(
                importlib.import_module(f"arts.{room}").__path__, f"arts.{room}."
            )
        ),
    )
]


@pytest.mark.parametrize("name", sorted({"arts", *MODULES, *ROOMS}))
def test_docstring_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
