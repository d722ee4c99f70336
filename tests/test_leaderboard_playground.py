"""The playground: what is typed, what is made of it, cached models, and the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from boards import measured, opened, started
from builders import sentence, variant
from streamlit.testing.v1 import AppTest

from arts.data.corpus import content_checksum
from arts.data.corpus_registry import load_corpus
from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.data.support.atomic import cache_home
from arts.data.support.download import sha256
from arts.evaluation.predictions import Predictions
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.aspectset import Pool, Said
from arts.leaderboard.web import playground, trained_models
from arts.leaderboard.web.html_unit import Answer
from arts.leaderboard.web.playground import Trial, perturbed, proposed, record, sentence_of
from arts.leaderboard.web.trained_models import Cached, Training

TEXT = "The soup was delicious, but our waiter was rude."
ROWS = [("soup", "positive"), ("waiter", "negative")]


@pytest.fixture(scope="module")
def analyst() -> Analyst:
    return Analyst()


@pytest.fixture(scope="module")
def pool() -> Pool:
    said = [
        Said(term, predicate, polarity, domain="restaurant")
        for polarity, predicate in ((Polarity.POSITIVE, "great"), (Polarity.NEGATIVE, "terrible"))
        for term in ("bread", "garden", "music", "wine", "view")
    ]
    return Pool(tuple(sorted(said)))


@pytest.fixture
def trial() -> Trial:
    (soup,) = sentence("1", "Good soup.", soup="positive").instances()
    bad = variant(soup, "revtgt", "Bad soup.", "negative")
    reasons = {Strategy.REVNON: "no other aspect to change", Strategy.ADDDIFF: "too few aspects left to add"}
    return Trial(soup, {Strategy.REVTGT: bad}, reasons)


def test_sentence_of_finds_aspects_as_they_are_written():
    found = sentence_of(TEXT, [("Waiter", "negative"), ("soup", "positive"), ("", "neutral")])
    assert [(a.term, a.polarity) for a in found.aspects] == [("soup", "positive"), ("waiter", "negative")]


def test_sentence_of_takes_the_next_place_of_a_term_that_comes_twice():
    text = "Good soup, bad soup."
    found = sentence_of(text, [("soup", "positive"), ("soup", "negative")])
    assert [(a.start, a.polarity) for a in found.aspects] == [(5, "positive"), (15, "negative")]


def test_sentence_of_finds_words_not_parts_of_them():
    assert sentence_of("The barbecue bar.", [("bar", "neutral")]).aspects[0].start == 13


@pytest.mark.parametrize(
    ("text", "rows", "message"),
    [
        (" ", ROWS, "type a sentence"),
        ("soup " * 101, ROWS, "at most 500"),
        (TEXT, [], "at least one aspect"),
        (TEXT, [("bread", "positive")], '"bread" is not in the sentence'),
        (TEXT, [("out", "positive")], '"out" is not in the sentence'),
        (TEXT, [("soup", "positive"), ("soup", "negative")], "more often"),
        ("The soup bowl.", [("soup bowl", "neutral"), ("soup", "neutral")], "inside another aspect"),
    ],
)
def test_sentence_of_says_what_is_wrong(text, rows, message):
    with pytest.raises(ArtsError, match=message):
        sentence_of(text, rows)


def test_proposed_are_noun_phrases_with_what_is_said_of_them(analyst):
    text = "The battery life was great, but it came in a box and the screen is terrible."
    assert proposed(text, analyst) == [
        ("battery life", "positive"),
        ("box", "neutral"),
        ("screen", "negative"),
    ]
    assert proposed("It was great.", analyst) == []


def test_perturbed_gives_a_variant_or_a_reason_a_strategy(analyst, pool):
    trials = perturbed(sentence_of(TEXT, ROWS, "restaurant"), pool, analyst)
    assert [trial.original.aspect.term for trial in trials] == ["soup", "waiter"]
    for trial in trials:
        assert set(trial.variants) == set(PERTURBATIONS)
        assert [card.strategy for card in trial.cards({})] == [Strategy.ORIGINAL, *PERTURBATIONS]
    (alone,) = perturbed(sentence_of("We had soup.", [("soup", "neutral")]), Pool(), analyst)
    assert alone.reasons[Strategy.REVNON] == "no other aspect to change"
    assert "no other aspect" in list(alone.cards({}))[2].html


def test_domains_of_are_those_of_the_pool(pool):
    assert playground.domains_of(pool) == ["restaurant"]


def test_record_has_everything_and_is_json(trial):
    answers = {trial.original.id: [Answer("mine", Polarity.NEGATIVE, (0.2, 0.7, 0.1))]}
    found = json.loads(json.dumps(record(sentence("1", "Good soup.", soup="positive"), [trial], answers)))
    (target,) = found["targets"]
    original, reversed_ = target["instances"]
    assert target["without_variant"]["revnon"] == "no other aspect to change"
    assert original["answers"] == [
        {
            "model": "mine",
            "prediction": "negative",
            "right": False,
            "probabilities": {"positive": 0.2, "negative": 0.7, "neutral": 0.1},
        }
    ]
    assert (reversed_["text"], reversed_["polarity"], reversed_["answers"]) == ("Bad soup.", "negative", [])


def model_folder(key: str, **content: object) -> Path:
    """A folder in the cache, as of a trained model without weights."""
    folder = cache_home() / "models" / key
    folder.mkdir(parents=True)
    (folder / "arts.json").write_text(
        json.dumps({"name": "td-lstm", "seed": 1, "curve": []} | content), encoding="utf-8"
    )
    (folder / "model.safetensors").write_bytes(key.encode())
    return folder


def remember(key: str) -> None:
    """As if a model had answered the sample's test split."""
    test = load_corpus("sample").test
    path = cache_home() / "predictions" / f"{key}-{content_checksum(test)[:16]}.parquet"
    path.parent.mkdir(parents=True)
    Predictions.of(test, np.zeros(len(test), int), None).save(path)


