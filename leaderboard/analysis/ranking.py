"""Ranks of the board's rows; those not shown to be worse than the best of their group share its rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.analysis.seed_tests import SeedUnits, ars_p_value
from arts.leaderboard.analysis.unit_comparison import compare_units

ALPHA = 0.05  # significance level


@dataclass(frozen=True)
class BoardRank:
    """The rank of a row on the board.

    As text it is the position, such as "3", or "≈ 3" if `paired` is False.

    Args:
        position: The rank, 1 for the best; all rows of a rank group have the same.
        paired: Whether only paired tests decided the rank; False if intervals had to be compared, too. The
            best row of a group is compared with the rest of its group and with the best row of the
            previous group, any other row only with the best row of its group.
    """

    position: int
    paired: bool

    def __str__(self) -> str:
        return f"{self.position}" if self.paired else f"≈ {self.position}"


def ranks(rows: Sequence[BoardRow]) -> list[BoardRank | None]:
    """The rank of each row of one corpus, by ARS.

    Rank groups are formed from the best row down. A group begins with the best row that has no rank yet, and
    includes the rows after it until one is worse than that best row. A row is worse if its ARS is lower, and
    a paired test gives p < 0.05: that of `compare_units` for one seed against one, that of `ars_p_value`
    otherwise. If there is no such test, because one of the two has no predictions or their test splits
    differ, the row is worse if its interval of ARS lies entirely below that of the best row.

    Args:
        rows: The rows, best ARS first.

    Returns:
        One rank per row, in the order of `rows`; None for a row that is not ranked, see `BoardRow.is_ranked`.
    """
    found = iter(_ranks([row for row in rows if row.is_ranked]))
    return [next(found) if row.is_ranked else None for row in rows]


def _ranks(rows: Sequence[BoardRow]) -> list[BoardRank]:
    """The rank of each row, all of which are ranked."""
    board_ranks: list[BoardRank] = []
    paired_head = True  # whether a paired test made the group's best begin a group
    while len(board_ranks) < len(rows):
        head = rows[len(board_ranks)]
        position, paired = len(board_ranks) + 1, list[bool]()
        for row in rows[len(board_ranks) :]:
            worse, by_test = is_worse(row, head) if row is not head else (False, paired_head)
            paired.append(by_test)
            if worse:
                break
        size = len(paired) - 1 if worse else len(paired)
        members = [paired_head and all(paired[:size]), *paired[1:size]]
        board_ranks += [BoardRank(position, member) for member in members]
        paired_head = paired[-1] if worse else True
    return board_ranks


def is_worse(row: BoardRow, best: BoardRow) -> tuple[bool, bool]:
    """Whether a row is worse than a better one, and whether a paired test says so."""
    p_value = p_value_of(best, row)
    if p_value is None:
        return row.ars.high < best.ars.low, False
    return p_value < ALPHA and row.ars.value < best.ars.value, True


def p_value_of(first: BoardRow, second: BoardRow) -> float | None:
    """The p-value of the difference in ARS between two rows; None if there is no paired test."""
    if len(first.entries) == len(second.entries) == 1:
        difference = compare_units(first.first, second.first)
        return difference.p_value if difference else None
    if not (first.first.has_predictions and second.first.has_predictions):
        return None
    if first.first.checksum != second.first.checksum:
        return None
    return ars_p_value(SeedUnits.of(first), SeedUnits.of(second))
