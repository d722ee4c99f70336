"""The page to submit to."""

from __future__ import annotations

from importlib.resources import files

import pytest
from helpers.boards import open_view, prepare_app
from streamlit.testing.v1 import AppTest

from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.store import Store


def press(app: AppTest, label: str) -> None:
    """Press a button of the page."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_submit_an_upload_is_previewed_and_only_then_added(packaged_results, good_upload):
    app = open_view("submit", corpus="sample")
    app.text_input[0].set_value("my model")
    app.file_uploader[0].set_value(("mine.csv", good_upload, "text/csv"))
    press(app, "Check and score")
    assert not app.error
    assert [metric.label for metric in app.metric] == ["ARS", "Accuracy", "Macro-F1"]
    assert not list(packaged_results.glob("*.json"))
    press(app, "Add to the board")
    assert "my model is on the board" in app.success[0].value
    (entry,) = Store((str(packaged_results),), packaged=False).read().entries
    assert entry.name == "my model"
    assert entry.status == "recomputed"
    assert [button.label for button in app.button] == ["Check and score"]
    press(app, "Check and score")
    assert 'on the board already, as "my model"' in app.info[0].value
    assert [button.label for button in app.button] == ["Check and score"]
    assert len(list(packaged_results.glob("*.json"))) == 1


@pytest.mark.parametrize(
    ("file", "name", "message"),
    [
        (("x.csv", b"id,prediction\nnobody,positive\n", "text/csv"), "mine", "is not in the benchmark"),
        (("x.csv", b"\xff\xfe\x00", "text/csv"), "mine", "not text"),
        (("x.csv", b"id,prediction\n", "text/csv"), "<img src=x onerror=alert(1)>", "holds markup"),
        (("x.csv", b"id,prediction\n", "text/csv"), "", "no name"),
        (None, "mine", "no file; expected predictions"),
    ],
)
def test_submit_a_refused_upload_says_why_and_adds_nothing(packaged_results, file, name, message):
    app = open_view("submit", corpus="sample")
    app.text_input[0].set_value(name)
    app.file_uploader[0].set_value(file)
    press(app, "Check and score")
    assert message in app.error[0].value
    assert [button.label for button in app.button] == ["Check and score"]
    assert not packaged_results.exists()


def test_submit_opens_on_the_first_corpus_of_the_board(results, shared_data):
    results.mkdir()
    report = files("arts.leaderboard") / "results" / "laptop-memnet-seed1.json"
    (results / "mine.json").write_bytes(report.read_bytes())
    picked = open_view("submit").segmented_control(key="corpus")
    assert picked.value == "laptop"
    assert [*picked.options][:2] == ["laptop", "sample"]


def test_submit_a_board_for_reading_takes_nothing_and_says_so(tmp_path, monkeypatch):
    prepare_app(tmp_path, monkeypatch, "--read-only")
    app = open_view("submit")
    assert not app.exception
    assert "This board is read-only: nothing can be submitted here." in app.info[0].value
    assert not app.button
    assert not app.file_uploader


def test_submit_a_visitor_who_asks_too_often_is_told_to_wait(results, good_upload, monkeypatch):
    monkeypatch.setattr("arts.leaderboard.web.visitors.MOST_OF_ONE", 1)
    app = open_view("submit", corpus="sample")
    app.text_input[0].set_value("mine")
    app.file_uploader[0].set_value(("mine.csv", good_upload, "text/csv"))
    press(app, "Check and score")
    assert not app.error
    press(app, "Check and score")
    assert app.error[0].value.startswith("You had 1 files checked in 10 minutes, the most here; try again in")
    assert [button.label for button in app.button] == ["Check and score"]


def test_submit_an_entry_is_made_once(results, good_upload, monkeypatch):
    made = []
    for module in ("uploads", "store", "checked_files"):
        monkeypatch.setattr(
            f"arts.leaderboard.store.{module}.entry_of", lambda *a, **k: made.append(a) or entry_of(*a, **k)
        )
    app = open_view("submit", corpus="sample")
    app.text_input[0].set_value("mine")
    app.file_uploader[0].set_value(("mine.csv", good_upload, "text/csv"))
    press(app, "Check and score")
    press(app, "Add to the board")
    assert "mine is on the board" in app.success[0].value
    assert len(made) == 1
