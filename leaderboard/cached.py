"""Trained models in the cache, to be asked: which there are, what to call them, and their answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError
from arts.data.resources import cache_home, sha256
from arts.data.schema import Instance, originals
from arts.leaderboard.cards import Answer
from arts.leaderboard.entry import Entry
from arts.metrics import POLARITIES

if TYPE_CHECKING:
    from arts.models.base import Progress
    from arts.models.zoo import ZooModel

RECORD = "arts.json"  # beside the weights; as `arts.models.zoo`, which is slow to import
WEIGHTS = "model.safetensors"
SEED = 1


@dataclass(frozen=True)
class Cached:
    """A trained model in the cache.

    Args:
        folder: with its files.
        record: of its training.
        measured: the entry of the board that is its own, where there is one; or the corpus it was
            measured on.
    """

    folder: Path
    record: Mapping[str, Any]
    measured: Entry | str | None = None

    @property
    def key(self) -> str:
        """The name of its folder, which stands for all that its weights depend on."""
        return self.folder.name

    @property
    def label(self) -> str:
        """Name, what was done to it, seed and corpus, as far as these are known, and some of its key."""
        if isinstance(self.measured, Entry):
            name, corpus = self.measured.label, self.measured.corpus
        else:
            name, corpus = self._name, self.measured
        on = f", {corpus}" if corpus else ""
        return f"{name}{on} · {self.key.rpartition('-')[2][:6]}"

    @property
    def _name(self) -> str:
        outcome = self.record.get("outcome", {})
        done = " + merge" if "coefficients" in outcome else " + unlearn" if outcome else ""
        return f"{self.record.get('name', self.key)}{done}, seed {self.record.get('seed', '?')}"


def cached_models(entries: Iterable[Entry] = ()) -> list[Cached]:
    """The trained models in the cache, newest first; those that training only begins with are left out.

    Args:
        entries: of the board, by which a model's corpus and intervention are known.
    """
    home, entries = cache_home(), list(entries)
    folders = sorted((home / "models").glob(f"*/{RECORD}"), key=lambda path: -path.stat().st_mtime)
    found = []
    for path in folders:
        record = json.loads(path.read_text("utf-8"))
        if "curve" in record and not path.parent.name.endswith(".work"):  # others are initial or unfinished
            found.append(Cached(path.parent, record, _measured(path.parent, record, entries)))
    return found


def _measured(folder: Path, record: Mapping[str, Any], entries: Sequence[Entry]) -> Entry | str | None:
    """The entry of a model, or the corpus of those it may be of: whose instances it has answered."""
    asked = {path.stem.rpartition("-")[2] for path in (cache_home() / "predictions").glob(f"{folder.name}-*")}
    on = [entry for entry in entries if entry.checksum and entry.checksum[:16] in asked]
    for entry in on:
        if entry.path and (entry.model, entry.seed) == (record["name"], record["seed"]):
            weights = folder / WEIGHTS
            if _weights_of(entry.path) == _sha256(weights, weights.stat().st_mtime_ns):
                return entry
    return on[0].corpus if on else None


@lru_cache(maxsize=256)
def _weights_of(path: str) -> str | None:
    """The checksum of the weights that a report is about."""
    from arts.report import Report

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
    from arts.models.zoo import ZooModel

    folder = cache_home() / "models" / key
    if not folder.is_dir():
        raise ArtsError(f"{key} is no longer in the cache")
    return ZooModel.load(folder)


def asked(model: ZooModel, label: str, instances: Sequence[Instance]) -> dict[str, Answer]:
    """What a model answers, by the id of the instance."""
    rows = model.predict_proba(instances)
    return {
        one.id: Answer(label, POLARITIES[int(row.argmax())], tuple(float(share) for share in row))
        for one, row in zip(instances, rows, strict=True)
    }


def train_on_sample(name: str, progress: Progress | None = None) -> str:
    """Train a model of the zoo on the sample, or find it in the cache; returns its key.

    It answers the test split of the sample too, which tells what it was trained on.

    Raises:
        ArtsError: as `arts.models.zoo.trained`.
    """
    from arts.data.corpus import load_corpus
    from arts.models.zoo import trained
    from arts.subjects import subject_of

    corpus = load_corpus("sample")
    subject_of(name, corpus, seed=SEED, progress=progress).ask(corpus.test)
    return trained(name, originals(corpus.train), originals(corpus.dev), seed=SEED).key
