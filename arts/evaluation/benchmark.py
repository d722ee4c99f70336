"""The benchmark: measures models, or scores files of predictions, on the test split of a corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.corpus import Corpus
from arts.data.corpus_registry import load_corpus
from arts.data.label_names import LabelNames
from arts.data.readers.field_names import NO_COLUMNS, ColumnNames
from arts.data.schema import original_instances
from arts.data.support.display import Displayed
from arts.data.support.download import sha256
from arts.data.support.input_files import input_path
from arts.data.support.printable import printable
from arts.evaluation.adddiff_probes import PatternGap, Predict, measure_gap
from arts.evaluation.floors import measure_floors
from arts.evaluation.language_model_record import PromptScore, ShotsInfo
from arts.evaluation.language_models import AnswerProgress, Exchange, Questioning, language_model_info
from arts.evaluation.predicted_labels import read_labels
from arts.evaluation.predictions import Predictions
from arts.evaluation.probes import Subject, choose_probes, measure_probes
from arts.evaluation.report import Report
from arts.evaluation.report_record import DatasetInfo, ModelInfo, Provenance
from arts.evaluation.resample import Resample
from arts.evaluation.scores import Bootstrap, Scores
from arts.evaluation.systems import RobustTraining, System, load_system
from arts.leaks.leak_check import LeakDetector
from arts.leaks.training_data import TrainingData
from arts.models.language_models.cost import Budget
from arts.models.language_models.prompts import BUILT_IN, Prompt
from arts.models.language_models.respondent import Respondent
from arts.models.language_models.shots import Shots
from arts.provenance import Clock

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

    from arts.models.recipe import Start, TrainingProgress


def load_benchmark(
    source: str | Path | Dataset | DatasetDict,
    *,
    labels: Mapping[object, object] | LabelNames | None = None,
    columns: Mapping[str, str] | ColumnNames = NO_COLUMNS,
    train_from: str | Path | Dataset | DatasetDict | None = None,
    drop_leaks: bool = False,
    resample: Resample = Resample.SENTENCES,
) -> Benchmark:
    """Load a corpus as a benchmark, on which models can be measured.

    Args:
        source: the name of a corpus, ``sample``, ``laptop``, ``restaurant`` or ``mams``; the path of a file
            or folder with a corpus; or a `Dataset` or `DatasetDict` of the library `datasets`.
        labels: what labels that do not name a polarity stand for, such as the numbers of
            ``{0: "negative", 1: "neutral", 2: "positive"}``, in the corpus, in predictions and in what
            models return. Labels that do have names keep them.
        columns: the names that columns have in the files of the corpus, such as ``{"text": "Comment"}``.
        train_from: a corpus, given like `source`, whose training and dev splits models are trained on.
            Default: those of `source`.
        drop_leaks: whether models are trained without the sentences that are in the test split.
        resample: what the bootstrap of intervals draws: sentences, or single units.

    Raises:
        ArtsError: when the corpus is unknown, or cannot be downloaded or read.

    Examples:
        >>> load_benchmark("sample").corpus.name
        'sample'
    """
    corpus = load_corpus(source, labels=labels, columns=columns)
    if train_from is not None:
        corpus = corpus.trained_on(load_corpus(train_from, labels=labels))
    return Benchmark(corpus, drop_leaks, Resample(resample))


@dataclass(frozen=True, repr=False)
class Benchmark(Displayed):
    """A benchmark: a corpus on whose test split models are measured.

    Args:
        corpus: the corpus. Its training and dev splits are used to train models of the zoo.
        drop_leaks: whether models are trained without the sentences that are in the test split.
        resample: what the bootstrap of intervals draws: sentences, or single units.
    """

    corpus: Corpus
    drop_leaks: bool = False
    resample: Resample = Resample.SENTENCES

    @cached_property
    def _leak_detector(self) -> LeakDetector:
        """Compares what models are trained on with the test split."""
        return LeakDetector(self.corpus.test)

    def headline(self) -> str:
        """The name and the size of the test split."""
        return self.corpus.headline()

    def facts(self) -> dict[str, str]:
        """The facts on the corpus."""
        return self.corpus.facts()

    def evaluate(
        self,
        model: object,
        *,
        seed: int = 1,
        start: Start | None = None,
        intervention: RobustTraining | None = None,
        adddiff_curve: bool = False,
        probes: Sequence[str] = (),
        name: str | None = None,
        progress: TrainingProgress | None = None,
    ) -> Report:
        """Measure a model, after training it if it has to be trained.

        Args:
            model: the name of a model of the zoo, which is trained on the corpus or taken from the cache;
                ``hf:`` followed by the folder or Hub id of a sequence-classification checkpoint;
                the import path ``package.module:attribute`` of a model; or a `Classifier`, or any other
                object that `arts.models.adapters.as_classifier` supports, such as a pipeline or a callable.
            seed: random seed of training.
            start: pretrained starting point of a model of the zoo. Default: the default encoder.
            intervention: way of training that makes a model of the zoo more robust. Default: plain training.
            adddiff_curve: whether to measure also the accuracy by number of aspects that ADDDIFF adds; the
                same as the probe ``adddiff-curve``.
            probes: names of `arts.evaluation.probes.PROBES` to measure, too, or ``all``.
            name: name of the model in the report. Default: the name of the model and the intervention.
            progress: called after each optimizer step with the steps done, all steps, and a status text.

        Raises:
            ArtsError: when the model is unknown, cannot be trained here, or predicts no probabilities.
        """
        clock = Clock()
        chosen = choose_probes([*probes, *(["adddiff-curve"] if adddiff_curve else [])], self.corpus)
        data = TrainingData(self.corpus, self._leak_detector, drop=self.drop_leaks)
        system = load_system(
            model, data, seed=seed, start=start, progress=progress, intervention=intervention
        )
        probabilities = system.predict(self.corpus.test)
        predictions = Predictions.of(self.corpus.test, probabilities.argmax(1), probabilities=probabilities)
        label = system.info.id + (f" + {intervention.name}" if intervention else "")
        return self._report(
            name or label + self._training(system.info),
            system.info,
            predictions=predictions,
            clock=clock,
            pattern_gap=self._pattern_gap(system, intervention),
            leaks=system.leaks,
            **measure_probes(chosen, self._subject(predictions, system.predict)),
        )

    def _subject(self, predictions: Predictions, predict: Predict) -> Subject:
        """What probes are made of."""
        return Subject(self.corpus, predictions, predict, resample=self.resample)

    def _pattern_gap(self, system: System, intervention: RobustTraining | None) -> PatternGap | None:
        """The pattern gap of a model; None unless its intervention held templates out."""
        if not intervention or not intervention.holdout:
            return None
        return measure_gap(
            system.predict,
            self.corpus,
            seen=intervention.seen_templates,
            holdout=intervention.holdout,
            resample=self.resample,
        )

    def ask(
        self,
        respondent: Respondent,
        prompts: Sequence[Prompt] = (),
        *,
        shots: Shots | None = None,
        prices: Budget | None = None,
        probes: Sequence[str] = (),
        id: str | None = None,
        name: str | None = None,
        progress: AnswerProgress | None = None,
    ) -> list[Report]:
        """Measure a language model, which is asked about the instances of the test split by each prompt.

        Args:
            respondent: the model, such as a `LocalRespondent` or a `ServedRespondent`.
            prompts: the prompts. Default: the three of this package.
            shots: the examples of the training split that each prompt shows. Default: none.
            prices: prices of tokens, for the report.
            probes: names of `PROBES` to measure, too, after the test split; their tokens are not reported.
            id: the model as it is named in the report. Default: the respondent's name.
            name: name of the model, before that of the prompt. Default: `id`.
            progress: called after each answer with the answers so far, all answers, and a remark.

        Returns:
            A report per prompt, each with its own predictions and the scores of all prompts.

        Raises:
            ArtsError: when the model cannot be asked, examples are too few, or a budget would be exceeded.
        """
        shots, prices, id = shots or Shots(), prices or Budget(), id or respondent.name
        test, chosen = self.corpus.test, choose_probes(probes, self.corpus)
        train = original_instances(self.corpus.train) if shots.number else []
        questioning = Questioning(respondent, test, shots.choose(train, test), progress)
        exchanges, reports = list[Exchange](), list[Report]()
        for prompt in prompts or [Prompt.built_in(known) for known in BUILT_IN]:
            clock, size = Clock(), getattr(respondent, "parameters", None)
            exchanges.append(exchange := questioning.ask(prompt))
            info = language_model_info(id, exchange.facts, shots, parameters=size)
            label, said = [name or id, prompt.name, *ShotsInfo.of(shots).words], exchange.predictions(test)
            reports.append(self._report(", ".join(label), info, predictions=said, clock=clock))
        scores = [PromptScore.of(e.prompt.name, r) for e, r in zip(exchanges, reports, strict=True)]
        examples = partial(shots.choose, train)
        return [
            self._probed(r, chosen, e.predictor(respondent, examples, progress)).model_copy(
                update={"language_model": e.info(shots, prices, scores=scores)}
            )
            for e, r in zip(exchanges, reports, strict=True)
        ]

    def _probed(self, report: Report, names: Sequence[str], predict: Predict) -> Report:
        """A report of a model that has been measured, with the figures of probes by name."""
        subject = self._subject(report.predictions, predict)
        return report.model_copy(update=measure_probes(names, subject))

    def score(
        self,
        path: str | Path,
        *,
        column: str | None = None,
        name: str | None = None,
        probes: Sequence[str] = (),
    ) -> Report:
        """Score a file of predicted labels.

        Args:
            path: CSV, JSONL or Parquet file with a column ``id`` and a column of labels (``positive``,
                ``negative`` or ``neutral``); ``-`` for standard input.
            column: name of the column of labels. Default: ``prediction``.
            name: name of the model in the report. Default: `column` if it is given, otherwise the name of
                the file without suffix.
            probes: names of those `arts.evaluation.probes.PROBES` to measure, too, that need no more
                answers; or ``all`` of these.

        Raises:
            DataError: when the file does not have exactly one label for every instance, or a label is none
                of the three.
        """
        clock, path = Clock(), input_path(path)
        chosen = choose_probes(probes, self.corpus, can_be_asked=False)
        labels = read_labels(
            path,
            self.corpus.test,
            column=column,
            left_out=self.corpus.notes.left_out_ids,
            names=self.corpus.labels,
        )
        file, checksum = printable(path.name), sha256(path)
        info = ModelInfo(kind="predictions", id=file, checksum=checksum, epoch_choice="unknown")
        predictions = Predictions.of(self.corpus.test, labels)
        return self._report(
            name or column or printable(path.stem),
            info,
            predictions=predictions,
            clock=clock,
            **measure_probes(chosen, Subject(self.corpus, predictions, resample=self.resample)),
        )

    def _report(
        self, name: str, info: ModelInfo, *, predictions: Predictions, clock: Clock, **probes: Any
    ) -> Report:
        """Score predictions, and make the report of them.

        Args:
            name: name of the model in the report.
            info: facts about the model.
            predictions: its predictions for the test split.
            clock: clock that was started when the measurement began.
            probes: the figures of probes and the leaks, keyed by the field of the report.
        """
        report = Report(
            **dict(Scores.of(predictions, Bootstrap(resample=self.resample))),
            name=name,
            dataset=DatasetInfo.of(self.corpus),
            model=info.model_copy(update={"labels": dict(self.corpus.labels.names)}),
            provenance=Provenance.of(clock),
            floors=measure_floors(self.corpus.test, Bootstrap(resample=self.resample)),
            **probes,
        )
        report._predictions = predictions
        return report

    def _training(self, info: ModelInfo) -> str:
        """The end of a model's name that says on which other corpus it was trained; empty for none."""
        return f", trained on {self.corpus.training}" if self.corpus.training and info.kind == "zoo" else ""
