"""A model and an intervention of another package are seen everywhere without a line of change here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import commands

MODEL = '''
from dataclasses import dataclass

from torch import Tensor

from arts.interventions.base import Intervention, InterventionCard
from arts.models.zoo_card import ModelCard
from arts.models.inputs.pair_encoder import EncoderConfig, EncoderModel
from arts.models.recipe import Recipe


class PlainConfig(EncoderConfig):
    """Configuration of `Plain`."""

    model_type = "somebodys-model"


class Plain(EncoderModel):
    """The pooled pair."""

    config_class = PlainConfig
    card = ModelCard(
        family="somebody's family",
        paper="Somebody, 2026",
        bibtex="@misc{somebody-2026, title={Plain}}",
        licence="MIT",
        reads="sentence and aspect as a pair",
    )
    recipe = Recipe(epochs=1, min_steps=1, batch_size=64)

    def encode(self, **batch: Tensor) -> Tensor:
        return self.pool(**batch)


@dataclass(frozen=True)
class Fewer(Intervention):
    """Training on the first sentences only."""

    sentences: int = 40

    name = "fewer"
    card = InterventionCard(summary="fewer sentences", bibtex="@misc{fewer-2026, title={Fewer}}")

    def settings(self):
        return {"sentences": self.sentences}

    def train(self, request, corpus):
        from arts.data.schema import original_instances
        from arts.models.trained_models import train_or_load

        train = original_instances(corpus.train[: self.sentences])
        return train_or_load(request, train=train, dev=original_instances(corpus.dev))
'''

ENTRY_POINTS = """[arts.models]
plain = somebodys_package:Plain

[arts.interventions]
fewer = somebodys_package:Fewer
"""


LINES = """
import json, runpy, sys
from pathlib import Path

call = runpy.run_path(sys.argv[2])["call"]
done = [call(*line, folder=Path()) for line in json.loads(sys.argv[1])]
print(json.dumps([(one.returncode, one.stdout, one.stderr) for one in done]))
"""


@pytest.fixture
def call(tmp_path: Path, encoder: str):
    """Runs command lines, one after another, where the package is installed; returns their outputs."""
    site = tmp_path / "site"
    information = site / "somebodys_package-1.0.dist-info"
    information.mkdir(parents=True)
    (site / "somebodys_package.py").write_text(MODEL, encoding="utf-8")
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: somebodys-package\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(ENTRY_POINTS)

    def call(*lines: str, code: str = LINES) -> list[str]:
        process = subprocess.run(
            [sys.executable, "-c", code, json.dumps([line.split() for line in lines]), commands.__file__],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(site)},
            check=False,
        )
        assert process.returncode == 0, process.stderr
        done = json.loads(process.stdout)
        assert [errors for code, _, errors in done if code] == []
        return [output for _, output, _ in done]

    return call


BOARD = """
import json

from arts.leaderboard.analysis.entry_citations import entry_bibtex
from arts.leaderboard.analysis.reproduction import evaluate_command
from arts.leaderboard.store.store import Store

rows = []
for entry in Store(("results",), packaged=False).read().entries:
    command = evaluate_command(entry.report)
    citation = entry_bibtex(entry.model, entry.intervention)
    rows.append(f"{entry.family} {entry.intervention or 'none'} {len(citation)} {command}")
    assert not command.notes, command.notes
print(json.dumps([(0, row, "") for row in rows]))
"""


@pytest.mark.slow
def test_plugins_are_on_the_command_line_in_reports_and_on_the_board(call, tmp_path, encoder):
    options = f"--intervention fewer --intervention-option sentences=60 --encoder {encoder}"
    evaluate = f"arts.evaluate --model plain {options} --output results --format json"
    known, words, first, again, _ = call(
        "arts models --format json",
        "arts.evaluate --help",
        evaluate,
        evaluate,  # from the cache: stored, and loaded by its registered name
        "arts leaderboard results --export page",
    )
    (plain,) = (row for row in json.loads(known) if row["name"] == "plain")
    assert (plain["paper"], plain["reads"]) == ("Somebody, 2026", "sentence and aspect as a pair")
    assert plain["parameters"] > 0
    assert "fewer" in words
    reports = json.loads(first)["reports"]
    assert [report["name"] for report in reports] == ["plain", "plain + fewer"]
    assert reports[1]["model"]["intervention"] == {"name": "fewer", "sentences": 60}
    assert [r["model"]["checksum"] for r in json.loads(again)["reports"]] == [
        r["model"]["checksum"] for r in reports
    ]
    assert "plain" in Path(tmp_path, "page", "index.html").read_text("utf-8")
    rows = call(code=BOARD)
    assert len(rows) == 2
    for name, count in (("none", 2), ("fewer", 3)):
        assert any(row.startswith(f"somebody's family {name} {count} arts evaluate") for row in rows), rows
    assert any("--intervention fewer --intervention-option sentences=60" in row for row in rows), rows


@pytest.mark.slow
def test_plugins_are_saved_and_loaded_whatever_their_model_type(call, tmp_path, encoder):
    _, measured = call(
        f"arts.train --model plain --encoder {encoder} --output saved",
        "arts.evaluate --model hf:saved --format json",
    )
    config = json.loads((tmp_path / "saved" / "config.json").read_text("utf-8"))
    assert config["model_type"] == "somebodys-model"
    assert json.loads(measured)["model"]["id"] == "hf:saved"
