"""The tutorials of the documentation: their commands run, and print what the page says."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
from helpers.commands import call
from tutorials import FOLDER, Command, File, steps


@pytest.fixture(scope="module")
def cache(session_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of somebody who reads all tutorials, with the variants that other tests have generated."""
    folder = tmp_path_factory.mktemp("cache")
    (session_folder / "perturbations").mkdir(exist_ok=True)
    (folder / "perturbations").symlink_to(session_folder / "perturbations")
    return folder


def run(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a block of command lines in a folder, as its reader does who has installed the package.

    Commands of the package run in this process, where the libraries are imported already.
    """
    lines = block.splitlines()
    if not all(line.startswith("arts ") for line in lines):
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        command = ["bash", "-ec", block]
        return subprocess.run(
            command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
        )
    output = ""
    for _, command, *words in map(shlex.split, lines):
        files = [
            [str(path) for path in sorted(folder.glob(word))] if "*" in word else [word] for word in words
        ]
        done = call(f"arts.{command}", *chain(*files), folder=folder)
        output += done.stdout
        if done.returncode:
            break
    return subprocess.CompletedProcess(block, done.returncode, output, done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["measure", "test_set", "robust"])
def test_tutorials_a_page_does_what_it_says(name, tmp_path, cache, monkeypatch):
    monkeypatch.setenv("ARTS_CACHE_HOME", str(cache))
    monkeypatch.setenv("COLUMNS", "100")
    commands = 0
    for step in steps(FOLDER / f"{name}.md"):
        if isinstance(step, File):
            (tmp_path / step.name).write_text(step.text, encoding="utf-8")
            continue
        done = run(step.text, tmp_path)
        assert done.returncode == 0, (step.text, done.stderr)
        assert step.prints(done.stdout), (step.text, done.stdout)
        commands += 1
    assert commands >= 2


def test_tutorials_output_is_compared_without_what_may_differ():
    command = Command("", "count  63.64 ±27.3\n…\nlost [1.0, 2.0], p = 0.05")
    assert command.prints("count 63.64 ±30.1\nanything\nlost [0.9, 2.0], p < 0.001")
    assert not command.prints("count 63.65 ±27.3\nlost [1.0, 2.0], p = 0.05")
    command.varies = True
    assert command.prints("count 1.00 ±2.0\n\nlost [0.9, 2.0], p = 1.000")
    assert not command.prints("other 63.64 ±27.3\n\nlost [1.0, 2.0], p = 0.05")
