"""The page that compares two entries."""

from __future__ import annotations

from html import unescape

from helpers.boards import open_view, zoo_report
from streamlit.testing.v1 import AppTest

from arts.evaluation.seed_summary import compare_seeds
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.store import Store


def open_comparison(*keys: str, **state: str) -> AppTest:
    return open_view("compare", **({"entries": keys} if keys else {}), **state)


def page_text(app: AppTest) -> str:
    return "\n".join(str(one.value) for part in (app.markdown, app.caption, app.info) for one in part)


def tables(app: AppTest) -> list[str]:
    return [unescape(html.value) for html in app.get("html") if "<table" in html.value]


def test_compare_the_page_says_who_is_better_and_how_sure_that_is(reports, results):
    for report in reports:
        report.save(results)
    good, fair, poor = (entry_of(report).key for report in reports)
    app = open_comparison(poor, good, fair)
    assert not app.exception
    text = page_text(app).replace("\\", "")
    assert "#### poor is worse than good and fair." in text
    ars = reports[2].compare(reports[0]).ars
    assert str(ars).partition(" ")[2] in tables(app)[0]
    assert app.query_params["entries"] == [poor, good, fair]
    app = open_comparison(good, poor)
    ars = reports[0].compare(reports[2]).ars
    assert f"#### good is better than poor: ARS {ars}." in page_text(app).replace("\\", "")
    assert len(tables(app)) == 1  # a matrix of two would say the same


def test_compare_the_units_of_either_side_are_listed(reports, results):
    for report in reports[:2]:
        report.save(results)
    first, second = (entry_of(report).key for report in reports[:2])
    app = open_comparison(first, second)
    found = reports[0].compare(reports[1]).ars
    assert app.dataframe[1].value["unit"].nunique() == found.only_first
    assert app.dataframe[1].value["sentence"].notna().all()
    app.radio[0].set_value(1).run()
    assert app.dataframe[1].value["unit"].nunique() == found.only_second


def test_compare_without_predictions_there_is_a_difference_but_no_test(reports, results):
    reports[0].save(results)
    reports[1].write_json(results / "alone.json")
    app = open_comparison(*(entry_of(report).key for report in reports[:2]))
    assert not app.exception
    assert "No test: report fair: its predictions are not at hand" in page_text(app).replace("\\", "")
    assert not app.radio


def test_compare_one_entry_is_not_enough(reports, results):
    reports[0].save(results)
    assert "Choose two entries or more" in page_text(open_comparison())


def test_compare_an_empty_board_says_how_to_fill_it(results):
    assert "No results yet" in page_text(open_comparison())


def test_compare_more_than_twelve_are_said_to_be_left_out(reports, results):
    for number in range(13):
        reports[0].model_copy(update={"name": f"model {number:02d}"}).write_json(results / f"{number}.json")
    entries = sorted(Store((str(results),), packaged=False).read().entries, key=lambda entry: entry.name)
    app = open_comparison(*(entry.key for entry in entries))
    assert len(app.multiselect[0].value) == 12
    (warning,) = (one.value for one in app.warning)
    assert warning == 'The link names 13, and at most 12 can be shown. Left out: "model 12".'


def test_compare_the_seeds_of_a_model_are_one_row(reports, results):
    same = [zoo_report(report, seed=seed) for seed, report in enumerate(reports[:2], 1)]
    for report, source in zip(same, reports, strict=False):
        report._predictions = source.predictions
        report.save(results)
    reports[2].save(results)
    app = open_comparison()
    names = next(one.options for one in app.multiselect)
    assert names == ["bert, 2 seeds", "poor", "bert, seed 1", "bert, seed 2"]
    ars = compare_seeds(reports[:2], reports[2:]).ars
    assert f"#### bert, 2 seeds is better than poor: ARS {ars}." in page_text(app).replace("\\", "")
    assert app.selectbox[0].label == "Seed"
    pair = open_comparison(*(entry_of(report).key for report in same))
    assert "#### bert, seed 1 is better than bert, seed 2: ARS" in page_text(pair).replace("\\", "")
    app = open_view("explore", entries=[entry_of(same[0]).configuration])
    assert "is bert with all seeds; choose single ones." in app.warning[0].value
