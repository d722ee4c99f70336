"""What all commands have in common: start-up time, exit codes, one line an error."""

from __future__ import annotations

import subprocess
import sys

import pytest
from helpers.commands import call, run, seconds


@pytest.mark.timed
def test_app_import_and_help_are_fast(tmp_path):
    empty = seconds(lambda: subprocess.run([sys.executable, "-c", ""], check=True))
    assert (
        seconds(lambda: subprocess.run([sys.executable, "-c", "import arts"], cwd=tmp_path, check=True))
        - empty
        < 0.2
    )
    assert seconds(lambda: run("arts.evaluate", "--help", folder=tmp_path)) < 1


def test_app_bad_usage_is_exit_code_2(tmp_path):
    assert run("arts.evaluate", "--format", "yaml", folder=tmp_path).returncode == 2
    assert run("arts", "nothing", folder=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            "arts.evaluate --model bert --variant-ratio 0.5",
            "--variant-ratio: only with an intervention; add --intervention",
        ),
        (
            "arts.train --model bert --output out --template but",
            "--template: only with an intervention; add --intervention",
        ),
        (
            "arts.evaluate --intervention adversarial --holdout-templates bt",
            'unknown template "bt". Did you mean "but"?',
        ),
        (
            "arts.evaluate --intervention adversarial --merge-method ties",
            "--merge-method is not an option of --intervention adversarial",
        ),
        (
            "arts.evaluate --intervention unlearn --domain sample",
            "unlearning takes out ADDDIFF's pattern; expected a model that was trained on it",
        ),
        ("arts.unlearn --model m --forget f.jsonl --retain r --output out", "f.jsonl: no such file"),
        (
            "arts.unlearn --model m --forget f --retain r --output o --learning-rate 0",
            "--learning-rate is 0.0; expected a number over 0",
        ),
        ("arts.diagnose --synthetic s.txt --natural n.txt --output out", "s.txt: no such file"),
        (
            "arts.evaluate --intervention merge --merge-method tise",
            'unknown merge method "tise". Did you mean "ties"?',
        ),
        (
            "arts.evaluate --model bert --embeddings glove.txt",
            "--embeddings is taken by none of the models; see `arts models`",
        ),
        (
            "arts.evaluate --model hf:x/y --intervention adversarial",
            "--intervention adversarial trains models that `arts models` lists",
        ),
        ("arts.train --model brt --output out", 'unknown model "brt". Did you mean "bert"'),
        ("arts.evaluate --model hf:nowhere/there/is", 'model "nowhere/there/is" is neither'),
        (  # the probe takes what it adds from there
            "arts.evaluate --model hf:nowhere/there/is --train-from sample --probe same-side",
            'model "nowhere/there/is" is neither',
        ),
    ],
)
def test_app_what_cannot_be_done_is_one_clear_line(command, message, tmp_path):
    done = call(*command.split(), folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
