"""The figures that the ARTS paper gives for its nine models."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TypedDict


class PublishedScore(TypedDict):
    """One model on one corpus; all figures are percentages."""

    model: str
    accuracy: float
    ars: float
    revtgt: tuple[float | None, float]  # accuracy on the originals (None: not given), on the variants
    revnon: tuple[float | None, float]
    adddiff: tuple[float | None, float]


class PublishedTable(TypedDict):
    """The nine models on one corpus, with the place the figures come from."""

    corpus: str
    source: str
    scores: list[PublishedScore]


def published(corpus: str) -> PublishedTable | None:
    """The published figures on `corpus` (`laptop`, `restaurant`, `mams`), None for any other.

    Example:
        >>> published("laptop")["scores"][7]["ars"]
        50.94
    """
    file = files("arts.data").joinpath("published", f"{corpus}.json")
    if not file.is_file():
        return None
    table: PublishedTable = json.loads(file.read_text("utf-8"))
    return table
