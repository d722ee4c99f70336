"""`arts diagnose`."""

from __future__ import annotations

import json

from helpers.commands import call
from helpers.texts import NATURAL, SYNTHETIC
from helpers.tiny_models import tiny_llama

from arts.diagnosis.views import Diagnosis


def test_diagnose_the_command_writes_report_and_pictures(encoder, tmp_path):
    (tmp_path / "synthetic.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in SYNTHETIC))
    (tmp_path / "natural.txt").write_text("\n".join(NATURAL))
    model = tiny_llama(str(tmp_path / "model"))
    arguments = [
        "--synthetic", str(tmp_path / "synthetic.jsonl"), "--natural", str(tmp_path / "natural.txt"),
        "--encoder", encoder, "--model", model, "--output", str(tmp_path / "out"),
    ]  # fmt: skip
    done = call("arts.diagnose", *arguments, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Told apart by their" in (done.stdout + done.stderr)
    found = Diagnosis.model_validate_json((tmp_path / "out" / "diagnosis.json").read_text())
    assert found.perplexity[0].model == model
    assert (tmp_path / "out" / "diagnosis.png").stat().st_size > 10_000
    assert (tmp_path / "out" / "diagnosis.svg").read_text().startswith("<?xml")