def test_cached_models_are_those_that_were_trained():
    assert trained_models.cached_models() == []
    model_folder("td-lstm-0123456789")
    folder = model_folder("td-lstm-initial")
    (folder / "arts.json").write_text('{"name": "td-lstm", "seed": 1}', encoding="utf-8")
    model_folder("bert-456.work", name="bert")
    model_folder("bert-789", name="bert", seed=3, outcome={"coefficients": [1.0]})
    model_folder("bert-abc", name="bert", seed=2, outcome={"kept": 3})
    assert sorted(one.label for one in trained_models.cached_models()) == [
        "bert + merge, seed 3 · 789",
        "bert + unlearn, seed 2 · abc",
        "td-lstm, seed 1 · 012345",
    ]


def test_a_cached_model_names_the_corpus_that_it_answered():
    model_folder("td-lstm-0123456789")
    remember("td-lstm-0123456789")
    (one,) = trained_models.cached_models()
    assert (one.label, one.corpus) == ("td-lstm, seed 1, sample · 012345", "sample")


def test_a_cached_model_is_known_by_the_report_on_its_weights(tmp_path):

    from arts.evaluation.report import ModelInfo
    from arts.leaderboard.store.entry import entry_of

    folder = model_folder("td-lstm-0123456789")
    remember(folder.name)
    report = measured(tmp_path, "td-lstm + adversarial")
    info = ModelInfo(
        kind="zoo",
        id="td-lstm",
        seed=1,
        checksum=sha256(folder / "model.safetensors"),
        intervention={"name": "adversarial"},
    )
    entry = entry_of(report := report.model_copy(update={"model": info}))
    path = tmp_path / "report.json"
    report.write_json(path)
    (one,) = trained_models.cached_models([entry.model_copy(update={"path": str(path)})])
    assert one.label == "td-lstm + adversarial, seed 1, sample · 012345"
    assert not one.plain


def test_asked_gives_the_likeliest_polarity(units):
    class Model:
        def predict_proba(self, instances):
            return np.tile([0.2, 0.7, 0.1], (len(instances), 1))

    found = trained_models.asked(Model(), "mine", units)
    assert found["1_0"] == Answer("mine", Polarity.NEGATIVE, (0.2, 0.7, 0.1))
    assert len(found) == len(units)


def test_load_says_when_a_model_is_gone():
    with pytest.raises(ArtsError, match="no longer in the cache"):
        trained_models.load("td-lstm-0123456789")


def test_a_training_that_fails_says_why():
    training = Training.start("no-such-model")
    training.process.wait(timeout=120)
    assert not training.running
    assert 'unknown model "no-such-model"' in training.failure


