"""The papers behind the benchmark, its models and its interventions: BibTeX entries by key."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from arts.data.errors import UnknownNameError

BENCHMARK = "xing-etal-2020-tasty"


def bibtex(key: str) -> str:
    """The BibTeX entry of a key of ``citations.bib``; a whole entry is given back as it is.

    Raises:
        UnknownNameError: when there is no such key.

    Example:
        >>> bibtex("xing-etal-2020-tasty").splitlines()[0]
        '@inproceedings{xing-etal-2020-tasty,'
    """
    if key.lstrip().startswith("@"):
        return key.strip()
    if key not in _entries():
        raise UnknownNameError("citation", key, _entries())
    return _entries()[key]


@cache
def _entries() -> dict[str, str]:
    text = files("arts.data").joinpath("citations.bib").read_text("utf-8")
    entries = re.split(r"\n\n(?=@)", text.strip())
    return {entry[entry.index("{") + 1 : entry.index(",")]: entry for entry in entries}
