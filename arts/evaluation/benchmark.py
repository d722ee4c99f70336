"""A benchmark: a corpus, and how a model fares on it."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.corpus import Corpus
from arts.data.corpus_registry import load_corpus
from arts.data.support.arrays import FloatArray, IntArray
from arts.data.support.download import sha256
from arts.evaluation.adddiff_probes import curve, pattern_gap
from arts.evaluation.predictions import Predictions, read_labels
from arts.evaluation.report import DatasetInfo, ModelInfo, Provenance, Report
from arts.evaluation.scores import Scores
from arts.evaluation.systems import subject_of
from arts.provenance import MEASURING, PACKAGE, Clock, library_versions, machine

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

    from arts.interventions.base import Intervention
    from arts.models.base import Progress, Start


def load_benchmark(source: str | Path | Dataset | DatasetDict) -> Benchmark:
    """Load a benchmark: ``sample``, ``laptop``, ``restaurant``, ``mams``, a path, or a HF dataset.

    Raises:
        ArtsError: as `arts.data.corpus_registry.load_corpus`.

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
        start: Start | None = None,
        intervention: Intervention | None = None,
        adddiff_curve: bool = False,
        name: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Measure a model.

        Args:
            model: the name of a model of the zoo, which is trained on the corpus (or taken from the
                cache); ``hf:`` and a folder or Hub id of a sequence-classification checkpoint;
                ``package.module:attribute``; or anything `arts.models.adapters.as_classifier` takes.
            seed: of training.
            start: what a model of the zoo starts from; by default the default encoder.
            intervention: by which a model of the zoo is made more robust.
            adddiff_curve: whether to measure the accuracy over the number of added aspects, too.
            name: what the report calls the model.
            progress: called with steps done, steps in all, and a remark, while a model is trained.

        Raises:
            ArtsError: when the model is unknown, cannot be trained on this corpus, or its predictions
                are not probabilities.
        """
        clock = Clock()
        subject = subject_of(
            model, self.corpus, seed=seed, start=start, intervention=intervention, progress=progress
        )
        probabilities = subject.ask(self.corpus.test)
        label = subject.info.id + (f" + {intervention.name}" if intervention else "")
        return self._report(
            name or label,
            subject.info,
            probabilities.argmax(1),
            probabilities,
            clock,
            adddiff_curve=curve(subject.ask, self.corpus) if adddiff_curve else None,
            pattern_gap=pattern_gap(subject.ask, self.corpus, intervention)
            if intervention and intervention.holdout
            else None,
        )

    def score(self, path: str | Path, *, column: str | None = None, name: str | None = None) -> Report:
        """Score a file of predictions: CSV, JSONL or Parquet with ``id`` and ``prediction``.

        Args:
            path: the file.
            column: the column with the labels, when it is not called ``prediction``.
            name: what the report calls the model; by default the column, or the file.

        Raises:
            DataError: when the file does not answer every instance exactly once.
        """
        clock, path = Clock(), Path(path)
        labels = read_labels(path, self.corpus.test, column=column, left_out=self.corpus.notes.left_out)
        info = ModelInfo(kind="predictions", id=path.name, checksum=sha256(path))
        return self._report(name or column or path.stem, info, labels, None, clock)

    def _report(
        self,
        name: str,
        info: ModelInfo,
        labels: IntArray,
        probabilities: FloatArray | None,
        clock: Clock,
        **further: Any,
    ) -> Report:
        predictions = Predictions.of(self.corpus.test, labels, probabilities)
        scores = Scores.of(predictions)
        report = Report(
            **dict(scores),
            name=name,
            dataset=self._dataset(),
            model=info,
            provenance=_provenance(clock),
            **further,
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


def _provenance(clock: Clock) -> Provenance:
    return Provenance(
        arts=library_versions([PACKAGE])[PACKAGE],
        python=platform.python_version(),
        platform=machine(),
        libraries=library_versions(MEASURING),
        started=clock.started,
        seconds=round(clock.seconds, 2),
    )
