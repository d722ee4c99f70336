"""`arts unlearn`."""

from __future__ import annotations

from pathlib import Path

from helpers.commands import call

from arts.unlearning.job import UnlearningJob


def test_unlearn_the_command_says_what_it_did(job: UnlearningJob, tmp_path: Path) -> None:
    arguments = ["--model", job.model, "--forget", job.forget, "--retain", job.retain, "--steps", "4"]
    done = call("arts.unlearn", *arguments, "--eval-steps", "2", "--output", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "forget set: -log(1 - p)" in (done.stdout + done.stderr)
    assert "4 (kept)" in (done.stdout + done.stderr)
    assert "wrote out: all 4 steps were taken" in (done.stdout + done.stderr)
    assert "arts unlearn" in (tmp_path / "out" / "README.md").read_text()
