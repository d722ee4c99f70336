"""The scores that the ARTS paper (Xing et al., 2020) reports for its nine models."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TypedDict


class PublishedScore(TypedDict):
    """The published scores of one model on one corpus, all in percent.

    `accuracy` is that on the originals, and `ars` the Aspect Robustness Score. The key of each strategy holds
    a pair: the accuracy on the originals that have a variant by this strategy (None where the paper does not
    report it), and the accuracy on those variants.
    """

    model: str
    accuracy: float
    ars: float
    revtgt: tuple[float | None, float]
    revnon: tuple[float | None, float]
    adddiff: tuple[float | None, float]


class PublishedTable(TypedDict):
    """The published scores of the nine models on one corpus.

    `source` names the table of the paper that they come from; `scores` has one item per model.
    """

    corpus: str
    source: str
    scores: list[PublishedScore]


def published_table(corpus: str) -> PublishedTable | None:
    """The published scores of the nine models on a corpus.

    Args:
        corpus: ``laptop``, ``restaurant`` or ``mams``; for any other name the result is None.

    Example:
        >>> score = published_table("laptop")["scores"][7]
        >>> score["model"], score["ars"]
        ('bert', 50.94)
    """
    file = files("arts.data").joinpath("published", f"{corpus}.json")
    if not file.is_file():
        return None
    table: PublishedTable = json.loads(file.read_text("utf-8"))
    return table
