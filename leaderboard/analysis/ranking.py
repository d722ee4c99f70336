"""Ranks of the board's entries; those not shown to be worse than the best of their group share its rank."""

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

    As text it is the position, such as "3", or "≈ 3" if `paired` is False.

    Args:
        position: The rank, 1 for the best; all entries of a rank group have the same.
        paired: Whether only paired tests decided the rank; False if intervals had to be compared, too. The
            best entry of a group is compared with the rest of its group and with the best entry of the
            previous group, any other entry only with the best entry of its group.
    """

    position: int
    paired: bool

    def __str__(self) -> str:
        return f"{self.position}" if self.paired else f"≈ {self.position}"


def ranks(entries: Sequence[BoardEntry]) -> list[BoardRank]:
    """The rank of each entry of one corpus, by ARS.

    Rank groups are formed from the best entry down. A group begins with the best entry that has no rank yet,
    and includes the entries after it until one is worse than that best entry. An entry is worse if it has
    fewer units wholly right, and the exact McNemar test gives p < 0.05. If there is no such test, because one
    of the two has no predictions or their test splits differ, the entry is worse if its interval of ARS lies
    entirely below that of the best entry.

    Args:
        entries: The entries, best ARS first.

    Returns:
        One rank per entry, in the order of `entries`.
    """
    board_ranks: list[BoardRank] = []
    head, paired_head = 0, True  # index of the group's best; whether a paired test made it begin a group
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
    """Which units each entry has wholly right, as an array (entries, bytes) with one bit per unit.

    Shorter rows are padded with zeros. An entry without predictions has only zeros.
    """
    right_bits = [entry.right_bits for entry in entries]
    width = max((len(bits) for bits in right_bits), default=0)
    rows = np.zeros((len(entries), width), np.uint8)
    for row, bits in zip(rows, right_bits, strict=True):
        row[: len(bits)] = bits
    return rows


def _compare_with_head(
    entries: Sequence[BoardEntry], bits: npt.NDArray[np.uint8], head: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Compare the best entry of a rank group with itself and with all entries after it.

    Args:
        entries: All entries, best ARS first.
        bits: (entries, bytes) packed bits: whether each entry has each unit wholly right.
        head: Index of the best entry of the group.

    Returns:
        Two arrays with one element per entry from `head` on: whether the entry is worse than the one at
        `head`, and whether a paired test decided that rather than a comparison of intervals.
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