def test_a_training_finds_the_plain_model_that_came_of_it(tmp_path):
    folder = tmp_path / "td-lstm-1"
    plain = {"name": "td-lstm", "seed": 1}
    models = [
        Cached(folder, plain | {"outcome": {"kept": 1}}, "sample"),
        Cached(folder, plain, "laptop"),
        Cached(folder, plain | {"seed": 2}, "sample"),
        Cached(folder, plain, "sample"),
    ]
    training = Training("td-lstm", None, None, 0.0)
    assert training.found(models) is models[-1]
    assert training.found(models[:-1]) is None


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    started(tmp_path, monkeypatch, "--no-packaged")

    def open_page(**state: str | list[str]) -> AppTest:
        app = opened("playground", **state)
        assert not app.exception
        return app

    return open_page


def cards_of(app: AppTest) -> list[str]:
    return [html.value for html in app.get("html") if html.value.startswith('<div class="arts-cards"')]


def test_the_page_shows_the_variants_of_what_is_typed(page):
    app = page()
    assert len(cards_of(app)) == 3
    app.text_area(key="text").set_value("The pizza was great.").run()
    assert not app.exception
    (html,) = cards_of(app)
    assert "<del>great</del>" in html
    assert "No variant: no other aspect to change." in html


def test_aspects_that_were_corrected_are_in_the_address(page):
    app = page(aspect=["soup:negative", "waiter:negative", "tables:great"])
    assert len(cards_of(app)) == 2
    assert app.query_params["aspect"] == ["soup:negative", "waiter:negative"]
    app.text_area(key="text").set_value("The pizza was great.").run()
    assert len(cards_of(app)) == 1
    assert "aspect" not in app.query_params


def test_the_page_escapes_what_is_typed(page):
    app = page(text='The <script>alert("x")</script> pizza was great & <b>hot</b>.')
    assert cards_of(app)
    for html in cards_of(app):
        assert "<script" not in html
        assert "<b>" not in html


def test_the_page_says_what_is_missing(page):
    assert "Mark at least one aspect" in page(text="It was great.").warning[0].value
    assert "Type a sentence" in page(text=" ").warning[0].value


def test_the_page_asks_a_cached_model(page, monkeypatch):
    class Model:
        def predict_proba(self, instances):
            return np.tile([0.8, 0.1, 0.1], (len(instances), 1))

    model_folder("td-lstm-0123456789")
    monkeypatch.setattr(trained_models, "load", lambda key: Model())
    app = page(text="The pizza was great.")
    models = app.multiselect(key="models")
    assert models.options == ["td-lstm, seed 1 · 012345"]
    models.set_value(["td-lstm-0123456789"]).run()
    assert not app.exception
    (html,) = cards_of(app)
    assert "td-lstm, seed 1 · 012345: positive (+&nbsp;0.80 · −&nbsp;0.10 · ○&nbsp;0.10)" in html
    assert "✓" in html
    assert "✗" in html


def test_the_page_goes_on_when_a_model_cannot_be_loaded(page):
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


def test_the_page_chooses_the_model_that_was_trained(page, monkeypatch):
    process, asked = Process(), []
    monkeypatch.setattr(Training, "start", lambda model: Training(model, process, BytesIO(), monotonic()))
    monkeypatch.setattr(trained_models, "load", asked.append)
    monkeypatch.setattr(trained_models, "asked", lambda model, label, instances: {})
    app = press(page(text="The pizza was great."))
    assert any("Training td-lstm" in info.value for info in app.info)
    model_folder("td-lstm-0123456789")
    remember("td-lstm-0123456789")
    process.returncode = 0
    app.run()
    assert app.multiselect(key="models").value == ["td-lstm-0123456789"]
    assert asked == ["td-lstm-0123456789"]


def test_the_page_says_why_a_training_failed(page, monkeypatch):
    process = Process()
    said = BytesIO(b"remark\narts: error: no encoder\n")
    monkeypatch.setattr(Training, "start", lambda model: Training(model, process, said, monotonic()))
    app = press(page(text="The pizza was great."))
    process.returncode = 2
    app.run()
    assert not app.exception
    assert app.error[0].value == "td-lstm: arts: error: no encoder"


@pytest.mark.slow
def test_the_page_trains_a_model_and_asks_it(page, monkeypatch):
    started, start = [], Training.start
    monkeypatch.setattr(Training, "start", lambda model: started.append(start(model)) or started[0])
    app = press(page(text="The pizza was great."))
    assert started[0].process.wait(timeout=900) == 0
    app.run()
    assert not app.exception
    (html,) = cards_of(app)
    assert "td-lstm, seed 1, sample" in html
