"""The scores of a board entry that pages show: their names, their titles, and how they are written."""

from __future__ import annotations

from functools import cache

from arts.data.corpus_registry import local_corpus
from arts.data.schema import PERTURBATIONS, Strategy
from arts.data.support.rounding import decimal_text
from arts.evaluation.floors import measure_floors
from arts.evaluation.scores import Estimate
from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.store.entry import BoardEntry

SCORES = ("ars", "accuracy", *map(str, PERTURBATIONS))
TITLES = {"ars": "ARS", "accuracy": "accuracy", **{str(s): s.upper() for s in PERTURBATIONS}}


def score_of(entry: BoardEntry | BoardRow, score: str) -> Estimate | None:
    """One score of an entry or row in percent, with its interval; None if it does not have the score.

    Args:
        entry: The entry or row.
        score: Name of the score, from `SCORES`. The name of a strategy means the accuracy on its variants.
    """
    if score == "ars":
        return entry.ars
    if score == "accuracy":
        return entry.accuracy
    return entry.strategies.get(Strategy(score))


def interval_text(estimate: Estimate) -> str:
    """A score in percent with its 95% interval, as tables write it.

    Example:
        >>> interval_text(Estimate(value=50.94, low=47.1, high=54.8))
        '50.94 [47.1, 54.8]'
    """
    return str(estimate)


@cache
def floors_text(corpus: str) -> str:
    """The floors of a corpus as one sentence; empty if the corpus is not on this machine.

    Args:
        corpus: Name of the corpus.
    """
    known = local_corpus(corpus)
    if known is None:
        return ""
    floors = (
        f"{floor.name}, accuracy {decimal_text(floor.accuracy.value)}, ARS {decimal_text(floor.ars.value)}"
        for floor in measure_floors(known.test)
    )
    return f"Floors, which do not read what is said of the target: {'; '.join(floors)}."
