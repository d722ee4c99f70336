"""Pairs of runs of a command into one place, started at once or one after the other, some of them killed.

As a script, it imports the libraries once and forks the runs, which so start in milliseconds. Of each line of
standard input, it makes pairs, and answers with a line.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import random
import runpy
import signal
import sys
import time
import traceback
from pathlib import Path

PAIRS = int(os.environ.get("ARTS_PAIRS", "1"))  # pairs of runs for each command
WAIT = 120  # seconds
TOLD = ("another run is writing it; wait for that run, or name another", "exists and is not empty")
LEFTOVERS = (".new", ".work", ".partial", ".lock")
CHANGING = {  # fields of reports that differ between two runs of one command
    "seconds",
    "train_seconds",
    "started",
    "created",
    "peak_memory",
    "command",
    "output",
}
LIBRARIES = (
    "torch",
    "transformers.trainer",
    "transformers.models.auto.modeling_auto",
    "transformers.models.bert.modeling_bert",
    "transformers.models.llama.modeling_llama",
    "datasets",
    "sklearn.metrics",
    "sklearn.manifold",
    "scipy.stats",
    "pandas",
    "matplotlib.figure",
    "pyarrow.parquet",
    "spacy",
    "arts.models.trained_models",
    "arts.models.zoo.memnet",
    "arts.evaluation.benchmark",
    "arts.unlearning.job",
    "arts.merging.job",
    "arts.generators.generator",
    "arts.data.hf_dataset",
)


def content(folder):
    """The files of a folder by name: their bytes, of JSON the fields that do not change from run to run."""
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: _unchanging(json.loads(path.read_text())) if name.endswith(".json") else path.read_bytes()
        for name, path in files.items()
        if path.name != "README.md"  # it repeats the report
    }


def _unchanging(value):
    if isinstance(value, dict):
        return {key: _unchanging(item) for key, item in value.items() if key not in CHANGING}
    return [_unchanging(item) for item in value] if isinstance(value, list) else value


def _run(module, arguments, folder, errors):
    os.chdir(folder)
    os.environ["ARTS_CACHE_HOME"] = str(folder / "cache")
    with errors.open("w") as file:
        os.dup2(file.fileno(), 2)
        os.dup2(file.fileno(), 1)
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__")
    except SystemExit as end:
        os._exit(end.code or 0)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def _sleep_until(moment):
    time.sleep(max(0, moment - time.perf_counter()))


class Pairs:
    """Pairs of runs of one command.

    Args:
        module: module of the command.
        arguments: its arguments; runs write to the folder `out` in their current folder.
        folder: folder for all of it.
    """

    def __init__(self, module, arguments, folder):
        self.module, self.arguments, self.folder = module, arguments, folder
        self.refuses = module != "arts.evaluate"  # to write to a folder that holds something
        started = time.perf_counter()
        first = self._start(folder / "alone", "errors")
        first.join(WAIT)
        assert first.exitcode == 0, (folder / "errors").read_text()
        self.seconds = time.perf_counter() - started
        self.expected = content(folder / "alone" / "out")

    def _start(self, folder, errors):
        folder.mkdir(exist_ok=True)
        (self.folder / errors).touch()  # the run may be killed before it opens it
        arguments = (self.module, self.arguments, folder, self.folder / errors)
        process = multiprocessing.get_context("fork").Process(target=_run, args=arguments)
        process.start()
        return process

    def run(self, number):
        """Run a pair, check what it leaves, run the command again, and check that.

        Returns:
            The exit codes of the pair.
        """
        folder = self.folder / f"pair-{number}"
        place, begun = folder / "out", time.perf_counter()
        first = self._start(folder, f"{number}-first")
        later = random.choice((0, random.random() * self.seconds))
        victims = random.choice(([], [0], [0], [1], [0, 1], [0, 1]))
        kills = {victim: random.random() * self.seconds for victim in victims}
        if 0 in kills and kills[0] < later:  # before the second run starts
            time.sleep(kills.pop(0))
            first.kill()
        _sleep_until(begun + later)
        second = self._start(folder, f"{number}-second")
        for victim, moment in sorted(kills.items(), key=lambda kill: kill[1]):
            _sleep_until(begun + moment + (later if victim else 0))
            (first, second)[victim].kill()
        for process in (first, second):
            process.join(WAIT)
        codes = [first.exitcode, second.exitcode]
        for name, code in zip(("first", "second"), codes, strict=True):
            self._check_told(code, (self.folder / f"{number}-{name}").read_text())
        if 0 in codes:
            assert content(place) == self.expected, codes
        elif not victims:
            raise AssertionError(f"neither run succeeded: {codes}")
        was_there = place.exists()
        again = self._start(folder, f"{number}-again")
        again.join(WAIT)
        errors = (self.folder / f"{number}-again").read_text()
        assert again.exitcode == (2 if was_there and self.refuses else 0), errors
        assert content(place) == self.expected, (codes, again.exitcode)
        left = [path for path in folder.rglob("*") if path.name.endswith(LEFTOVERS)]
        assert not left, (codes, left)
        return codes

    def _check_told(self, code, errors):
        assert code in (0, 2, -signal.SIGKILL), (code, errors)
        if code == 2:
            assert self.refuses, errors
            (line,) = [line for line in errors.splitlines() if line.startswith("arts: error: ")]
            assert any(told in line for told in TOLD), errors
            assert "Traceback" not in errors


def main():
    for library in LIBRARIES:
        importlib.import_module(library)
    for line in sys.stdin:
        module, arguments, pairs, folder = json.loads(line)
        try:
            runs = Pairs(module, arguments, Path(folder))
            codes = [runs.run(number) for number in range(pairs)]
            result = {"codes": codes, "seconds": runs.seconds}
        except Exception:
            result = {"failure": traceback.format_exc()}
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
