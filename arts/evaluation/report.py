"""The report of one model on one benchmark: scores with intervals, and how they were obtained."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from arts.data.corpus_registry import load_local_instances
from arts.data.errors import ArtsError, DataError
from arts.data.support.record import Count, Record
from arts.evaluation.adddiff_probes import AddDiffCurve, PatternGap
from arts.evaluation.paired_tests import Comparison, compare
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import Scores

SCHEMA_VERSION: Literal["1.0"] = "1.0"


class DatasetInfo(Record):
    """The dataset that the model was measured on.

    Args:
        name: name or path of the corpus.
        checksum: SHA-256 of the content of the test split, the same for every file format.
        units: number of originals.
        instances: number of originals and variants.
        conflict: number of aspects that were left out because their polarity is "conflict".
        repaired: ids of instances whose span was repaired.
        left_out: ids of instances that were left out, with the reason.
        files: SHA-256 of each file of the corpus.
    """

    name: str
    checksum: str
    units: Count
    instances: Count
    conflict: Count = 0
    repaired: tuple[str, ...] = ()
    left_out: dict[str, str] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)


class ModelInfo(Record):
    """The model that was measured, and how it was trained.

    Args:
        kind: "zoo" for a model that was trained here, "custom" for any other, "predictions" for a file.
        id: registered name, path, Hub id or name of the model; name of the predictions file.
        checksum: SHA-256 of the weights or of the predictions file.
        seed: random seed of training.
        encoder: name of the pretrained encoder.
        encoder_checksum: SHA-256 of the encoder's files.
        extras: name and checksum of each further input of training, such as word vectors.
        parameters: number of parameters.
        intervention: name, settings and outcome of the intervention that the model was trained with.
        recipe: hyperparameters of training.
        train_seconds: duration of training.
    """

    kind: Literal["zoo", "custom", "predictions"]
    id: str
    checksum: str | None = None
    seed: int | None = None
    encoder: str | None = None
    encoder_checksum: str | None = None
    extras: dict[str, str | None] = Field(default_factory=dict)
    parameters: Count | None = None
    intervention: dict[str, Any] | None = None
    recipe: dict[str, float | None] = Field(default_factory=dict)
    train_seconds: float | None = None


class Provenance(Record):
    """Where and when the model was measured, and with which software.

    Args:
        arts: version of this package.
        python: version of Python.
        platform: system, architecture and number of processors.
        libraries: versions of the libraries, by name.
        started: when the measurement started.
        seconds: duration of the measurement, with training unless the model was in the cache.
    """

    arts: str
    python: str
    platform: str
    libraries: dict[str, str]
    started: datetime
    seconds: float


class Header(Record):
    """The fields of a report that are not scores.

    Args:
        schema_version: version of the report's schema.
        name: name of the model, as tables show it.
        dataset: the dataset.
        model: the model.
        provenance: where, when and with which software it was measured.
    """

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    name: str
    dataset: DatasetInfo
    model: ModelInfo
    provenance: Provenance


class Report(Scores, Header):
    """The report of one model on one benchmark. The headline figure is `report.ars.value`, in percent.

    Args:
        adddiff_curve: accuracy by number of aspects that ADDDIFF adds, if it was measured.
        pattern_gap: accuracy with ADDDIFF templates seen in training and with others, if it was measured.
    """

    adddiff_curve: AddDiffCurve | None = None
    pattern_gap: PatternGap | None = None
    _predictions: Predictions | None = PrivateAttr(default=None)

    @property
    def predictions(self) -> Predictions:
        """The model's predictions.

        Raises:
            ArtsError: when the report was loaded without predictions.
        """
        if self._predictions is None:
            raise ArtsError(f"report {self.name}: its predictions are not at hand")
        return self._predictions

    @property
    def has_predictions(self) -> bool:
        """Whether the report has its predictions."""
        return self._predictions is not None

    @property
    def stem(self) -> str:
        """The name of the report's files, without suffix: dataset, model and seed."""
        seed = "" if self.model.seed is None else f"-seed{self.model.seed}"
        return re.sub(r"[^\w.-]+", "_", f"{self.dataset.name}-{self.name}{seed}")

    def save(self, folder: str | Path, *, blind: bool = False) -> Path:
        """Write the report to ``<stem>.json``, and its predictions beside it to ``<stem>.parquet``.

        Args:
            folder: folder to write to, created where it does not exist.
            blind: whether to write the predictions without anything of the corpus, for publication.

        Returns:
            The path of the JSON file.
        """
        path = Path(folder, f"{self.stem}.json")
        self.predictions.save(path.with_suffix(".parquet"), blind=blind)
        self.write_json(path)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Report:
        """Read a report with the predictions beside it, if there are any, and check its scores with them.

        Args:
            path: the JSON file.

        Raises:
            DataError: when the file is not a report, or its predictions give other scores.
        """
        path = Path(path)
        report = cls.load_unchecked(path)
        if report.has_predictions:
            fresh = Scores.of(report.predictions, report.bootstrap)
            for name in report.differing_fields(fresh):
                raise DataError(
                    path,
                    f'field "{name}" is not what {path.stem}.parquet gives; expected {getattr(fresh, name)}',
                )
        return report

    @classmethod
    def load_unchecked(cls, path: Path) -> Report:
        """Read a report with the predictions beside it, without comparing its scores with them.

        Raises:
            DataError: when the file is not a report, or its predictions are not for its dataset.
        """
        report = cls.load_without_predictions(path)
        predictions = path.with_suffix(".parquet")
        if predictions.is_file():
            instances = load_local_instances(report.dataset.name, report.dataset.checksum)
            report._predictions = Predictions.load(predictions, instances)
        return report

    @classmethod
    def load_without_predictions(cls, path: Path) -> Report:
        """Read a report, and not its predictions.

        Raises:
            DataError: when the file is not a report.
        """
        return cls.read_json(path, f"a report of schema {SCHEMA_VERSION}")

    def differing_fields(self, scores: Scores) -> list[str]:
        """The names of the fields in which the report's scores differ from other scores."""
        return [name for name in type(scores).model_fields if getattr(self, name) != getattr(scores, name)]

    def compare(self, other: Report) -> Comparison:
        """Compare this report with another on the same instances: paired bootstrap and exact McNemar tests.

        Raises:
            ArtsError: when the instances differ, or one of the reports has no predictions.
        """
        return compare(self.predictions, other.predictions)
