"""The page that shows a corpus unit by unit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.boards import APP, page_opener, sample_report
from streamlit.testing.v1 import AppTest

from arts.evaluation.report import Report
from arts.leaderboard.store.store import Store


@pytest.fixture
def open_page(results: Path) -> Callable[..., AppTest]:
    return page_opener("explore")


def cards(app: AppTest) -> list[str]:
    return [
        html.value for html in app.get("html") if "arts-card" in html.value and "<style" not in html.value
    ]


def remarks(app: AppTest) -> str:
    return " ".join(one.value for one in (*app.caption, *app.info, *app.warning))


def keep(report: Report, folder: Path) -> None:
    """Save a report, and have it checked before the page is opened."""
    report.save(folder)
    Store((str(folder),), packaged=False).read()


def test_explore_the_page_says_how_to_come_by_a_corpus_that_is_not_here(open_page, results, monkeypatch):
    monkeypatch.setattr("sys.argv", ["app.py", str(results)])
    assert "ARTS_DATA_HOME" in remarks(open_page())


def test_explore_the_page_shows_units_without_any_entry(open_page):
    app = open_page()
    assert len(cards(app)) == 10
    assert "Units 1 to 10 of 138" in remarks(app)
    assert "arts evaluate --dataset sample" in remarks(app)


def test_explore_the_page_shows_the_answers_of_the_chosen_entries(open_page, results, tmp_path):
    for seed, right in ((1, 0.9), (2, 0.5)):
        keep(sample_report(tmp_path, f"model {seed}", right=right, seed=seed), results)
    app = open_page()
    assert all("model 1:" in html and "model 2:" in html for html in cards(app))
    app.toggle(key="failed").set_value(True).run()
    assert not app.exception
    assert all(html.count("✗") >= 2 for html in cards(app))
    entries = next(m for m in app.multiselect if m.label == "Entries")
    entries.set_value(entries.value[:1]).run()
    assert all("model 2:" not in html for html in cards(app))


def test_explore_the_page_opens_in_the_state_of_its_address(open_page):
    app = open_page(strategy=["revnon"], polarity=["negative"], page="2")
    assert "Units 11 to 20 of" in remarks(app)
    assert all("REVNON" in html and "ADDDIFF" not in html for html in cards(app))


def test_explore_filters_are_removed_one_by_one_or_all(open_page):
    ids = ["restaurant-test-001_0", "restaurant-test-002_0"]
    app = open_page(text="a", unit=ids, strategy=["revtgt", "revnon"])

    def remove(text: str) -> None:
        next(button for button in app.button if button.label.replace("\\", "") == text).click().run()

    assert [button.label.replace("\\", "") for button in app.button] == [
        "text: a",
        *(f"unit: {id}" for id in ids),
        "strategy: revtgt",
        "strategy: revnon",
        "Remove all",
    ]
    remove("strategy: revtgt")
    assert app.multiselect(key="strategy").value == ["revnon"]
    remove(f"unit: {ids[0]}")
    assert next(one.value for one in app.multiselect if one.label == "Unit") == ids[1:]
    remove("Remove all")
    assert not app.button
    assert app.multiselect(key="strategy").value == []
    assert "Units 1 to 10 of 138" in remarks(app)


def test_explore_the_page_begins_again_when_a_filter_changes(open_page):
    app = open_page(page="3")
    assert "Units 21 to 30" in remarks(app)
    app.multiselect(key="strategy").set_value(["revtgt"]).run()
    assert not app.exception
    assert "Units 1 to 10" in remarks(app)


def test_explore_the_page_says_what_to_do_when_nothing_passes(open_page, results, tmp_path):
    keep(sample_report(tmp_path, "right", right=1.0), results)
    app = open_page(failed="true")
    assert "None of the 138 units" in remarks(app)
    assert "Clear a filter" in remarks(app)


def test_explore_the_page_shows_no_entry_of_another_version_of_the_corpus(open_page, results, tmp_path):
    report = sample_report(tmp_path, "stale")
    stale = report.model_copy(
        update={"dataset": report.dataset.model_copy(update={"checksum": "0" * 64, "name": "sample"})}
    )
    stale._predictions = report.predictions
    keep(stale, results)
    assert "No entry on sample" in remarks(open_page())


def test_explore_the_page_names_a_data_folder_that_is_none(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("ARTS_DATA_HOME", str(tmp_path / "nowhere"))
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.run().switch_page("views/explore.py").run()
    assert not app.exception
    assert any("ARTS_DATA_HOME is not a folder" in error.value for error in app.error)


def test_explore_corpora_without_recorded_edits_are_compared(open_page, shared_data):
    app = open_page(corpus="laptop")
    assert any("<ins>" in html for html in cards(app))
    assert "Edit rule" not in [m.label for m in app.multiselect]
