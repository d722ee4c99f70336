"""The report of one model on one benchmark: a versioned record, with intervals and provenance."""

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
    """What was measured on. `checksum` is over the content of the test split, whatever its format."""

    name: str
    checksum: str
    units: Count
    instances: Count
    conflict: Count = 0
    repaired: tuple[str, ...] = ()
    left_out: dict[str, str] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)


class ModelInfo(Record):
    """What was measured.

    `checksum` is of the weights, or of the predictions file; `extras` are what training started from
    beside the encoder; `intervention` has the name of one and all its settings.
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
    """Where, when and with what it was measured; `seconds` include training, unless it was cached."""

    arts: str
    python: str
    platform: str
    libraries: dict[str, str]
    started: datetime
    seconds: float


class Header(Record):
    """What a report is about."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    name: str
    dataset: DatasetInfo
    model: ModelInfo
    provenance: Provenance


class Report(Scores, Header):
    """One model on one benchmark. Scores are percentages; `report.ars.value` is the headline.

    `adddiff_curve` and `pattern_gap` are there when they were asked for.
    """

    adddiff_curve: AddDiffCurve | None = None
    pattern_gap: PatternGap | None = None
    _predictions: Predictions | None = PrivateAttr(default=None)

    @property
    def predictions(self) -> Predictions:
        """What the model answered.

        Raises:
            ArtsError: when the report was loaded without its predictions.
        """
        if self._predictions is None:
            raise ArtsError(f"report {self.name}: its predictions are not at hand")
        return self._predictions

    @property
    def has_predictions(self) -> bool:
        """Whether `predictions` are at hand."""
        return self._predictions is not None

    @property
    def stem(self) -> str:
        """The name of the report's files, without suffix."""
        seed = "" if self.model.seed is None else f"-seed{self.model.seed}"
        return re.sub(r"[^\w.-]+", "_", f"{self.dataset.name}-{self.name}{seed}")

    def save(self, folder: str | Path, *, blind: bool = False) -> Path:
        """Write ``<stem>.json`` and ``<stem>.parquet`` (the predictions) to `folder`; returns the first.

        Args:
            folder: made if it is not there.
            blind: to keep everything of the corpus out of the predictions, so that they can be passed on.
        """
        path = Path(folder, f"{self.stem}.json")
        self.predictions.save(path.with_suffix(".parquet"), blind=blind)
        self.write_json(path)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Report:
        """Read a report, with its predictions when they lie beside it, and check the one by the other.

        Raises:
            DataError: when it is not a report, or claims what its predictions do not give.
        """
        path = Path(path)
        report = cls.read(path)
        if report.has_predictions:
            fresh = Scores.of(report.predictions, report.bootstrap)
            for name in report.claims_beyond(fresh):
                raise DataError(
                    path,
                    f'field "{name}" is not what {path.stem}.parquet gives; expected {getattr(fresh, name)}',
                )
        return report

    @classmethod
    def read(cls, path: Path) -> Report:
        """As `load`, without checking the claims by the predictions.

        Raises:
            DataError: when it is not a report, or its predictions are not those of the benchmark.
        """
        report = cls.read_alone(path)
        beside = path.with_suffix(".parquet")
        if beside.is_file():
            instances = load_local_instances(report.dataset.name, report.dataset.checksum)
            report._predictions = Predictions.load(beside, instances)
        return report

    @classmethod
    def read_alone(cls, path: Path) -> Report:
        """As `read`, without its predictions.

        Raises:
            DataError: when it is not a report.
        """
        return cls.read_json(path, f"a report of schema {SCHEMA_VERSION}")

    def claims_beyond(self, fresh: Scores) -> list[str]:
        """The fields that differ from scores made afresh from the predictions."""
        return [name for name in type(fresh).model_fields if getattr(self, name) != getattr(fresh, name)]

    def compare(self, other: Report) -> Comparison:
        """This report against another on the same instances: paired bootstrap, exact McNemar tests.

        Raises:
            ArtsError: when the two are not of the same benchmark, or without their predictions.
        """
        return compare(self.predictions, other.predictions)
