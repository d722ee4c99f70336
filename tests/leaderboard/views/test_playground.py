"""The page to try a sentence."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import monotonic

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

    def poll(self) -> int | None:
        return self.returncode


def press(app: AppTest) -> AppTest:
    next(button for button in app.button if button.label == "Train").click().run()
    assert not app.exception
    return app


def test_playground_the_page_chooses_the_model_that_was_trained(page, monkeypatch):
    process, asked = Process(), []
    monkeypatch.setattr(
        TrainingProcess, "start", lambda model: TrainingProcess(model, process, BytesIO(), monotonic())
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
        TrainingProcess, "start", lambda model: TrainingProcess(model, process, said, monotonic())
    )
    app = press(page(text="The pizza was great."))
    process.returncode = 2
    app.run()
    assert not app.exception
    assert app.error[0].value == "td-lstm: arts: error: no encoder"


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
