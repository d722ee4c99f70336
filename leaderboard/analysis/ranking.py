"""Ranks of the board's entries; those not shown to be worse than the best of their group share its rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arts.leaderboard.analysis.unit_comparison import compare_units
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
    fewer units wholly right, and the paired test of `compare_units` gives p < 0.05. If there is no such test,
    because one of the two has no predictions or their test splits differ, the entry is worse if its interval
    of ARS lies entirely below that of the best entry.

    Args:
        entries: The entries, best ARS first.

    Returns:
        One rank per entry, in the order of `entries`.
    """
    board_ranks: list[BoardRank] = []
    paired_head = True  # whether a paired test made the group's best begin a group
    while len(board_ranks) < len(entries):
        head = entries[len(board_ranks)]
        position, paired = len(board_ranks) + 1, list[bool]()
        for entry in entries[len(board_ranks) :]:
            worse, by_test = _is_worse(entry, head) if entry is not head else (False, paired_head)
            paired.append(by_test)
            if worse:
                break
        size = len(paired) - 1 if worse else len(paired)
        members = [paired_head and all(paired[:size]), *paired[1:size]]
        board_ranks += [BoardRank(position, member) for member in members]
        paired_head = paired[-1] if worse else True
    return board_ranks


def _is_worse(entry: BoardEntry, best: BoardEntry) -> tuple[bool, bool]:
    """Whether an entry is worse than the best one of a group, and whether a paired test says so."""
    difference = compare_units(best, entry)
    if difference is None:
        return entry.ars.high < best.ars.low, False
    return difference.p_value < ALPHA and difference.lost > difference.won, True
