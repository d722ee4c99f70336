"""The report of one model on one benchmark: its scores with intervals, and how they were obtained."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from arts.data.corpus_registry import load_local_instances
from arts.data.errors import ArtsError
from arts.data.support.record import Count, Record
from arts.evaluation.adddiff_probes import AddDiffCurve, PatternGap
from arts.evaluation.paired_tests import Comparison, compare
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import Scores
from arts.evaluation.verification import verify

SCHEMA_VERSION: Literal["1.0"] = "1.0"
MAX_STEM_BYTES = 150  # of the readable part of a file's name


class DatasetInfo(Record):
    """The dataset that the model was measured on.

    Args:
        name: name or path of the corpus.
        checksum: SHA-256 of the content of the test split; it does not depend on the file format.
        units: number of originals in the test split.
        instances: number of originals and variants together.
        conflict: number of aspects left out because their label is "conflict" (both positive and negative).
        repaired: ids of the instances whose span (character offsets of the aspect) was repaired on reading.
        left_out: the reason why each left-out instance was left out, keyed by the instance's id.
        files: the SHA-256 of each file of the corpus, keyed by the file's name.
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
    """The model that was measured, and how it was trained. Fields that are not known are None or empty.

    Args:
        kind: "zoo" for a model that this package trained, "custom" for any other model, "predictions" for
            a file of predictions.
        id: name of the model in the registry, its path, Hub id or class name; or the name of the file of
            predictions.
        checksum: SHA-256 of the weights or of the file of predictions.
        seed: random seed of training.
        encoder: folder or Hub id of the pretrained encoder.
        encoder_checksum: SHA-256 of the encoder's files.
        extras: what else training read, keyed by kind: ``embeddings`` (word vectors), ``corpus`` (text for
            post-training) and ``parser``. Kinds that such a model does not read are left out. A value is
            the name of the parser, or the name and SHA-256 of the file in one text; None if no file was
            given. ``corpus`` is "post-trained already" if the encoder needed no post-training.
        parameters: number of parameters.
        intervention: the intervention that the model was trained with: its ``name``, its settings, and the
            results of the training, as one dict.
        recipe: hyperparameters of training, keyed by the fields of `arts.models.recipe.Recipe`.
        train_seconds: duration of training in seconds.
        environment: the libraries, the device, the precision and the number of threads of the training, keyed
            as `arts.models.runtime.numerical_environment` returns them.
        variants: the data and libraries that the variants trained on were made with, as
            `arts.generators.running.checksum.variant_sources` returns them.
        truncated: number of instances whose sentence the model truncated, keyed by split.
        random_weights: names of the weights that the encoder's checkpoint lacks, and that began at random.
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
    environment: dict[str, str | int] = Field(default_factory=dict)
    variants: dict[str, str | None] = Field(default_factory=dict)
    truncated: dict[str, Count] = Field(default_factory=dict)
    random_weights: tuple[str, ...] = ()


class Provenance(Record):
    """Where and when the model was measured, and with which software.

    Args:
        arts: version of this package.
        python: version of Python.
        platform: operating system, architecture and number of processors.
        libraries: the version of each library, keyed by the library's name.
        started: date and time when the measurement started.
        seconds: duration of the measurement in seconds. It includes training if the model was not in the
            cache.
        environment: the device, the precision and the number of threads, as far as they are known.
    """

    arts: str
    python: str
    platform: str
    libraries: dict[str, str]
    started: datetime
    seconds: float
    environment: dict[str, str | int] = Field(default_factory=dict)


class Header(Record):
    """The fields of a report that are not scores.

    Args:
        schema_version: version of the report's schema.
        name: name of the model, as tables show it.
        dataset: the dataset that the model was measured on.
        model: the model that was measured.
        provenance: where, when and with which software it was measured.
    """

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    name: str
    dataset: DatasetInfo
    model: ModelInfo
    provenance: Provenance


class Report(Scores, Header):
    """The report of one model on one benchmark: scores, dataset, model and provenance.

    The headline figure is `report.ars.value`, in percent.

    Args:
        adddiff_curve: accuracy by number of aspects that ADDDIFF adds; None if it was not measured.
        pattern_gap: accuracy on ADDDIFF variants by templates seen in training and by held-out templates;
            None if it was not measured.
    """

    adddiff_curve: AddDiffCurve | None = None
    pattern_gap: PatternGap | None = None
    _predictions: Predictions | None = PrivateAttr(default=None)

    @property
    def predictions(self) -> Predictions:
        """The model's predictions for the test split.

        Raises:
            ArtsError: when the report has no predictions, because none were found when it was loaded.
        """
        if self._predictions is None:
            raise ArtsError(f"report {self.name}: its predictions are not at hand")
        return self._predictions

    @property
    def has_predictions(self) -> bool:
        """Whether the report has the predictions from which its scores were computed."""
        return self._predictions is not None

    @property
    def stem(self) -> str:
        """The name of the report's files without suffix, such as ``laptop-bert-seed1-0b1c2d3e``.

        The eight hex digits are of the checksum of what was measured, which includes the encoder and the
        settings of an intervention. So the report of another measurement does not replace this one, but the
        same again does.
        """
        seed = "" if self.model.seed is None else f"-seed{self.model.seed}"
        words = re.sub(r"[^\w.-]+", "_", f"{self.dataset.name}-{self.name}{seed}").lstrip(".")
        readable = words.encode()[:MAX_STEM_BYTES].decode(errors="ignore")
        return f"{readable}-{self._measured_checksum()[:8]}"

    def _measured_checksum(self) -> str:
        """SHA-256 of what identifies what was measured: the dataset, the name, and the facts about the model.

        The predictions of a model without a checksum, such as an object in Python, stand for its content.
        """
        model = self.model.model_dump(mode="json", exclude={"parameters", "train_seconds"})
        measured: list[object] = [self.dataset.name, self.dataset.checksum, self.name, model]
        if self.model.checksum is None and self._predictions:
            ids, labels = self._predictions.ids, self._predictions.labels.tolist()
            measured.append(sorted(zip(ids, labels, strict=True)))
        return hashlib.sha256(json.dumps(measured, sort_keys=True).encode()).hexdigest()

    def save(self, folder: str | Path, *, blind: bool = False) -> Path:
        """Write the report to ``<stem>.json``, and its predictions beside it to ``<stem>.parquet``.

        Args:
            folder: folder to write to; it is created if it does not exist.
            blind: whether to write only the predicted labels, without ids, gold labels and probabilities. So
                nothing of the corpus is published with the predictions.

        Returns:
            The path of the JSON file.
        """
        path = Path(folder, f"{self.stem}.json")
        self.predictions.save(path.with_suffix(".parquet"), blind=blind)
        self.write_json(path)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Report:
        """Read a report and the predictions beside it, and check that they give the scores of the report.

        Args:
            path: the JSON file. The predictions are in a file with the suffix ``.parquet`` beside it. If
                there is none, the scores are checked against each other, and against the corpus if it is on
                this machine.

        Raises:
            DataError: when the file is not a report, or its predictions or the corpus give other scores.
        """
        report = cls.load_unchecked(Path(path))
        verify(report, source=path).raise_if_differing(path)
        return report

    @classmethod
    def load_unchecked(cls, path: Path) -> Report:
        """Read a report and the predictions beside it, without checking the report's scores.

        Args:
            path: the JSON file. The predictions are in a file with the suffix ``.parquet`` beside it, if
                there are any.

        Raises:
            DataError: when the file is not a report, or its predictions are not for its dataset.
        """
        report = cls.load_without_predictions(path)
        predictions = path.with_suffix(".parquet")
        if predictions.is_file():
            dataset = report.dataset
            instances = load_local_instances(dataset.name, dataset.checksum)
            report._predictions = Predictions.load(predictions, instances, count=dataset.instances)
        return report

    @classmethod
    def load_without_predictions(cls, path: Path) -> Report:
        """Read a report from its JSON file, and leave its predictions unread.

        Raises:
            DataError: when the file is not a report.
        """
        return cls.read_json(path, f"a report of schema {SCHEMA_VERSION}")

    def compare(self, other: Report) -> Comparison:
        """Compare this report with that of another model on one test split.

        Args:
            other: the other report, whose scores are subtracted.

        Returns:
            The differences in accuracy and ARS, with intervals by paired bootstrap and p-values of the exact
            McNemar test.

        Raises:
            ArtsError: when the instances differ, or one of the reports has no predictions.
        """
        return compare(self.predictions, other.predictions)
