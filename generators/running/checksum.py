"""A checksum of everything that the generators consist of: their code and their lexicons."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from arts.data.support.download import sha256
from arts.generators.english.word_lists import LEXICONS


def generator_files() -> list[Path]:
    """The paths of every module of the generators and of every file of the lexicons, sorted."""
    package = Path(str(files("arts.generators")))
    lexicons = (path for path in LEXICONS.rglob("*") if path.is_file())
    return sorted([*package.rglob("*.py"), *lexicons])


@cache
def generators_checksum() -> str:
    """The SHA-256 (hexadecimal) of the generators' code and lexicons, on which every variant depends."""
    lines = (f"{path.name} {sha256(path)}" for path in generator_files())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
