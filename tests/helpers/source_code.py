"""The package's modules as Python reads them: their names, imports and functions."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from helpers.folders import ROOT

FOLDERS = {
    "arts": "arts",
    **{name: f"arts.{name}" for name in ("data", "generators", "leaderboard", "models")},
}


@cache
def modules() -> dict[str, Path]:
    """The files of the package, by the name of the module; a package is its `__init__.py`."""
    names = {}
    for folder, package in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            names[".".join((package, *parts)).removesuffix(".__init__")] = path
    return names


@cache
def syntax_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(name: str) -> set[str]:
    """The modules of the package that a module imports anywhere: in functions and for type checkers, too."""
    path = modules()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*up, *filter(None, [node.module])])
            submodules = {f"{source}.{alias.name}" for alias in node.names} & modules().keys()
            found |= submodules or {source}
    return (found & modules().keys()) - {name}


def libraries(name: str) -> set[str]:
    """The top-level names that a module imports of neither Python's standard library nor ours."""
    found = set()
    for node in ast.walk(syntax_tree(modules()[name])):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - {"arts"}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function and method of the package, with the name of its module."""
    for name, path in modules().items():
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, node
