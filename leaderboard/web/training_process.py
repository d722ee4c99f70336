"""The training of a model in a process beside the app, started from the playground."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Self

from arts.data.corpus_registry import SAMPLE
from arts.leaderboard.web.playground_models import CachedModel

SEED = 1  # random seed of training: the default of `arts evaluate`


@dataclass(frozen=True)
class TrainingProcess:
    """A process that trains a model of the zoo on the sample corpus and puts it into the cache.

    It runs `arts evaluate`, so that it also measures the model on the sample corpus. The predictions in the
    cache later tell which corpus the model was trained on.

    Args:
        model: Registered name of the model.
        process: The running or ended process.
        errors: Open file with the process's standard error.
        started: When the process was started, in seconds of `time.monotonic`.
    """

    model: str
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    started: float

    @classmethod
    def start(cls, model: str) -> Self:
        """Start a process that trains a model, given by its registered name."""
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - stays open as long as the process may fail
        command = [sys.executable, "-m", "arts.evaluate", "--dataset", SAMPLE, "--model", model]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        return cls(model, process, errors, time.monotonic())

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
        """The last line of the process's standard error if it failed; otherwise empty."""
        if self.running or self.process.returncode == 0:
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
