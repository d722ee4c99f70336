"""`arts unlearn`."""

from __future__ import annotations

from pathlib import Path

import pytest
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


BAD_NUMBERS = {
    "--learning-rate nan": "--learning-rate is nan; expected a finite number",
    "--learning-rate 0": "--learning-rate is 0.0; expected a number over 0",
    "--learning-rate -1": "--learning-rate is -1.0; expected a number over 0",
    "--tolerance inf": "--tolerance is inf; expected a finite number",
    "--until -1": "--until is -1.0; expected a number from 0",
    "--weights 0 0 0": "all weights of the losses are 0, so that nothing would be unlearned",
    "--weights nan 1 1": "--weights is nan; expected a finite number",
    "--weights -1 1 1": "--weights is -1.0; expected a number from 0",
    "--steps 0": "--steps is 0; expected a whole number from 1 to 1000000",
    "--batch-size 1000000000": "--batch-size is 1000000000; expected a whole number from 1 to 10000",
    "--eval-steps 0": "--eval-steps is 0; expected a whole number from 1",
    "--seed -1": "Invalid value for '--seed': \"-1\"; expected a whole number from 0 to 4294967295",
}


@pytest.mark.parametrize("given", BAD_NUMBERS)
def test_unlearn_numbers_out_of_range_are_named_by_their_option(given: str, tmp_path: Path) -> None:
    rest = ["--model", "m", "--forget", "f.jsonl", "--retain", "r.jsonl", "--output", "out"]
    done = call("arts.unlearn", *rest, *given.split(), folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"arts: error: {BAD_NUMBERS[given]}")
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
