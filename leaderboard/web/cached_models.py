"""Trained models in the cache: which there are, what to call them, their answers, and one more."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from arts.data.corpus_registry import load_corpus
from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.data.support.atomic import cache_home
from arts.data.support.download import sha256
from arts.evaluation.metrics import POLARITIES
from arts.leaderboard.store.entry import Entry
from arts.leaderboard.web.html_unit import Answer

if TYPE_CHECKING:
    from arts.models.trained_models import ZooModel

RECORD = "arts.json"  # beside the weights; as `arts.models.trained_models`, which is slow to import
WEIGHTS = "model.safetensors"
SAMPLE = "sample"
SEED = 1


@dataclass(frozen=True)
class Cached:
    """A trained model in the cache.

    Args:
        folder: with its files.
        record: of its training.
        measured: the entry of the board that is its own, where there is one, or the corpus that it was
            measured on, where that is known.
    """

    folder: Path
    record: Mapping[str, Any]
    measured: Entry | str = ""

    @property
    def key(self) -> str:
        """The name of its folder, which stands for all that its weights depend on."""
        return self.folder.name

    @property
    def corpus(self) -> str:
        """What it was measured on, and so most likely trained on; empty when that is not known."""
        return self.measured.corpus if isinstance(self.measured, Entry) else self.measured

    @property
    def plain(self) -> bool:
        """Whether nothing is known to have been done to it after training."""
        known = isinstance(self.measured, Entry) and self.measured.intervention
        return not known and not self.record.get("outcome")

    @property
    def label(self) -> str:
        """Name, what was done to it, seed and corpus, as far as these are known, and some of its key."""
        name = self.measured.label if isinstance(self.measured, Entry) else self._name
        on = f", {self.corpus}" if self.corpus else ""
        return f"{name}{on} · {self.key.rpartition('-')[2][:6]}"

    @property
    def _name(self) -> str:
        outcome = self.record.get("outcome", {})
        done = " + merge" if "coefficients" in outcome else " + unlearn" if outcome else ""
        return f"{self.record['name']}{done}, seed {self.record['seed']}"


def cached_models(entries: Iterable[Entry] = ()) -> list[Cached]:
    """The trained models in the cache, newest first; those that training only begins with are left out.

    Args:
        entries: of the board, by which a model's corpus and intervention are known.
    """
    folders = sorted((cache_home() / "models").glob(f"*/{RECORD}"), key=lambda path: -path.stat().st_mtime)
    found, known = [], _by_checksum(entries)
    for path in folders:
        record = json.loads(path.read_text("utf-8"))
        if "curve" in record and not path.parent.name.endswith(".work"):  # others are initial or unfinished
            found.append(Cached(path.parent, record, _measured(path.parent, record, known)))
    return found


def _by_checksum(entries: Iterable[Entry]) -> dict[str, tuple[str, list[Entry]]]:
    """Corpora, and the entries on them, by what files of predictions in the cache are named after."""
    sample = load_corpus(SAMPLE)
    found: dict[str, tuple[str, list[Entry]]] = {sample.checksum[:16]: (SAMPLE, [])}
    for entry in entries:
        if entry.checksum:
            found.setdefault(entry.checksum[:16], (entry.corpus, []))[1].append(entry)
    return found


def _measured(
    folder: Path, record: Mapping[str, Any], known: Mapping[str, tuple[str, list[Entry]]]
) -> Entry | str:
    """The entry of a model, or else the corpus whose instances it has answered, or else nothing."""
    asked = [path.stem.rpartition("-")[2] for path in (cache_home() / "predictions").glob(f"{folder.name}-*")]
    on = [known[mark] for mark in asked if mark in known]
    for entry in (entry for _, entries in on for entry in entries):
        if entry.path and (entry.model, entry.seed) == (record["name"], record["seed"]):
            weights = folder / WEIGHTS
            if _weights_of(entry.path) == _sha256(weights, weights.stat().st_mtime_ns):
                return entry
    return on[0][0] if on else ""


@lru_cache(maxsize=256)
def _weights_of(path: str) -> str | None:
    """The checksum of the weights that a report is about."""
    from arts.evaluation.report import Report

    try:
        return Report.read_alone(Path(path)).model.checksum
    except ArtsError:
        return None


@lru_cache(maxsize=256)
def _sha256(path: Path, changed: int) -> str:
    return sha256(path)


def load(key: str) -> ZooModel:
    """A model of the cache.

    Raises:
        ArtsError: when its files are not all there.
    """
    from arts.models.trained_models import ZooModel

    folder = cache_home() / "models" / key
    if not (folder / "config.json").is_file():
        raise ArtsError(f"{key} is no longer in the cache, or not all of it")
    return ZooModel.load(folder)


def asked(model: ZooModel, label: str, instances: Sequence[Instance]) -> dict[str, Answer]:
    """What a model answers, by the id of the instance."""
    rows = model.predict_proba(instances)
    return {
        one.id: Answer(label, POLARITIES[int(row.argmax())], tuple(float(share) for share in row))
        for one, row in zip(instances, rows, strict=True)
    }


@dataclass(frozen=True)
class Training:
    """A model of the zoo that is trained on the sample, in a process of its own, into the cache.

    The process measures it on the sample too, which tells later what it was trained on.

    Args:
        model: its name.
        process: that trains it.
        errors: what it says.
        started: when, in seconds of `time.monotonic`.
    """

    model: str
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    started: float

    @classmethod
    def start(cls, model: str) -> Self:
        """Start it."""
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - read as long as it is asked about
        command = [sys.executable, "-m", "arts.evaluate", "--dataset", SAMPLE, "--model", model]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        return cls(model, process, errors, time.monotonic())

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.process.poll() is None

    @property
    def seconds(self) -> int:
        """Since it was started."""
        return int(time.monotonic() - self.started)

    @property
    def failure(self) -> str:
        """What went wrong, if it has ended so."""
        if self.running or self.process.returncode == 0:
            return ""
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").strip().splitlines()
        return said[-1] if said else f"ended with code {self.process.returncode}"

    def found(self, models: Iterable[Cached]) -> Cached | None:
        """The model that came of it."""
        wanted = (self.model, SEED, SAMPLE)
        return next(
            (m for m in models if (m.record["name"], m.record["seed"], m.corpus) == wanted and m.plain), None
        )
