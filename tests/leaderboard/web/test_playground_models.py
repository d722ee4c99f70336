"""Models of the cache."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.boards import sample_report
from helpers.cached_models import model_folder, remember

from arts.data.errors import ArtsError
from arts.data.schema import Polarity
from arts.data.support.download import sha256
from arts.leaderboard.web import playground_models
from arts.leaderboard.web.html_unit import ModelPrediction


def test_playground_models_are_those_that_were_trained():
    assert playground_models.cached_models() == []
    model_folder("td-lstm-0123456789")
    folder = model_folder("td-lstm-initial")
    (folder / "arts.json").write_text('{"name": "td-lstm", "seed": 1}', encoding="utf-8")
    model_folder("bert-456.work", name="bert")
    model_folder("bert-789", name="bert", seed=3, outcome={"coefficients": [1.0]})
    model_folder("bert-abc", name="bert", seed=2, outcome={"kept": 3})
    assert sorted(one.label for one in playground_models.cached_models()) == [
        "bert + merge, seed 3 · 789",
        "bert + unlearn, seed 2 · abc",
        "td-lstm, seed 1 · 012345",
    ]


def test_playground_models_one_names_the_corpus_that_it_answered():
    model_folder("td-lstm-0123456789")
    remember("td-lstm-0123456789")
    (one,) = playground_models.cached_models()
    assert (one.label, one.corpus) == ("td-lstm, seed 1, sample · 012345", "sample")


def test_playground_models_one_is_known_by_the_report_on_its_weights(tmp_path):

    from arts.evaluation.report_record import ModelInfo
    from arts.leaderboard.store.entry import entry_of

    folder = model_folder("td-lstm-0123456789")
    remember(folder.name)
    report = sample_report(tmp_path, "td-lstm + adversarial")
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
    (one,) = playground_models.cached_models([entry.model_copy(update={"path": str(path)})])
    assert one.label == "td-lstm + adversarial, seed 1, sample · 012345"
    assert not one.without_intervention


def test_playground_models_predict_the_likeliest_polarity(units):
    class Model:
        def predict_proba(self, instances):
            return np.tile([0.2, 0.7, 0.1], (len(instances), 1))

    found = playground_models.predict(Model(), units, label="mine")
    assert found["1_0"] == ModelPrediction("mine", Polarity.NEGATIVE, (0.2, 0.7, 0.1))
    assert len(found) == len(units)


def test_playground_models_load_says_when_a_model_is_gone():
    with pytest.raises(ArtsError, match="no longer in the cache"):
        playground_models.load_model("td-lstm-0123456789")
