"""Entries side by side: units that one has right and the other not, and the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from boards import measured, started
from boards import opened as open_view
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from arts.data.errors import ArtsError
from arts.evaluation.metrics import POLARITIES, Layout
from arts.evaluation.predictions import Predictions
from arts.evaluation.report import Report
from arts.leaderboard.analysis.before_after import answers, in_order, p_text, units_apart, won_units
from arts.leaderboard.store.entry import entry_of

SHARES = {"good": 0.95, "fair": 0.8, "poor": 0.6}


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> list[Report]:
    folder = tmp_path_factory.mktemp("reports")
    return [measured(folder, name, right=right, seed=n) for n, (name, right) in enumerate(SHARES.items(), 1)]


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    return started(tmp_path, monkeypatch, "--no-packaged")


def answered(units, *labels: str) -> Predictions:
    """Predictions for the units of the fixture, by initials."""
    by_initial = {str(polarity)[:3]: k for k, polarity in enumerate(POLARITIES)}
    return Predictions.of(units, np.array([by_initial[label] for label in labels]), None)


def test_units_that_only_one_has_right(units):
    first = answered(units, "pos", "neg", "pos", "neg", "pos", "neg", "neg")
    second = answered(units, "pos", "neg", "neg", "neg", "pos", "neg", "neu")
    won, lost = won_units(first, second)
    assert (won.tolist(), lost.tolist()) == ([True, False, False], [False, False, True])
    found = answers(first, second, won)
    assert found["member"].tolist() == ["original", "revtgt", "adddiff"]
    assert found["first"].tolist() == ["✓ positive", "✓ negative", "✓ positive"]
    assert found["second"].tolist() == ["✓ positive", "✓ negative", "✗ negative"]
    assert "sentence" not in found
    shown = answers(first, second, lost, units)
    assert shown["sentence"].tolist() == ["We got a table."]
    assert shown["aspect"].tolist() == ["table"]


@given(some.permutations(range(490)))
def test_the_order_of_a_file_does_not_matter(reports, order):
    there = reports[1].predictions
    rows = np.array(order)
    place = np.argsort(rows)
    layout = Layout(
        there.layout.gold[rows],
        there.layout.strategy[rows],
        there.layout.units[rows],
        place[there.layout.original[rows]],
    )
    shuffled = Predictions(tuple(there.ids[row] for row in rows), layout, there.labels[rows])
    assert (in_order(shuffled, there).labels == there.labels).all()


def test_other_instances_or_labels_are_refused(reports):
    there = reports[0].predictions
    with pytest.raises(ArtsError, match="not measured on the same instances"):
        in_order(replace(there, ids=("x", *there.ids[1:])), there)
    gold = (there.layout.gold[::-1] + 1) % 3
    reverse = replace(there, ids=there.ids[::-1], layout=replace(there.layout, gold=gold))
    with pytest.raises(ArtsError, match="same labels"):
        in_order(reverse, there)


def test_the_boards_bits_tell_the_same_as_the_comparison(reports):
    first, second = reports[0], reports[2]
    found = first.compare(second).ars
    entries = entry_of(second), entry_of(first)
    assert units_apart(*entries) == (found.only_first, found.only_second, pytest.approx(found.p_value))
    assert units_apart(entries[0], entries[0]) == (0, 0, 1)
    assert units_apart(entries[0], entries[1].model_copy(update={"right": ""})) is None
    assert units_apart(entries[0], entries[1].model_copy(update={"checksum": "other"})) is None


def opened(*keys: str, **state: str) -> AppTest:
    return open_view("compare", **({"entries": keys} if keys else {}), **state)


def said(app: AppTest) -> str:
    return "\n".join(str(one.value) for part in (app.markdown, app.caption, app.info) for one in part)


def test_the_page_says_who_is_better_and_how_sure_that_is(reports, results):
    for report in reports:
        report.save(results)
    good, fair, poor = (entry_of(report).key for report in reports)
    app = opened(poor, good, fair)
    assert not app.exception
    ars = reports[2].compare(reports[0]).ars
    sentence = (
        f"**poor** is right on {ars.only_first} units that **good** is not, **good** on {ars.only_second}; "
        f"the difference of ARS is {ars.value:+.2f} \\[{ars.low:+.1f}, {ars.high:+.1f}\\], "
        f"{p_text(ars.p_value)}."
    )
    assert sentence in said(app)
    assert "**fair**" in said(app)
    assert app.query_params["entries"] == [poor, good, fair]


def test_the_units_of_either_side_are_listed(reports, results):
    for report in reports[:2]:
        report.save(results)
    first, second = (entry_of(report).key for report in reports[:2])
    app = opened(first, second)
    found = reports[0].compare(reports[1]).ars
    assert app.dataframe[1].value["unit"].nunique() == found.only_first
    assert app.dataframe[1].value["sentence"].notna().all()
    app.radio[0].set_value(1).run()
    assert app.dataframe[1].value["unit"].nunique() == found.only_second


def test_without_predictions_there_is_a_difference_but_no_test(reports, results):
    reports[0].save(results)
    reports[1].write_json(results / "alone.json")
    app = opened(*(entry_of(report).key for report in reports[:2]))
    assert not app.exception
    assert "No test: report fair: its predictions are not at hand" in said(app).replace("\\", "")
    assert not app.radio


def test_one_entry_is_not_enough(reports, results):
    reports[0].save(results)
    assert "Choose two entries or more" in said(opened())


def test_an_empty_board_says_how_to_fill_it(results):
    assert "No results yet" in said(opened())
