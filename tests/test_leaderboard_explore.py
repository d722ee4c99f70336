"""Explore: marks in sentences, units and their filters, and the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from boards import APP, measured, opened, started
from builders import aspect, sentence, variant
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from arts.data.corpus_registry import load_corpus
from arts.data.schema import PERTURBATIONS, Edit, Instance, Polarity, Strategy
from arts.evaluation.report import Report
from arts.generators.strategies.edits import apply
from arts.leaderboard.analysis.units import Filters, Unit, answers_of, units_of
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.store import Store
from arts.leaderboard.web import html_sentence, html_unit
from arts.leaderboard.web.html_unit import Answer, Card

TAG = re.compile(r"<sup>.*?</sup>|<del>.*?</del>|<[^>]*>")


def plain(html: str) -> str:
    """What is left of a marked sentence without marks."""
    return unescape(TAG.sub("", html))


@pytest.fixture(scope="module")
def sample() -> list[Unit]:
    return units_of(load_corpus("sample").test)


def test_a_sentence_shows_its_text_and_nothing_is_lost(sample):
    for unit in sample:
        for one in unit.variants:
            assert plain(html_sentence.sentence(one, html_sentence.edits_of(unit.original, one))) == one.text


def test_a_sentence_marks_edits_and_aspects_with_more_than_colour():
    (soup,) = sentence("1", "Good soup.", soup="positive").instances()
    changed = variant(soup, "revtgt", "Bad soup.", "negative")
    html = html_sentence.sentence(changed, html_sentence.edits_of(soup, changed))
    assert "<del>Good</del><ins>Bad</ins>" in html
    assert 'class="arts-aspect arts-negative arts-target"' in html
    assert "−" in html
    assert "(negative)" in html


def test_a_sentence_escapes_its_text_terms_and_edits():
    text = 'The <script>alert("1")</script> & <b>soup</b> is good.'
    one = Instance("1", "0", Strategy.REVTGT, text, aspect(text, "<b>soup</b>"))
    html = html_sentence.sentence(one, (Edit(4, 4, "<i>", "<script>", "x"),))
    assert "<script" not in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert "alert(&quot;1&quot;)&lt;/script&gt;" in html
    assert plain(html) == text


def test_a_sentence_marks_an_aspect_that_an_edit_cuts_through_once():
    text = "The hot soup is good."
    one = Instance("1_adv", "1", Strategy.REVTGT, text, aspect(text, "hot soup"))
    html = html_sentence.sentence(one, (Edit(4, 4, "", "hot ", "x"),))
    assert html.count("<sup>") == 1
    assert plain(html) == text


def test_a_sentence_marks_the_target_where_aspects_overlap():
    text = "The battery life is good."
    target, around = aspect(text, "battery"), aspect(text, "battery life")
    html = html_sentence.sentence(Instance("1", "1", Strategy.ORIGINAL, text, target, (around, target)))
    assert html.count("arts-aspect") == 1
    assert "arts-target" in html


TEXTS = some.text("ab ,.'", max_size=30)


@given(TEXTS, TEXTS)
def test_compared_turns_one_text_into_the_other(before, after):
    edits = html_sentence.compared(before, after)
    assert apply(before, edits) == after
    assert all(before[e.start : e.end] == e.before for e in edits)


@given(TEXTS, TEXTS)
def test_trimmed_says_the_same_in_fewer_words(before, after):
    edit = Edit(0, len(before), before, after, "x")
    less = html_sentence.trimmed(edit)
    assert apply(before, (less,)) == after
    assert len(less.before) <= len(before)


def test_trimmed_does_not_cut_words():
    assert html_sentence.trimmed(Edit(0, 4, "good", "goods", "x")).after == "goods"
    assert html_sentence.trimmed(Edit(0, 9, "delicious", "really delicious", "x")).after == "really "


def test_a_card_says_who_is_right_and_escapes_names(units):
    card = Card(
        Strategy.ORIGINAL,
        units[0],
        answers=[Answer("<b>mine", Polarity.POSITIVE), Answer("other", Polarity.NEGATIVE, (0.1, 0.7, 0.2))],
    )
    html = card.html
    assert "✓" in html
    assert "✗" in html
    assert "right: " in html
    assert "wrong: " in html
    assert "&lt;b&gt;mine" in html
    assert "<b>mine" not in html
    assert "−&nbsp;0.70" in html
    assert html_unit.side_by_side([card]).count("arts-card") == 2  # the grid and the card


def test_units_of_keeps_variants_with_their_original(units):
    found = units_of(units)
    assert [(u.id, len(u.variants)) for u in found] == [("1_0", 2), ("1_1", 2), ("2_0", 0)]
    assert [v.strategy for v in found[1].variants] == [Strategy.REVTGT, Strategy.REVNON]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["1_0", "1_1", "2_0"]),
        (Filters(strategies=[Strategy.ADDDIFF]), ["1_0"]),
        (Filters(polarities=[Polarity.NEUTRAL]), ["2_0"]),
        (Filters(longest=3), []),
        (Filters(shortest=4, longest=4), ["1_0", "1_1", "2_0"]),
        (Filters(rules=["antonym"]), []),
    ],
)
def test_filters_keep_what_passes(units, filters, expected):
    assert [unit.id for unit in filters.apply(units_of(units))] == expected


def test_filters_show_only_the_variants_of_a_strategy(units):
    (unit,) = Filters(strategies=[Strategy.ADDDIFF]).apply(units_of(units))
    assert [v.strategy for v in unit.variants] == [Strategy.ADDDIFF]


def test_filters_by_rule_keep_units_with_such_an_edit(sample):
    assert len(Filters(rules=["by hand"]).apply(sample)) == sum(bool(unit.variants) for unit in sample)


def test_filters_find_what_every_entry_fails(units):
    right = {one.id: one.polarity for one in units}
    first, second = right | {"1_0_revtgt": Polarity.POSITIVE}, right | {"1_0": Polarity.NEUTRAL}
    failed = Filters(failed=True)
    assert [u.id for u in failed.apply(units_of(units), [first, second])] == ["1_0"]
    assert failed.apply(units_of(units), [first, right]) == []
    assert failed.apply(units_of(units)) == []
    narrow = Filters(strategies=[Strategy.ADDDIFF], failed=True)  # where only the second is wrong
    assert narrow.apply(units_of(units), [first, second]) == []


def test_answers_of_are_those_of_the_predictions(tmp_path):
    report = measured(tmp_path, "mine", right=1.0)
    answers = answers_of(entry_of(report, report.save(tmp_path / "results")))
    assert answers == {one.id: one.polarity for one in load_corpus("sample").test}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return started(tmp_path, monkeypatch, "--no-packaged")


@pytest.fixture
def open_page(results: Path) -> Callable[..., AppTest]:
    def open_page(**state: str | list[str]) -> AppTest:
        app = opened("explore", **state)
        assert not app.exception
        return app

    return open_page


def shown(app: AppTest) -> list[str]:
    return [
        html.value for html in app.get("html") if "arts-card" in html.value and "<style" not in html.value
    ]


def told(app: AppTest) -> str:
    return " ".join(one.value for one in (*app.caption, *app.info, *app.warning))


def keep(report: Report, folder: Path) -> None:
    """Save a report, and have it checked before the page is opened."""
    report.save(folder)
    Store((str(folder),), packaged=False).read()


def test_the_page_says_how_to_come_by_a_corpus_that_is_not_here(open_page, results, monkeypatch):
    monkeypatch.setattr("sys.argv", ["app.py", str(results)])
    assert "ARTS_DATA_HOME" in told(open_page())


def test_the_page_shows_units_without_any_entry(open_page):
    app = open_page()
    assert len(shown(app)) == 10
    assert "Units 1 to 10 of 138" in told(app)
    assert "arts evaluate --dataset sample" in told(app)


def test_the_page_shows_the_answers_of_the_chosen_entries(open_page, results, tmp_path):
    for seed, right in ((1, 0.9), (2, 0.5)):
        keep(measured(tmp_path, f"model {seed}", right=right, seed=seed), results)
    app = open_page()
    assert all("model 1:" in html and "model 2:" in html for html in shown(app))
    app.toggle(key="failed").set_value(True).run()
    assert not app.exception
    assert all(html.count("✗") >= 2 for html in shown(app))
    entries = next(m for m in app.multiselect if m.label == "Entries")
    entries.set_value(entries.value[:1]).run()
    assert all("model 2:" not in html for html in shown(app))


def test_the_page_opens_in_the_state_of_its_address(open_page):
    app = open_page(strategy=["revnon"], polarity=["negative"], page="2")
    assert "Units 11 to 20 of" in told(app)
    assert all("REVNON" in html and "ADDDIFF" not in html for html in shown(app))


def test_the_page_begins_again_when_a_filter_changes(open_page):
    app = open_page(page="3")
    assert "Units 21 to 30" in told(app)
    app.multiselect(key="strategy").set_value(["revtgt"]).run()
    assert not app.exception
    assert "Units 1 to 10" in told(app)


def test_the_page_says_what_to_do_when_nothing_passes(open_page, results, tmp_path):
    keep(measured(tmp_path, "right", right=1.0), results)
    app = open_page(failed="true")
    assert "None of the 138 units" in told(app)
    assert "Clear a filter" in told(app)


def test_the_page_shows_no_entry_of_another_version_of_the_corpus(open_page, results, tmp_path):
    report = measured(tmp_path, "stale")
    stale = report.model_copy(
        update={"dataset": report.dataset.model_copy(update={"checksum": "0" * 64, "name": "sample"})}
    )
    stale._predictions = report.predictions
    keep(stale, results)
    assert "No entry on sample" in told(open_page())


def test_the_page_names_a_data_folder_that_is_none(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("ARTS_DATA_HOME", str(tmp_path / "nowhere"))
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.run().switch_page("views/explore.py").run()
    assert not app.exception
    assert any("ARTS_DATA_HOME is not a folder" in error.value for error in app.error)


def test_corpora_without_recorded_edits_are_compared(open_page, shared):
    app = open_page(corpus="laptop")
    assert any("<ins>" in html for html in shown(app))
    assert "Edit rule" not in [m.label for m in app.multiselect]


def test_strategies_have_a_title():
    assert set(html_unit.TITLES) == {Strategy.ORIGINAL, *PERTURBATIONS}
