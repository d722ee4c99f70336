"""A benchmark: a corpus, and the report of any model on it."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.corpus import Corpus
from arts.data.corpus_registry import load_corpus
from arts.data.support.download import sha256
from arts.evaluation.adddiff_probes import measure_curve, measure_gap
from arts.evaluation.predictions import Predictions, read_labels
from arts.evaluation.report import DatasetInfo, ModelInfo, Provenance, Report
from arts.evaluation.scores import Scores
from arts.evaluation.systems import RobustTraining, load_system
from arts.provenance import MEASURING, PACKAGE, Clock, library_versions, machine

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

    from arts.models.recipe import Start, TrainingProgress


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
        intervention: RobustTraining | None = None,
        adddiff_curve: bool = False,
        name: str | None = None,
        progress: TrainingProgress | None = None,
    ) -> Report:
        """Measure a model.

        Args:
            model: the name of a model of the zoo, which is trained on the corpus (or taken from the
                cache); ``hf:`` and a folder or Hub id of a sequence-classification checkpoint;
                ``package.module:attribute``; or anything `arts.models.adapters.as_classifier` takes.
            seed: random seed of training.
            start: what the training of a model of the zoo starts from; by default the default encoder.
            intervention: what makes a model of the zoo more robust.
            adddiff_curve: whether to measure the accuracy over the number of added aspects, too.
            name: what the report calls the model.
            progress: called with steps done, steps in all, and a remark, while a model is trained.

        Raises:
            ArtsError: when the model is unknown, cannot be trained on this corpus, or its predictions
                are not probabilities.
        """
        clock = Clock()
        system = load_system(
            model, self.corpus, seed=seed, start=start, progress=progress, intervention=intervention
        )
        probabilities = system.predict(self.corpus.test)
        label = system.info.id + (f" + {intervention.name}" if intervention else "")
        gap = None
        if intervention and intervention.holdout:
            gap = measure_gap(
                system.predict, self.corpus, seen=intervention.seen_templates, holdout=intervention.holdout
            )
        return self._report(
            name or label,
            system.info,
            predictions=Predictions.of(
                self.corpus.test, probabilities.argmax(1), probabilities=probabilities
            ),
            clock=clock,
            adddiff_curve=measure_curve(system.predict, self.corpus) if adddiff_curve else None,
            pattern_gap=gap,
        )

    def score(self, path: str | Path, *, column: str | None = None, name: str | None = None) -> Report:
        """Score a file of predictions: CSV, JSONL or Parquet with ``id`` and ``prediction``.

        Args:
            path: the file.
            column: the column with the labels, when it is not called ``prediction``.
            name: what the report calls the model; by default the column, or the file.

        Raises:
            DataError: when the file does not have a prediction for every instance exactly once.
        """
        clock, path = Clock(), Path(path)
        labels = read_labels(path, self.corpus.test, column=column, left_out=self.corpus.notes.left_out)
        info = ModelInfo(kind="predictions", id=path.name, checksum=sha256(path))
        predictions = Predictions.of(self.corpus.test, labels)
        return self._report(name or column or path.stem, info, predictions=predictions, clock=clock)

    def _report(
        self, name: str, info: ModelInfo, *, predictions: Predictions, clock: Clock, **probes: Any
    ) -> Report:
        report = Report(
            **dict(Scores.of(predictions)),
            name=name,
            dataset=self._dataset(),
            model=info,
            provenance=_provenance(clock),
            **probes,
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
