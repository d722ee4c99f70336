"""The page that compares two entries."""

from __future__ import annotations

from helpers.boards import open_view
from streamlit.testing.v1 import AppTest

from arts.data.support.rounding import p_value_text
from arts.leaderboard.store.entry import entry_of


def open_comparison(*keys: str, **state: str) -> AppTest:
    return open_view("compare", **({"entries": keys} if keys else {}), **state)


def page_text(app: AppTest) -> str:
    return "\n".join(str(one.value) for part in (app.markdown, app.caption, app.info) for one in part)


def test_compare_the_page_says_who_is_better_and_how_sure_that_is(reports, results):
    for report in reports:
        report.save(results)
    good, fair, poor = (entry_of(report).key for report in reports)
    app = open_comparison(poor, good, fair)
    assert not app.exception
    ars = reports[2].compare(reports[0]).ars
    sentence = (
        f"**poor** is right on {ars.only_first} units that **good** is not, **good** on {ars.only_second}; "
        f"the difference of ARS is {ars.value:+.2f} \\[{ars.low:+.1f}, {ars.high:+.1f}\\], "
        f"{p_value_text(ars.p_value)}."
    )
    assert sentence in page_text(app)
    assert "**fair**" in page_text(app)
    assert app.query_params["entries"] == [poor, good, fair]


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
