"""BibTeX entries of the papers behind the benchmark, its models and its interventions, looked up by key."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from arts.data.errors import UnknownNameError

BENCHMARK = "xing-etal-2020-tasty"


def bibtex(key: str) -> str:
    """The BibTeX entry, as text, that ``citations.bib`` holds under a key.

    Args:
        key: a citation key such as ``xing-etal-2020-tasty``. A whole BibTeX entry (a text that begins with
            ``@``) may be given instead; it is returned without the white space around it.

    Raises:
        UnknownNameError: when ``citations.bib`` has no entry with this key.

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
    """Every entry of ``citations.bib`` as text, keyed by its citation key."""
    text = files("arts.data").joinpath("citations.bib").read_text("utf-8")
    entries = re.split(r"\n\n(?=@)", text.strip())
    return {entry[entry.index("{") + 1 : entry.index(",")]: entry for entry in entries}
