"""What variants depend on besides sentences and options: the generators' code, lexicons and libraries."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from arts.data.support.code_checksum import code_checksum
from arts.data.support.download import sha256
from arts.data.support.spacy_parser import parser_name
from arts.generators.acceptability.judge import JUDGE_FILE
from arts.generators.english import wordnet
from arts.generators.english.word_lists import LEXICONS

LIBRARIES = ("spacy", "nltk", "lemminflect", "numpy")  # names of distributions


def generator_files() -> list[Path]:
    """The paths of every module of the generators, of the judge and of every file of the lexicons, sorted."""
    package = Path(str(files("arts.generators")))
    lexicons = (path for path in LEXICONS.rglob("*") if path.is_file())
    return sorted([*package.rglob("*.py"), JUDGE_FILE, *lexicons])


@cache
def generators_checksum() -> str:
    """The SHA-256 (hexadecimal) of the generators' code and lexicons, on which every variant depends.

    The code includes the modules of other packages that the generators import, such as the schema.
    """
    lines = [f"{path.name} {sha256(path)}" for path in generator_files()]
    lines.append(code_checksum("arts.generators.generator"))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def variant_sources() -> dict[str, str | None]:
    """The data and the libraries that every variant depends on, keyed by what they are.

    Returns:
        Under the keys ``parser`` and ``wordnet`` the name and version of the spaCy model and of the data of
        WordNet, the latter with its SHA-256, or None when NLTK finds no such data. Under the names of
        `LIBRARIES`, their versions.

    Raises:
        MissingDependencyError: when no English spaCy model is installed.
    """
    versions = {name: version(name) for name in LIBRARIES}
    return {"parser": parser_name(), "wordnet": wordnet.data_label(), **versions}
