"""Rank groups: entries that the test cannot tell apart share a rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arts.evaluation.paired_tests import exact_mcnemar
from arts.leaderboard.store.entry import Entry

ALPHA = 0.05


@dataclass(frozen=True)
class Rank:
    """A place on the board.

    Args:
        place: 1 for the best; shared by a group.
        paired: whether the entry was put into its group, and the best of a group out of the one before, by
            paired tests alone; if not, predictions were missing, and intervals were compared.
    """

    place: int
    paired: bool

    def __str__(self) -> str:
        return f"{self.place}" if self.paired else f"≈ {self.place}"


def ranks(entries: Sequence[Entry]) -> list[Rank]:
    """The ranks of entries of one corpus, by ARS.

    A group is the best entry that has no rank yet and those that follow, up to the first that is worse than
    it by the exact McNemar test on units (p < 0.05). Where either has no predictions at hand, it is worse
    when its interval lies below.

    Args:
        entries: best ARS first.

    Returns:
        A rank for each, in the same order.
    """
    found: list[Rank] = []
    head, by_pairs = 0, True  # the best of the group, and whether a paired test began the group
    bits = _bits(entries)
    while head < len(entries):
        worse, paired = _against(entries, bits, head)
        size = int(np.argmax(worse)) if worse.any() else len(worse)
        told = [by_pairs and bool(paired[:size].all()), *paired[1:size].tolist()]
        found += [Rank(head + 1, one) for one in told]
        by_pairs = bool(paired[size]) if size < len(worse) else True
        head += size
    return found


def _bits(entries: Sequence[Entry]) -> npt.NDArray[np.uint8]:
    """(entries, bytes) the packed units that are right; zeros where that is not known."""
    packed = [entry.packed for entry in entries]
    width = max((len(row) for row in packed), default=0)
    rows = np.zeros((len(entries), width), np.uint8)
    for row, known in zip(rows, packed, strict=True):
        row[: len(known)] = known
    return rows


def _against(
    entries: Sequence[Entry], bits: npt.NDArray[np.uint8], head: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Of the entries from `head` on: whether each is worse than it, and whether that is by a paired test."""
    best, rest = entries[head], entries[head:]
    paired = np.array([bool(best.right and e.right) and best.checksum == e.checksum for e in rest])
    only_best = np.bitwise_count(bits[head] & ~bits[head:]).sum(1, dtype=int)
    only_other = np.bitwise_count(~bits[head] & bits[head:]).sum(1, dtype=int)
    p_values = exact_mcnemar(only_best, only_other)
    below = np.array([e.ars.high < best.ars.low for e in rest])
    worse = np.where(paired, (p_values < ALPHA) & (only_best > only_other), below)
    worse[0] = False
    return worse, paired
