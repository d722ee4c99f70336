"""Diagnosing pattern overfitting: separability, tokens that peak, perplexity, and the pictures."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from builders import tiny_llama
from typer.testing import CliRunner

from arts.cli.app import command_app
from arts.data.errors import ArtsError, DataError
from arts.diagnose import diagnose as command
from arts.diagnosis.texts import read_texts
from arts.diagnosis.views import Diagnosis, diagnose, peaks, perplexity, separability
from arts.models.language_model import LanguageModel

NATURAL = [f"the {a} was {b}" for a in ("soup", "staff", "bar", "table") for b in ("good", "bad", "rude")]
SYNTHETIC = [f"{text} , but the staff is kind" for text in NATURAL]


def test_text_that_has_a_pattern_can_be_told_apart(encoder):
    found, views = diagnose(SYNTHETIC, NATURAL, encoder=encoder)
    assert found.separability.auc > 0.95
    assert {"but", ",", "kind", "is"} <= {peak.token for peak in found.tokens}
    assert views.points.shape == (24, 2)
    assert views.synthetic.sum() == 12


def test_text_of_one_kind_cannot():
    rng = np.random.default_rng(0)
    vectors, labels = rng.standard_normal((400, 5)), np.arange(400) % 2 == 0
    assert 0.4 < separability(vectors, labels).auc < 0.6


def test_peaks_are_far_more_frequent_tokens_and_need_evidence():
    found = peaks(Counter({"but": 50, "a": 100, "rare": 1}), Counter({"but": 5, "a": 100}))
    assert [peak.token for peak in found] == ["but", "rare"]
    assert found[0].log_odds > 2 > found[1].log_odds
    assert found[0].synthetic == pytest.approx(1000 * 50 / 151, abs=1e-3)


def test_perplexity_is_of_a_token(tmp_path):
    model = LanguageModel.load(tiny_llama(str(tmp_path / "model")))
    (value,) = perplexity(model, ["the soup was good"])
    assert value == pytest.approx(np.exp(model.nats(["the soup was good"])[0] / 4))


def test_the_command_writes_report_and_pictures(encoder, tmp_path):
    (tmp_path / "synthetic.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in SYNTHETIC))
    (tmp_path / "natural.txt").write_text("\n".join(NATURAL))
    model = tiny_llama(str(tmp_path / "model"))
    arguments = [
        "--synthetic", str(tmp_path / "synthetic.jsonl"), "--natural", str(tmp_path / "natural.txt"),
        "--encoder", encoder, "--model", model, "--output", str(tmp_path / "out"),
    ]  # fmt: skip
    done = CliRunner().invoke(command_app(command), arguments)
    assert done.exit_code == 0, done.output
    assert "Told apart by their" in done.output
    found = Diagnosis.model_validate_json((tmp_path / "out" / "diagnosis.json").read_text())
    assert found.perplexity[0].model == model
    assert (tmp_path / "out" / "diagnosis.png").stat().st_size > 10_000
    assert (tmp_path / "out" / "diagnosis.svg").read_text().startswith("<?xml")


def test_bad_texts(encoder, write):
    with pytest.raises(ArtsError, match="3 different natural texts; expected 10 or more"):
        diagnose(SYNTHETIC, NATURAL[:3] * 9, encoder=encoder)
    rows = '{"prompt": "a", "completion": "b"}\n{"question": "a"}\n'
    with pytest.raises(DataError, match=r"line 2: a row with question; expected text"):
        read_texts(write("rows.jsonl", rows))
