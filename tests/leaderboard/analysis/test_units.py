"""Units of a corpus, and filters over them."""

from __future__ import annotations

import pytest
from helpers.boards import sample_report

from arts.data.corpus_registry import load_corpus
from arts.data.schema import Polarity, Strategy
from arts.leaderboard.analysis.units import UnitFilter, predictions_by_id, units_of
from arts.leaderboard.store.entry import entry_of


def test_units_of_keeps_variants_with_their_original(units):
    found = units_of(units)
    assert [(u.id, len(u.variants)) for u in found] == [("1_0", 2), ("1_1", 2), ("2_0", 0)]
    assert [v.strategy for v in found[1].variants] == [Strategy.REVTGT, Strategy.REVNON]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (UnitFilter(), ["1_0", "1_1", "2_0"]),
        (UnitFilter(strategies=[Strategy.ADDDIFF]), ["1_0"]),
        (UnitFilter(polarities=[Polarity.NEUTRAL]), ["2_0"]),
        (UnitFilter(longest=3), []),
        (UnitFilter(shortest=4, longest=4), ["1_0", "1_1", "2_0"]),
        (UnitFilter(rules=["antonym"]), []),
        (UnitFilter(ids=["2_0", "1_0"]), ["1_0", "2_0"]),
        (UnitFilter(words=["TABLE", "got"]), ["2_0"]),
        (UnitFilter(words=["1_1"]), ["1_1"]),
        (UnitFilter(words=["got", "nowhere"]), []),
    ],
)
def test_units_filters_keep_what_passes(units, filters, expected):
    assert [unit.id for unit in filters.apply(units_of(units))] == expected


def test_units_filters_show_only_the_variants_of_a_strategy(units):
    (unit,) = UnitFilter(strategies=[Strategy.ADDDIFF]).apply(units_of(units))
    assert [v.strategy for v in unit.variants] == [Strategy.ADDDIFF]


def test_units_filters_by_rule_keep_units_with_such_an_edit(sample_units):
    assert len(UnitFilter(rules=["by hand"]).apply(sample_units)) == sum(
        bool(unit.variants) for unit in sample_units
    )


def test_units_filters_find_what_every_entry_fails(units):
    right = {one.id: one.polarity for one in units}
    first, second = right | {"1_0_revtgt": Polarity.POSITIVE}, right | {"1_0": Polarity.NEUTRAL}
    failed = UnitFilter(failed_by_all=True)
    assert [u.id for u in failed.apply(units_of(units), [first, second])] == ["1_0"]
    assert failed.apply(units_of(units), [first, right]) == []
    assert failed.apply(units_of(units)) == []
    narrow = UnitFilter(strategies=[Strategy.ADDDIFF], failed_by_all=True)  # where only the second is wrong
    assert narrow.apply(units_of(units), [first, second]) == []


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ({"right": [0]}, ["1_1", "2_0"]),
        ({"wrong": [1]}, ["1_0", "2_0"]),
        ({"right": [0], "wrong": [1]}, ["2_0"]),
        ({"right": [0, 1]}, ["1_1"]),
        ({"right": [0], "wrong": [0]}, []),
        ({"right": [0], "strategies": [Strategy.ADDDIFF]}, ["1_0"]),  # whose REVTGT variant is not shown
    ],
)
def test_units_filters_find_what_one_entry_has_right_and_another_wrong(units, outcomes, expected):
    right = {one.id: one.polarity for one in units}
    first = right | {"1_0_revtgt": Polarity.POSITIVE}
    second = right | {"1_0": Polarity.NEUTRAL, "2_0": Polarity.NEGATIVE}
    passing = UnitFilter(**outcomes).apply(units_of(units), [first, second])
    assert [unit.id for unit in passing] == expected


def test_units_predictions_by_id_are_those_of_the_report(tmp_path):
    report = sample_report(tmp_path, "mine", right=1.0)
    predictions = predictions_by_id(entry_of(report, report.save(tmp_path / "results")))
    assert predictions == {one.id: one.polarity for one in load_corpus("sample").test}
