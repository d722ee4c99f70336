"""Checksums of source code, for the names of cached results, which must change when the code does."""

from __future__ import annotations

import ast
import hashlib
import sys
import uuid
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from arts.data.support.download import sha256

PACKAGE = "arts"
_UNKNOWN = f"not known, process {uuid.uuid4()}"  # stands for code without a file; no other process has it


def code_checksum(*modules: str) -> str:
    """The SHA-256 (hexadecimal) of the source of modules, and of all modules that they import.

    Of the imported modules, those count that belong to this package or to the package of one of the given
    modules, also when they are imported inside a function. Libraries are told apart by their versions
    instead. Code that was typed into a session and is in no file gives another checksum in each process.

    Args:
        modules: import names, such as ``arts.merging.job``.

    Example:
        >>> code_checksum("arts.merging.job") == code_checksum("arts.merging.job")
        True
    """
    lines = (f"{name} {_file_checksum(name)}" for name in source_modules(*modules))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def source_modules(*modules: str) -> list[str]:
    """The names of the modules whose source `code_checksum` reads, sorted.

    Example:
        >>> source_modules("arts.data.support.printable")
        ['arts.data.support.printable']
    """
    packages = {PACKAGE, *(module.partition(".")[0] for module in modules)}
    names, waiting = set[str](), list(modules)
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting += [other for other in _imports(name) if other.partition(".")[0] in packages]
    return sorted(names)


@cache
def _imports(name: str) -> tuple[str, ...]:
    """The names of the modules that a module imports, anywhere in its source; empty if it has no source."""
    path = _source_file(name)
    if path is None or path.suffix != ".py":
        return ()
    parent = name if path.name == "__init__.py" else name.rpartition(".")[0]
    statements = ast.walk(ast.parse(path.read_bytes()))
    return tuple(dict.fromkeys(other for node in statements for other in _imported(node, parent)))


def _imported(node: ast.AST, parent: str) -> Iterator[str]:
    """Yield the modules that a statement imports.

    Args:
        node: a statement of a module.
        parent: the package that the module belongs to, to which relative imports refer.
    """
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = ".".join(parent.split(".")[: len(parent.split(".")) - node.level + 1]) if node.level else ""
        module = ".".join(filter(None, (above, node.module)))
        yield module
        file = _source_file(module) if module.partition(".")[0] in (PACKAGE, parent.split(".")[0]) else None
        if file and file.name == "__init__.py":  # then a name may be that of a module of the package
            names = (f"{module}.{alias.name}" for alias in node.names)
            yield from (name for name in names if _source_file(name))


@cache
def _source_file(name: str) -> Path | None:
    """The file of a module, or None when there is no such module or it has no file."""
    loaded = getattr(sys.modules.get(name), "__file__", None)
    if loaded:
        return Path(loaded)
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.has_location and spec.origin else None


@cache
def _file_checksum(name: str) -> str:
    """The SHA-256 (hexadecimal) of the file of a module; a text of its own for a module without a file."""
    path = _source_file(name)
    return sha256(path) if path else _UNKNOWN
