"""Trained models in the cache: which there are, what pages call them, and what they predict."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.corpus_registry import SAMPLE, load_corpus
from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.data.support.cache import WORK_SUFFIX
from arts.data.support.download import sha256
from arts.evaluation.benchmark_layout import POLARITIES
from arts.evaluation.predictions import has_cached_predictions
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.web.html_unit import ModelPrediction
from arts.models.record_names import OUTCOME, RECORD, WEIGHTS, models_folder

if TYPE_CHECKING:
    from arts.models.trained_models import TrainedModel


@dataclass(frozen=True)
class CachedModel:
    """A trained model in the cache.

    Args:
        folder: The folder with its files.
        record: The record of its training, from a file in the folder: name, seed, recipe, learning curve.
        measured: The board entry with exactly these weights. If there is none, the name of a corpus that the
            model was measured on; empty if that is unknown, too.
    """

    folder: Path
    record: Mapping[str, Any]
    measured: BoardEntry | str = ""

    @property
    def key(self) -> str:
        """Name of the model's folder, which contains a digest of everything that its weights depend on."""
        return self.folder.name

    @property
    def corpus(self) -> str:
        """Name of the corpus on which the model was measured, and probably trained; empty if unknown."""
        return self.measured.corpus if isinstance(self.measured, BoardEntry) else self.measured

    @property
    def without_intervention(self) -> bool:
        """Whether the model was trained without an intervention, as far as its entry and its record tell.

        Without an entry, adversarial training is not recognised, because the record does not name it.
        """
        known = isinstance(self.measured, BoardEntry) and self.measured.intervention
        return not known and not self.record.get(OUTCOME)

    @property
    def label(self) -> str:
        """The name that pages show, such as "td-lstm, seed 1, sample · 3f9a2c".

        It has model, intervention and seed, the corpus if known, and six characters of the digest in `key`.
        """
        name = self.measured.label if isinstance(self.measured, BoardEntry) else self._recorded_name
        corpus = f", {self.corpus}" if self.corpus else ""
        return f"{name}{corpus} · {self.key.rpartition('-')[2][:6]}"

    @property
    def _recorded_name(self) -> str:
        """Model, intervention and seed as the training record tells them."""
        outcome = self.record.get(OUTCOME, {})
        by_outcome = {"coefficients": " + merge", "readings": " + noaspect", "kept": " + unlearn"}
        intervention = next((name for key, name in by_outcome.items() if key in outcome), "")
        return f"{self.record['name']}{intervention}, seed {self.record['seed']}"


@dataclass(frozen=True)
class _MeasuredCorpus:
    """A corpus with the board entries on it.

    Args:
        name: Name of the corpus.
        entries: The entries.
    """

    name: str
    entries: list[BoardEntry]


def cached_models(entries: Iterable[BoardEntry] = ()) -> list[CachedModel]:
    """The trained models in the cache, newest first.

    Models that are initialised but not trained, and those whose training has not ended, are left out.

    Args:
        entries: Entries of the board, by which a model's corpus and intervention are recognised.
    """
    records = sorted(models_folder().glob(f"*/{RECORD}"), key=lambda path: -path.stat().st_mtime)
    models, corpora = [], _corpora_by_checksum(entries)
    for path in records:
        record, folder = json.loads(path.read_text("utf-8")), path.parent
        if "curve" in record and not folder.name.endswith(WORK_SUFFIX):
            models.append(CachedModel(folder, record, _entry_or_corpus(folder, record, corpora=corpora)))
    return models


def _corpora_by_checksum(entries: Iterable[BoardEntry]) -> dict[str, _MeasuredCorpus]:
    """The sample corpus and the corpora of the entries, keyed by the SHA-256 of their test split.

    Args:
        entries: Entries of the board.
    """
    corpora = {load_corpus(SAMPLE).checksum: _MeasuredCorpus(SAMPLE, [])}
    for entry in entries:
        if entry.checksum:
            corpus = corpora.setdefault(entry.checksum, _MeasuredCorpus(entry.corpus, []))
            corpus.entries.append(entry)
    return corpora


def _entry_or_corpus(
    folder: Path, record: Mapping[str, Any], *, corpora: Mapping[str, _MeasuredCorpus]
) -> BoardEntry | str:
    """The board entry that has the weights of a cached model.

    Args:
        folder: Folder of the model.
        record: The record of its training.
        corpora: Corpora with their entries, keyed by the SHA-256 of their test split.

    Returns:
        The entry. If there is none, the name of a corpus for which the cache has predictions of the model;
        empty if there is none of these, either.
    """
    predicted = [
        corpus for checksum, corpus in corpora.items() if has_cached_predictions(folder.name, checksum)
    ]
    for entry in (entry for corpus in predicted for entry in corpus.entries):
        if entry.path and (entry.model, entry.seed) == (record["name"], record["seed"]):
            weights = folder / WEIGHTS
            if _reported_checksum(entry.path) == _file_checksum(weights, weights.stat().st_mtime_ns):
                return entry
    return predicted[0].name if predicted else ""


@lru_cache(maxsize=256)
def _reported_checksum(path: str) -> str | None:
    """The SHA-256 of the weights that a report is about; None if it is not recorded.

    Args:
        path: Path of the report. If it cannot be read, the result is None, too.
    """
    from arts.evaluation.report import Report

    try:
        return Report.load_without_predictions(Path(path)).model.checksum
    except ArtsError:
        return None


@lru_cache(maxsize=256)
def _file_checksum(path: Path, modified: int) -> str:
    """The SHA-256 of a file; cached.

    Args:
        path: Path of the file.
        modified: Time of its last change in nanoseconds; when it differs, the file is read again.
    """
    return sha256(path)


def load_model(key: str) -> TrainedModel:
    """Load the model with a key from the cache.

    Raises:
        ArtsError: The model is not in the cache, or files of it are missing.
    """
    from arts.models.trained_models import TrainedModel

    folder = models_folder() / key
    if not (folder / "config.json").is_file():
        raise ArtsError(f"{key} is no longer in the cache, or not all of it")
    return TrainedModel.load(folder)


def predict(model: TrainedModel, instances: Sequence[Instance], *, label: str) -> dict[str, ModelPrediction]:
    """What a model predicts for instances.

    Args:
        model: The model.
        instances: The instances.
        label: The name that pages show for the model.

    Returns:
        One prediction per instance, keyed by instance id.
    """
    rows = model.predict_proba(instances)
    return {
        instance.id: ModelPrediction(label, POLARITIES[int(row.argmax())], tuple(map(float, row)))
        for instance, row in zip(instances, rows, strict=True)
    }
