"""The training of a model in a process beside the app, started from the playground."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Self

from arts.data.corpus_registry import SAMPLE
from arts.data.errors import ArtsError
from arts.leaderboard.web.playground_models import CachedModel

SEED = 1  # random seed of training: the default of `arts evaluate`
MOST_STEPS = 1 << 20  # bytes of the lines that tell the steps
CANCELLED = 3  # exit code of a process that was told to end


@dataclass(frozen=True)
class TrainingProcess:
    """A process that trains a model of the zoo on the sample corpus and puts it into the cache.

    It also measures the model on the sample corpus. The predictions in the cache later tell which corpus the
    model was trained on.

    Args:
        model: Registered name of the model.
        process: The running or ended process.
        steps: Open file to which the process writes how many steps are done, and of how many.
        errors: Open file with the process's standard error.
        started: When the process was started, in seconds of `time.monotonic`.
    """

    model: str
    process: subprocess.Popen[bytes]
    steps: IO[bytes]
    errors: IO[bytes]
    started: float

    @classmethod
    def start(cls, model: str) -> Self:
        """Start a process that trains a model, given by its registered name."""
        steps, errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - open while it runs
        process = subprocess.Popen([sys.executable, "-m", __name__, model], stdout=steps, stderr=errors)
        return cls(model, process, steps, errors, time.monotonic())

    def cancel(self) -> None:
        """Tell the process to end; a later training goes on from its last checkpoint."""
        self.process.terminate()

    @property
    def progress(self) -> float:
        """The share of the steps that are done, from 0 to 1."""
        written = os.pread(self.steps.fileno(), MOST_STEPS, 0)  # the place in the file is the process's
        *_, last = [b"0 1", *(line for line in written.splitlines(keepends=True) if line.endswith(b"\n"))]
        done, total = map(int, last.split())
        return min(done / max(total, 1), 1.0)

    @property
    def running(self) -> bool:
        """Whether the process is still running."""
        return self.process.poll() is None

    @property
    def seconds(self) -> int:
        """Seconds since the process was started."""
        return int(time.monotonic() - self.started)

    @property
    def failure(self) -> str:
        """The last line of the process's standard error if it failed; otherwise empty, also if cancelled."""
        if self.running or self.process.returncode in (0, CANCELLED, -signal.SIGTERM):
            return ""
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"ended with code {self.process.returncode}"

    def trained_model(self, models: Iterable[CachedModel]) -> CachedModel | None:
        """Find the model that the process has trained, by its name, seed and corpus.

        Args:
            models: The models in the cache.

        Returns:
            The model; None if it is not among them.
        """
        wanted = (self.model, SEED, SAMPLE)
        return next(
            (
                model
                for model in models
                if (model.record["name"], model.record["seed"], model.corpus) == wanted
                and model.without_intervention
            ),
            None,
        )


def _train(model: str) -> None:
    """Train and measure a model on the sample; the steps done, and of how many, go to standard output."""
    from arts.evaluation.benchmark import load_benchmark

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(CANCELLED))  # which frees its locks

    def tell(done: int, total: int, remark: str) -> None:
        sys.stdout.write(f"{done} {total}\n")
        sys.stdout.flush()

    try:
        load_benchmark(SAMPLE).evaluate(model, seed=SEED, progress=tell)
    except ArtsError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    _train(sys.argv[1])
