"""Rank groups: entries that a paired test cannot tell apart share a rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arts.evaluation.paired_tests import exact_mcnemar
from arts.leaderboard.store.entry import BoardEntry

ALPHA = 0.05  # significance level


@dataclass(frozen=True)
class BoardRank:
    """The rank of an entry on the board.

    Args:
        position: 1 for the best; shared by all entries of a rank group.
        paired: Whether paired tests alone decided the entry's group and where the group begins. If not,
            predictions were missing, and intervals were compared instead.
    """

    position: int
    paired: bool

    def __str__(self) -> str:
        return f"{self.position}" if self.paired else f"≈ {self.position}"


def ranks(entries: Sequence[BoardEntry]) -> list[BoardRank]:
    """The ranks of the entries of one corpus, by ARS.

    A rank group is the best entry without a rank and those that follow it, up to the first entry that is
    worse by the exact McNemar test on units (p < 0.05). If one of the two has no predictions, the other is
    worse when its interval lies entirely below.

    Args:
        entries: The entries, best ARS first.

    Returns:
        The rank of each entry, in the same order.
    """
    board_ranks: list[BoardRank] = []
    head, paired_head = 0, True  # the best of the group, and whether a paired test began the group
    bits = _right_bits(entries)
    while head < len(entries):
        worse, paired = _compare_with_head(entries, bits, head)
        size = int(np.argmax(worse)) if worse.any() else len(worse)
        paired_members = [paired_head and bool(paired[:size].all()), *paired[1:size].tolist()]
        board_ranks += [BoardRank(head + 1, member) for member in paired_members]
        paired_head = bool(paired[size]) if size < len(worse) else True
        head += size
    return board_ranks


def _right_bits(entries: Sequence[BoardEntry]) -> npt.NDArray[np.uint8]:
    """(entries, bytes) packed bits of the units that are right; zeros without predictions."""
    right_bits = [entry.right_bits for entry in entries]
    width = max((len(bits) for bits in right_bits), default=0)
    rows = np.zeros((len(entries), width), np.uint8)
    for row, bits in zip(rows, right_bits, strict=True):
        row[: len(bits)] = bits
    return rows


def _compare_with_head(
    entries: Sequence[BoardEntry], bits: npt.NDArray[np.uint8], head: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Compare the entries from position `head` on with the one at `head`.

    Returns:
        (rest,) whether each is worse, and (rest,) whether a paired test decided that.
    """
    best, rest = entries[head], entries[head:]
    paired = np.array(
        [best.has_predictions and e.has_predictions and best.checksum == e.checksum for e in rest]
    )
    only_best = np.bitwise_count(bits[head] & ~bits[head:]).sum(1, dtype=int)
    only_other = np.bitwise_count(~bits[head] & bits[head:]).sum(1, dtype=int)
    p_values = exact_mcnemar(only_best, only_other)
    below = np.array([e.ars.high < best.ars.low for e in rest])
    worse = np.where(paired, (p_values < ALPHA) & (only_best > only_other), below)
    worse[0] = False
    return worse, paired
