"""The training of a model in a separate process, started from the playground."""

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

SEED = 1  # the default of `arts evaluate`


@dataclass(frozen=True)
class TrainingProcess:
    """A process that trains a model of the zoo on the sample and puts it into the cache.

    It also measures the model on the sample, by which the cached model is recognised later.

    Args:
        model: Name of the model.
        process: The process.
        errors: File with the process's standard error.
        started: When it was started, in seconds of `time.monotonic`.
    """

    model: str
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    started: float

    @classmethod
    def start(cls, model: str) -> Self:
        """Start training a model."""
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - stays open as long as the process may fail
        command = [sys.executable, "-m", "arts.evaluate", "--dataset", SAMPLE, "--model", model]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        return cls(model, process, errors, time.monotonic())

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return self.process.poll() is None

    @property
    def seconds(self) -> int:
        """Seconds since the start."""
        return int(time.monotonic() - self.started)

    @property
    def failure(self) -> str:
        """The last line of the error if training failed; otherwise empty."""
        if self.running or self.process.returncode == 0:
            return ""
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"ended with code {self.process.returncode}"

    def trained_model(self, models: Iterable[CachedModel]) -> CachedModel | None:
        """The model that came of the training, out of the models in the cache; None if it is not there."""
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
