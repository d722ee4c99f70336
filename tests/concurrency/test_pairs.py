"""Two runs of a command in one place, killed at random: an exit code of 0 means a whole result, always.

`ARTS_PAIRS=10` makes ten pairs of each command; `--junitxml FILE` writes their exit codes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from helpers import pairs
from helpers.checkpoints import random_weights, save
from helpers.pairs import PAIRS
from helpers.sentences import TOY
from helpers.tiny_models import tiny_bert, tiny_llama
from helpers.unlearning import FORGET, RETAIN


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def write_corpus(folder):
    """The toy sentences as a corpus of three splits."""
    folder.mkdir()
    for split in ("train", "dev", "test"):
        rows = [
            {
                "id": f"{split}-{instance.id}",
                "text": instance.text,
                "term": instance.aspect.term,
                "start": instance.aspect.start,
                "end": instance.aspect.end,
                "polarity": str(instance.aspect.polarity),
            }
            for sentence in TOY
            for instance in sentence.instances()
        ]
        write_lines(folder / f"{split}.jsonl", rows)
    return str(folder)


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    """The arguments of each command, which writes to the folder `out`."""
    folder = tmp_path_factory.mktemp("inputs")
    base, one, two = (save(folder / f"checkpoint-{n}", random_weights(n)) for n in range(3))
    corpus, encoder = write_corpus(folder / "corpus"), tiny_bert(str(folder / "encoder"))
    forget, retain = (
        write_lines(folder / f"{name}.jsonl", rows) for name, rows in (("f", FORGET), ("r", RETAIN))
    )
    model = ["--model", "memnet", "--encoder", encoder, "--dataset", corpus, "--output", "out"]
    language_model = tiny_llama(str(folder / "llama"))
    return {
        "merge": ["--base", base, "--model", one, "--model", two, "--output", "out"],
        "train": model,
        "unlearn": [
            *("--model", language_model, "--forget", forget, "--retain", retain, "--output", "out"),
            *("--steps", "4", "--eval-steps", "2"),
        ],
        "generate": ["--input", corpus, "--output", "out"],
        "export": ["out", "--dataset", corpus],
        "evaluate": model,
    }


@pytest.fixture(scope="module")
def server():
    """A process that has imported the libraries."""
    with subprocess.Popen(
        [sys.executable, "-P", pairs.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("name", ["merge", "train", "unlearn", "generate", "export", "evaluate"])
def test_pairs_of_runs_leave_whole_results(tmp_path, commands, server, name, record_testsuite_property):
    job = (f"arts.{name}", commands[name], PAIRS, str(tmp_path))
    server.stdin.write(json.dumps(job) + "\n")
    server.stdin.flush()
    result = json.loads(server.stdout.readline())
    assert "failure" not in result, result["failure"]
    assert len(result["codes"]) == PAIRS
    record_testsuite_property(f"exit codes of {name}", result["codes"])
