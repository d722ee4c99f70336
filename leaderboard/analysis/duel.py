"""The comparison of two rows of the board: by how much they differ, and whether it can be chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from arts.data.support.rounding import decimal_text, p_value_text
from arts.evaluation.paired_tests import Comparison
from arts.leaderboard.analysis.ranking import ALPHA, p_value_of
from arts.leaderboard.analysis.rows import BoardRow

MAX_NAMED = 2  # most models that a verdict names, and does not only count


class Outcome(StrEnum):
    """What a paired test says of the ARS of a model beside that of another one."""

    BETTER = "better"
    WORSE = "worse"
    ALIKE = "cannot be told apart"
    UNTESTED = "no test"

    @classmethod
    def of(cls, difference: float, p_value: float | None) -> Outcome:
        """What a difference means.

        Args:
            difference: The score of the model minus that of the other.
            p_value: The p-value of the difference; None if it could not be tested.

        Example:
            >>> str(Outcome.of(4.1, 0.003)), str(Outcome.of(-1.2, 0.43))
            ('better', 'cannot be told apart')
        """
        if p_value is None:
            return cls.UNTESTED
        if p_value >= ALPHA:
            return cls.ALIKE
        return cls.BETTER if difference > 0 else cls.WORSE


@dataclass(frozen=True)
class Duel:
    """The differences between two models, the first minus the other.

    Args:
        ars: Difference of ARS in percentage points.
        accuracy: Difference of accuracy in percentage points.
        comparison: Both with intervals and p-values; None if they could not be tested.
        remark: Why there is no test; else empty.
        several_seeds: Whether one of the two has several seeds, over which its scores are means.
    """

    ars: float
    accuracy: float
    comparison: Comparison | None = None
    remark: str = ""
    several_seeds: bool = False

    @property
    def outcome(self) -> Outcome:
        """What the test of ARS says of the first model."""
        return Outcome.of(self.ars, self.comparison.ars.p_value if self.comparison else None)

    @property
    def ars_text(self) -> str:
        """The difference of ARS; with its interval and p-value if it was tested."""
        return str(self.comparison.ars) if self.comparison else decimal_text(self.ars, sign=True)

    @property
    def accuracy_text(self) -> str:
        """The difference of accuracy; with its interval and p-value if it was tested."""
        return str(self.comparison.accuracy) if self.comparison else decimal_text(self.accuracy, sign=True)


def verdict(first: str, duels: Mapping[str, Duel]) -> str:
    """Whether a model is better than others, as a sentence.

    Args:
        first: Label of the model.
        duels: Its comparison with each other model, keyed by the label of the other; at least one.

    Example:
        >>> verdict("bert", {"memnet": Duel(2.0, 1.0, remark="no predictions")})
        'bert and memnet: no test. ARS +2.00.'
    """
    if len(duels) == 1:
        ((other, duel),) = duels.items()
        return f"{_verdict_on_two(first, other, outcome=duel.outcome)} ARS {duel.ars_text}."
    groups = {
        outcome: [name for name, duel in duels.items() if duel.outcome is outcome] for outcome in Outcome
    }
    phrases = {
        Outcome.BETTER: "is better than {}",
        Outcome.ALIKE: "cannot be told apart from {}",
        Outcome.WORSE: "is worse than {}",
        Outcome.UNTESTED: "is not tested against {}",
    }
    parts: list[str] = []
    for outcome, phrase in phrases.items():
        if names := groups[outcome]:
            total = "" if parts else f" of the {len(duels)} others"
            count = f"all {len(duels)} others" if len(names) == len(duels) else f"{len(names)}{total}"
            parts.append(phrase.format(count if len(names) > MAX_NAMED else " and ".join(names)))
    return f"{first} {'; '.join(parts)}."


def _verdict_on_two(first: str, other: str, *, outcome: Outcome) -> str:
    """Whether one of two models is better, as the beginning of a sentence on their difference."""
    if outcome is Outcome.ALIKE:
        return f"{first} and {other} cannot be told apart:"
    if outcome is Outcome.UNTESTED:
        return f"{first} and {other}: no test."
    return f"{first} is {outcome} than {other}:"


@dataclass(frozen=True)
class PairCell:
    """The difference of ARS between two models as a cell of a matrix shows it.

    Args:
        difference: ARS of the row's model minus that of the column's, in percentage points.
        p_value: Two-sided p-value; None if the two cannot be tested.
    """

    difference: float
    p_value: float | None

    @property
    def outcome(self) -> Outcome:
        """What the test says of the row's model."""
        return Outcome.of(self.difference, self.p_value)

    @property
    def reversed(self) -> PairCell:
        """The same difference, of the column's model minus the row's."""
        return PairCell(-self.difference, self.p_value)

    @property
    def p_text(self) -> str:
        """The p-value as text, or "no test"."""
        return str(Outcome.UNTESTED) if self.p_value is None else p_value_text(self.p_value)


def pair_cells(rows: Sequence[BoardRow]) -> dict[tuple[int, int], PairCell]:
    """The differences of ARS between all pairs of rows of the board, keyed by the positions of the two."""
    scores = [_exact_ars(row) for row in rows]
    cells: dict[tuple[int, int], PairCell] = {}
    for (i, first), (j, second) in combinations(enumerate(rows), 2):
        cell = PairCell(scores[i] - scores[j], p_value_of(first, second))
        cells |= {(i, j): cell, (j, i): cell.reversed}
    return cells


def _exact_ars(row: BoardRow) -> float:
    """The ARS of a row in percent; it is not rounded if there are predictions."""
    if not all(entry.has_predictions for entry in row.entries):
        return row.ars.value
    counts = [entry.wholly_right.sum() for entry in row.entries]
    return float(100 * np.mean(counts) / row.first.units)
