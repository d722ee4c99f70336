"""Comparisons of two rows of the board."""

from __future__ import annotations

import pytest

from arts.evaluation.paired_tests import Comparison, Difference
from arts.leaderboard.analysis.duel import Duel, Outcome, pair_cells, verdict
from arts.leaderboard.analysis.rows import row_of
from arts.leaderboard.store.entry import entry_of


def duel(value: float, p_value: float | None) -> Duel:
    """A comparison with this difference of ARS, which was not tested if there is no p-value."""
    if p_value is None:
        return Duel(value, value, remark="no predictions")
    difference = Difference(value=value, low=-1.9, high=4.3, only_first=1, only_second=1, p_value=p_value)
    return Duel(value, value, Comparison(ars=difference, accuracy=difference))


@pytest.mark.parametrize(
    ("value", "p_value", "expected"),
    [
        (1.2, 0.43, "a and b cannot be told apart: ARS +1.20 [-1.9, +4.3], p = 0.430."),
        (4.1, 0.003, "a is better than b: ARS +4.10 [-1.9, +4.3], p = 0.003."),
        (-4.1, 0.049, "a is worse than b: ARS -4.10 [-1.9, +4.3], p = 0.049."),
        (4.1, 0.05, "a and b cannot be told apart: ARS +4.10 [-1.9, +4.3], p = 0.050."),
        (4.1, None, "a and b: no test. ARS +4.10."),
    ],
)
def test_duel_a_verdict_on_two_has_the_difference(value, p_value, expected):
    assert verdict("a", {"b": duel(value, p_value)}) == expected


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ({"b": 0.01, "c": 0.2}, "a is better than b; cannot be told apart from c."),
        ({"b": 0.01, "c": 0.01}, "a is better than b and c."),
        ({"b": 0.01, "c": 0.01, "d": 0.01}, "a is better than all 3 others."),
        (
            {"b": 0.4, "c": 0.4, "d": 0.4, "e": None},
            "a cannot be told apart from 3 of the 4 others; is not tested against e.",
        ),
    ],
)
def test_duel_a_verdict_on_more_names_or_counts_them(p_values, expected):
    assert verdict("a", {name: duel(4.1, p_value) for name, p_value in p_values.items()}) == expected


def test_duel_the_matrix_says_the_same_as_the_comparison(reports):
    rows = [row_of(entry_of(report)) for report in reports]
    cells = pair_cells(rows)
    assert set(cells) == {(i, j) for i in range(3) for j in range(3) if i != j}
    for (i, j), cell in cells.items():
        ars = reports[i].compare(reports[j]).ars
        assert (round(cell.difference, 2), cell.p_value) == (ars.value, pytest.approx(ars.p_value))
    entries = entry_of(reports[0]), entry_of(reports[1]).model_copy(update={"right_units": ""})
    untested = pair_cells([row_of(entry) for entry in entries])[0, 1]
    assert (untested.outcome, untested.p_text) == (Outcome.UNTESTED, "no test")
