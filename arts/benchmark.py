"""A benchmark: a corpus, and how a model fares on it."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import arts
from arts.data.corpus import Corpus, load_corpus
from arts.data.resources import cache_home, sha256
from arts.data.schema import originals
from arts.metrics import FloatArray, IntArray
from arts.models.encoders import DEFAULT_ENCODER
from arts.predictions import Predictions, read_labels
from arts.report import DatasetInfo, ModelInfo, Provenance, Report
from arts.scores import Scores

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

    from arts.models.training import Progress
    from arts.models.zoo import ZooModel

LIBRARIES = ("numpy", "torch", "transformers", "datasets", "scikit-learn")


def load_benchmark(source: str | Path | Dataset | DatasetDict) -> Benchmark:
    """Load a benchmark: ``sample``, ``laptop``, ``restaurant``, ``mams``, a path, or a HF dataset.

    Raises:
        ArtsError: as `arts.data.corpus.load_corpus`.

    Example:
        >>> load_benchmark("sample").corpus.name
        'sample'
    """
    return Benchmark(load_corpus(source))


@dataclass(frozen=True)
class Benchmark:
    """A corpus that models are measured on."""

    corpus: Corpus

    def evaluate(
        self,
        model: object,
        *,
        seed: int = 1,
        encoder: str = DEFAULT_ENCODER,
        name: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Measure a model.

        Args:
            model: the name of a model of the zoo, which is trained on the corpus (or taken from the
                cache); ``package.module:attribute``; or anything `arts.models.adapters.as_classifier`
                takes.
            seed: of training.
            encoder: the pretrained encoder of a model of the zoo: a path or Hub id.
            name: what the report calls the model.
            progress: called with steps done, steps in all, and a remark, while a model is trained.

        Raises:
            ArtsError: when the model is unknown, cannot be trained on this corpus, or its predictions
                are not probabilities.
        """
        from arts.models.registry import load_object

        started = _Clock()
        if isinstance(model, str) and ":" not in model:
            info, probabilities = self._ask_zoo(model, seed, encoder, progress)
        else:
            named = model if isinstance(model, str) else getattr(model, "__name__", type(model).__name__)
            info = ModelInfo(kind="custom", id=named)
            model = load_object(model) if isinstance(model, str) else model
            probabilities = self._ask(model, named)
        return self._report(name or info.id, info, probabilities.argmax(1), probabilities, started)

    def score(self, path: str | Path, *, column: str | None = None, name: str | None = None) -> Report:
        """Score a file of predictions: CSV, JSONL or Parquet with ``id`` and ``prediction``.

        Args:
            path: the file.
            column: the column with the labels, when it is not called ``prediction``.
            name: what the report calls the model; by default the column, or the file.

        Raises:
            DataError: when the file does not answer every instance exactly once.
        """
        started, path = _Clock(), Path(path)
        labels = read_labels(path, self.corpus.test, column=column, left_out=self.corpus.notes.left_out)
        info = ModelInfo(kind="predictions", id=path.name, checksum=sha256(path))
        return self._report(name or column or path.stem, info, labels, None, started)

    def _ask(self, model: object, name: str) -> FloatArray:
        from arts.models.adapters import as_classifier, checked

        test = self.corpus.test
        classifier = as_classifier(model, train=lambda: originals(self.corpus.train))
        return checked(classifier.predict_proba(test), len(test), name)

    def _ask_zoo(
        self, name: str, seed: int, encoder: str, progress: Progress | None
    ) -> tuple[ModelInfo, FloatArray]:
        from arts.models.zoo import trained

        model = trained(name, self.corpus, seed=seed, encoder=encoder, progress=progress)
        info = ModelInfo(
            kind="zoo",
            id=name,
            checksum=model.checksum,
            parameters=model.parameters,
            **{k: v for k, v in model.record.items() if k != "name"},
        )
        return info, self._cached_probabilities(model)

    def _cached_probabilities(self, model: ZooModel) -> FloatArray:
        """The answers of a trained model, asked once and kept beside it in the cache."""
        path = cache_home() / "predictions" / f"{model.key}-{self.corpus.checksum[:16]}.parquet"
        ids = tuple(instance.id for instance in self.corpus.test)
        if path.is_file():
            kept = Predictions.load(path)
            if kept.ids == ids and kept.probabilities is not None:
                return kept.probabilities
        probabilities = model.predict_proba(self.corpus.test)
        Predictions.of(self.corpus.test, probabilities.argmax(1), probabilities).save(path)
        return probabilities

    def _report(
        self,
        name: str,
        info: ModelInfo,
        labels: IntArray,
        probabilities: FloatArray | None,
        started: _Clock,
    ) -> Report:
        predictions = Predictions.of(self.corpus.test, labels, probabilities)
        scores = Scores.of(predictions)
        report = Report(
            **dict(scores),
            name=name,
            dataset=self._dataset(),
            model=info,
            provenance=started.provenance(),
        )
        report._predictions = predictions
        return report

    def _dataset(self) -> DatasetInfo:
        corpus = self.corpus
        return DatasetInfo(
            name=corpus.name,
            checksum=corpus.checksum,
            units=len({instance.unit for instance in corpus.test}),
            instances=len(corpus.test),
            conflict=corpus.notes.conflict,
            repaired=tuple(corpus.notes.repaired),
            left_out=corpus.notes.left_out,
            files=dict(corpus.files),
        )


class _Clock:
    """When a measurement started."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)
        self.ticks = time.perf_counter()

    def provenance(self) -> Provenance:
        return Provenance(
            arts=arts.__version__,
            python=platform.python_version(),
            platform=f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
            libraries={name: version(name) for name in LIBRARIES},
            started=self.time,
            seconds=round(time.perf_counter() - self.ticks, 2),
        )
