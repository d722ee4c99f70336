"""The report of one model on one benchmark: its scores with intervals, and how they were obtained."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Self

from arts.data.corpus_registry import load_local_instances
from arts.data.support.atomic import atomic_files
from arts.data.support.display import Displayed
from arts.data.support.rounding import decimal_text
from arts.evaluation.floors import measure_floors
from arts.evaluation.paired_tests import Comparison, compare
from arts.evaluation.predictions import Predictions
from arts.evaluation.report_record import SCHEMA_VERSION, ReportRecord
from arts.evaluation.resample import Resample
from arts.evaluation.scores import Bootstrap, Scores
from arts.evaluation.verification import verify

MAX_STEM_BYTES = 150  # of the readable part of a file's name


class Report(Displayed, ReportRecord):
    """The report of one model on one benchmark: scores, dataset, model and provenance.

    The headline figure is `report.ars.value`, in percent. The fields are those of
    `arts.evaluation.report_record.ReportRecord`.
    """

    @property
    def label(self) -> str:
        """The name of the model as tables show it, with its seed if it has one, as in ``bert, seed 1``."""
        return self.name if self.model.seed is None else f"{self.name}, seed {self.model.seed}"

    @property
    def invalid_answers(self) -> str:
        """The number of invalid answers and their share of the instances, as in ``12 (2.4%)``."""
        return f"{self.invalid:,} ({decimal_text(100 * self.invalid / self.dataset.instances, 1)}%)"

    def headline(self) -> str:
        """The model, the dataset and the two headline scores."""
        return f"{self.label} on {self.dataset.name}: accuracy {self.accuracy}, ARS {self.ars}"

    def facts(self) -> dict[str, str]:
        """The scores with their intervals, on the originals and by strategy, and the sizes of the dataset."""
        return {
            "dataset": f"{self.dataset.units:,} units, {self.dataset.instances:,} instances",
            "accuracy": str(self.accuracy),
            "macro-F1": str(self.macro_f1),
            "ARS": str(self.ars),
            **{
                strategy.upper(): f"{score.change} ({score.count:,} variants)"
                for strategy, score in self.strategies.items()
            },
            **({"invalid answers": self.invalid_answers} if self.invalid else {}),
            "predictions": "at hand" if self.has_predictions else "not at hand",
        }

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
        model = self.model.model_dump(mode="json", exclude={"parameters", "train_seconds", "epoch_choice"})
        measured: list[object] = [self.dataset.name, self.dataset.checksum, self.name, model]
        if self.language_model:
            measured.append(self.language_model.identity)
        if self.model.checksum is None and self._predictions:
            ids, labels = self._predictions.ids, self._predictions.labels.tolist()
            measured.append(sorted(zip(ids, labels, strict=True)))
        return hashlib.sha256(json.dumps(measured, sort_keys=True).encode()).hexdigest()

    def save(self, folder: str | Path, *, blind: bool = False) -> Path:
        """Write the report to ``<stem>.json``, and its predictions beside it to ``<stem>.parquet``.

        Args:
            folder: folder to write to; it is created if it does not exist.
            blind: whether to write only the predicted labels, without ids, gold labels and probabilities, and
                no texts of prompts and answers. So nothing of the corpus is published with the predictions.

        Returns:
            The path of the JSON file.
        """
        path = Path(folder, f"{self.stem}.json")
        asked = self.language_model and self.language_model.blind()
        written = self.model_copy(update={"language_model": asked}) if blind else self
        with atomic_files(path) as partial:
            self.predictions.save(partial / f"{path.stem}.parquet", blind=blind)
            written.write_json(partial / path.name)
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

    def resampled(self, resample: Resample | None = None) -> Self:
        """This report with intervals that are computed anew from its predictions; probes stay as they are.

        Floors are those of the corpus, if it is on this machine; otherwise those that predict one label.

        Args:
            resample: what the bootstrap draws. Default: sentences where they are known, otherwise units.

        Raises:
            ArtsError: when the report has no predictions, or sentences are wanted and not known.
        """
        bootstrap = Bootstrap.of(self.predictions.layout, resample)
        if bootstrap == self.bootstrap:
            return self
        instances = load_local_instances(self.dataset.name, self.dataset.checksum) if self.floors else ()
        floors = measure_floors(instances, bootstrap) if instances else ()
        scores = Scores.of(self.predictions, bootstrap)
        return self.model_copy(update={**dict(scores), "floors": floors})

    def compare(self, other: Report, *, resample: Resample | None = None) -> Comparison:
        """Compare this report with that of another model on one test split.

        `arts.evaluation.seed_summary.compare_seeds` compares models with several seeds.

        Args:
            other: the other report, whose scores are subtracted.
            resample: what the bootstrap draws and the test flips. Default: sentences where they are known,
                otherwise units.

        Returns:
            The differences in accuracy and ARS, with intervals by paired bootstrap and p-values of an exact
            test, see `arts.evaluation.paired_tests.compare`.

        Raises:
            ArtsError: when the instances differ, or one of the reports has no predictions.
        """
        return compare(self.predictions, other.predictions, resample=resample)
