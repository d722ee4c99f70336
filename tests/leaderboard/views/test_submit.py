"""The page to submit to."""

from __future__ import annotations

import pytest
from helpers.boards import open_view
from streamlit.testing.v1 import AppTest

from arts.leaderboard.store.store import Store


def press(app: AppTest, label: str) -> None:
    """Press a button of the page."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_submit_an_upload_is_previewed_and_only_then_added(packaged_results, good_upload):
    app = open_view("submit", dataset="sample")
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
    press(app, "Add to the board")
    assert 'on the board already, as "my model"' in app.error[0].value
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
    app = open_view("submit", dataset="sample")
    app.text_input[0].set_value(name)
    app.file_uploader[0].set_value(file)
    press(app, "Check and score")
    assert message in app.error[0].value
    assert [button.label for button in app.button] == ["Check and score"]
    assert not packaged_results.exists()
