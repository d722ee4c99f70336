"""Entries of a board, by hand."""

from __future__ import annotations

from arts.evaluation.scores import Estimate
from arts.evaluation.verification import Status
from arts.leaderboard.store.entry import BoardEntry


def entry(ars: float, half: float = 4.0, right_units: str = "") -> BoardEntry:
    return BoardEntry(
        key=str(ars),
        name="x",
        corpus="sample",
        units=100,
        family="other",
        model="x",
        kind="predictions",
        accuracy=Estimate(value=90, low=85, high=95),
        ars=Estimate(value=ars, low=ars - half, high=ars + half),
        strategies={},
        status=Status.CLAIMED,
        right_units=right_units,
    )
