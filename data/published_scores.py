"""The scores that the ARTS paper (Xing et al., 2020) reports for its nine models."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TypedDict


class PublishedScore(TypedDict):
    """The published scores of one model on one corpus, in percent."""

    model: str
    accuracy: float
    ars: float
    revtgt: tuple[float | None, float]  # accuracy on originals (None: not reported) and on variants
    revnon: tuple[float | None, float]
    adddiff: tuple[float | None, float]


class PublishedTable(TypedDict):
    """The published scores of the nine models on one corpus, with the table they come from."""

    corpus: str
    source: str
    scores: list[PublishedScore]


def published_table(corpus: str) -> PublishedTable | None:
    """The published scores on `corpus` (``laptop``, ``restaurant`` or ``mams``); None for any other corpus.

    Example:
        >>> published_table("laptop")["scores"][7]["ars"]
        50.94
    """
    file = files("arts.data").joinpath("published", f"{corpus}.json")
    if not file.is_file():
        return None
    table: PublishedTable = json.loads(file.read_text("utf-8"))
    return table
