"""The page to try a sentence."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from helpers.boards import page_opener, prepare_app
from helpers.cached_models import model_folder, remember
from streamlit.testing.v1 import AppTest

from arts.leaderboard.web import playground_models
from arts.leaderboard.web.training_process import TrainingProcess


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    prepare_app(tmp_path, monkeypatch, "--no-packaged")
    monkeypatch.setattr(TrainingProcess, "progress", 0.25)

    return page_opener("playground")


def cards_of(app: AppTest) -> list[str]:
    return [html.value for html in app.get("html") if html.value.startswith('<div class="arts-cards"')]


def test_playground_the_page_shows_the_variants_of_what_is_typed(page):
    app = page()
    assert len(cards_of(app)) == 3
    app.text_area(key="text").set_value("The pizza was great.").run()
    assert not app.exception
    (html,) = cards_of(app)
    assert "<del>great</del>" in html
    assert "No variant: no other aspect to change." in html


def test_playground_aspects_that_were_corrected_are_in_the_address(page):
    app = page(aspect=["soup:negative", "waiter:negative", "tables:great"])
    assert len(cards_of(app)) == 2
    assert app.query_params["aspect"] == ["soup:negative", "waiter:negative"]
    assert 'marks the aspects "tables\\:great"' in app.warning[0].value
    app.text_area(key="text").set_value("The pizza was great.").run()
    assert len(cards_of(app)) == 1
    assert "aspect" not in app.query_params


def test_playground_a_model_and_a_domain_that_are_not_to_be_had_are_named(page):
    app = page(models=["no such model"], domain="cats")
    assert 'the model "no such model"' in app.warning[0].value
    assert 'the domain "cats"' in app.warning[0].value


def test_playground_the_page_escapes_what_is_typed(page):
    app = page(text='The <script>alert("x")</script> pizza was great & <b>hot</b>.')
    assert cards_of(app)
    for html in cards_of(app):
        assert "<script" not in html
        assert "<b>" not in html


def test_playground_the_page_says_what_is_missing(page):
    assert "Mark at least one aspect" in page(text="It was great.").warning[0].value
    assert "Type a sentence" in page(text=" ").warning[0].value


def test_playground_the_page_asks_a_cached_model(page, monkeypatch):
    class Model:
        def predict_proba(self, instances):
            return np.tile([0.8, 0.1, 0.1], (len(instances), 1))

    model_folder("td-lstm-0123456789")
    monkeypatch.setattr(playground_models, "load_model", lambda key: Model())
    app = page(text="The pizza was great.")
    models = app.multiselect(key="models")
    assert models.options == ["td-lstm, seed 1 · 012345"]
    models.set_value(["td-lstm-0123456789"]).run()
    assert not app.exception
    (html,) = cards_of(app)
    (verdict,) = (line.value for line in app.markdown if "reads" in line.value)
    assert (
        verdict
        == "**td-lstm, seed 1 · 012345** reads 0 of 1 aspects right throughout; it fails on *pizza* under "
        "REVTGT."
    )
    assert "td-lstm, seed 1 · 012345: positive (+&nbsp;0.80 · −&nbsp;0.10 · ○&nbsp;0.10)" in html
    assert "✓" in html
    assert "✗" in html


def test_playground_the_page_goes_on_when_a_model_cannot_be_loaded(page):
    model_folder("td-lstm-0123456789")
    app = page(text="The pizza was great.", models="td-lstm, seed 1 · 012345")
    assert "td-lstm, seed 1 · 012345: " in app.warning[0].value
    assert cards_of(app)


class Process:
    """A process that goes on until it is told to end."""

    returncode: int | None = None

    def terminate(self) -> None:
        self.returncode = 3

    def poll(self) -> int | None:
        return self.returncode


def press(app: AppTest) -> AppTest:
    next(button for button in app.button if button.label == "Train").click().run()
    assert not app.exception
    return app


def test_playground_the_page_chooses_the_model_that_was_trained(page, monkeypatch):
    process, asked = Process(), []
    monkeypatch.setattr(
        TrainingProcess,
        "start",
        lambda model: TrainingProcess(model, process, BytesIO(), BytesIO(), 0.0),
    )
    monkeypatch.setattr(playground_models, "load_model", asked.append)
    monkeypatch.setattr(playground_models, "predict", lambda model, instances, label: {})
    app = press(page(text="The pizza was great."))
    assert any("Training td-lstm" in info.value for info in app.info)
    model_folder("td-lstm-0123456789")
    remember("td-lstm-0123456789")
    process.returncode = 0
    app.run()
    assert app.multiselect(key="models").value == ["td-lstm-0123456789"]
    assert asked == ["td-lstm-0123456789"]


def test_playground_the_page_says_why_a_training_failed(page, monkeypatch):
    process = Process()
    said = BytesIO(b"remark\narts: error: no encoder\n")
    monkeypatch.setattr(
        TrainingProcess, "start", lambda model: TrainingProcess(model, process, BytesIO(), said, 0.0)
    )
    app = press(page(text="The pizza was great."))
    process.returncode = 2
    app.run()
    assert not app.exception
    assert app.error[0].value.replace("\\", "") == "td-lstm: arts: error: no encoder"


def test_playground_a_training_is_cancelled_and_one_runs_at_a_time(page, monkeypatch):
    process = Process()
    monkeypatch.setattr(
        TrainingProcess, "start", lambda model: TrainingProcess(model, process, BytesIO(), BytesIO(), 0.0)
    )
    app = press(page(text="The pizza was great."))
    app.run()
    assert next(button for button in app.button if button.label == "Train").disabled
    next(button for button in app.button if button.label == "Cancel").click().run()
    assert process.returncode == 3
    app.run()
    assert not app.exception
    assert not app.error
    assert not any("Training" in info.value for info in app.info)


def test_playground_a_board_for_reading_trains_nothing_and_says_so(tmp_path, monkeypatch):
    prepare_app(tmp_path, monkeypatch, "--read-only", "--no-packaged")
    app = page_opener("playground")(text="The pizza was great.")
    assert "This board is read-only: no model is trained here." in [c.value for c in app.caption]
    assert not [button for button in app.button if button.label == "Train"]


def test_playground_a_text_over_the_limit_is_refused_with_a_word(page):
    app = page(text="The soup was good. " * 30)
    assert app.warning[0].value == "The sentence has 570 characters; at most 500 are taken."
    assert not cards_of(app)


def test_playground_says_that_a_sentence_is_not_english(page):
    (warning,) = page(text="Die Suppe war lecker, aber der Kellner war laut.").warning
    assert "does not look English" in warning.value


def test_playground_its_own_proposals_never_block(page):
    app = page(text="The soup and the soup and the tuna roll roll were good.")
    assert not app.warning
    assert len(cards_of(app)) == 3


def test_playground_adds_what_fits_the_domain_of_the_sentence(page):
    app = page(text="The soup was delicious, but our waiter was rude.")
    assert "The sentence reads like one on a restaurant." in [c.value for c in app.caption]
    app.text_area(key="text").set_value("The battery lasts all day, but the keyboard feels mushy.").run()
    assert "The sentence reads like one on a laptop." in [c.value for c in app.caption]


@pytest.mark.slow
def test_playground_the_page_trains_a_model_and_asks_it(page, monkeypatch):
    started, start = [], TrainingProcess.start
    monkeypatch.setattr(TrainingProcess, "start", lambda model: started.append(start(model)) or started[0])
    app = press(page(text="The pizza was great."))
    assert started[0].process.wait(timeout=900) == 0
    app.run()
    assert not app.exception
    (html,) = cards_of(app)
    assert "td-lstm, seed 1, sample" in html
