"""What the card of a saved model says of its training sets: whether one is known to hold ARTS test sets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

CARD = "README.md"
_MOST_CHARACTERS = 1 << 20  # of a card
_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)


def named_sets(folder: Path) -> dict[str, str]:
    """The data sets that a model's card names and that hold rows of the ARTS test sets.

    A card names a set by ``datasets`` in its metadata. Some sets serve no purpose but training, and count
    wherever the text names them; the others are also what models are measured on, and then leak nothing.

    Args:
        folder: the folder of the model, with or without a card (``README.md``).

    Returns:
        What each set holds, keyed by the set's name; empty without a card.
    """
    try:
        with Path(folder, CARD).open(encoding="utf-8", errors="replace") as file:
            card = file.read(_MOST_CHARACTERS)
    except OSError:
        return {}
    front = _FRONT.match(card)
    declared = {name.casefold() for name in _declared_sets(front[1])} if front else set()
    text = card[front.end() :] if front else card
    return {
        name: known["holds"]
        for known in known_sets()
        for name in known["names"]
        if name.casefold() in declared or (known["in_text"] and _is_named(name, text))
    }


@cache
def known_sets() -> tuple[Mapping[str, Any], ...]:
    """The data sets that are known to hold rows of the ARTS test sets.

    Each has ``names``; ``holds``, what it holds; ``in_text``, whether it counts wherever a card names it; and
    ``source``, where this can be read.
    """
    return tuple(json.loads(files("arts.leaks").joinpath("known_sets.json").read_text("utf-8")))


def _declared_sets(front: str) -> Iterator[str]:
    """Yield the names under ``datasets`` in the metadata of a card; none where it is not valid YAML."""
    try:
        metadata = yaml.safe_load(front)
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    declared = metadata.get("datasets") if isinstance(metadata, dict) else None
    for name in declared if isinstance(declared, list) else [declared]:
        if isinstance(name, str):
            yield name


def _is_named(name: str, text: str) -> bool:
    """Whether a text has a name, not as a part of a longer one."""
    return bool(re.search(rf"(?<![\w/.-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE))
