"""`arts unlearn`."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from arts.cli.app import command_app
from arts.unlearn import unlearn as command
from arts.unlearning.job import UnlearningJob


def test_unlearn_the_command_says_what_it_did(job: UnlearningJob, tmp_path: Path) -> None:
    arguments = ["--model", job.model, "--forget", job.forget, "--retain", job.retain, "--steps", "4"]
    done = CliRunner().invoke(
        command_app(command), [*arguments, "--eval-steps", "2", "--output", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    assert "-log(1 - p), to be forgotten" in done.output
    assert "4 (kept)" in done.output
    assert f"wrote {tmp_path / 'out'}: all 4 steps were taken" in done.output
    assert "arts unlearn" in (tmp_path / "out" / "README.md").read_text()
