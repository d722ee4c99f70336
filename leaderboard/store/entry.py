"""A row of the board: one measured model, its figures, and how far they can be trusted."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from arts.data.corpus_registry import load_local_instances
from arts.data.errors import ArtsError, DataError
from arts.data.schema import Strategy
from arts.data.support.record import Count, Record
from arts.evaluation.metrics import units_right
from arts.evaluation.predictions import Predictions
from arts.evaluation.report import Report
from arts.evaluation.scores import Estimate, Scores
from arts.models.registry import model_card


class Status(StrEnum):
    """How far the figures of a board entry can be trusted; `MEANING` explains each in words."""

    VERIFIED = "verified"
    CONSISTENT = "consistent"
    RECOMPUTED = "recomputed"
    CLAIMED = "claimed"
    UNCHECKED = "unchecked"
    PUBLISHED = "published"


MEANING = {
    Status.VERIFIED: "recomputed from its predictions and the corpus",
    Status.CONSISTENT: "its predictions give these figures; the corpus is not here to check the labels",
    Status.RECOMPUTED: "it claims other figures; shown is what its predictions give",
    Status.CLAIMED: "as reported, without predictions that could be checked",
    Status.UNCHECKED: "as reported; its predictions are still being checked",
    Status.PUBLISHED: "from the paper",
}


class BoardEntry(Record):
    """One row of the board: what was measured, the figures, and how far they can be trusted.

    Args:
        key: Identifies the entry in links; reports with the same content have the same key.
        path: Path of the report; None for the paper's figures.
        name: What the report calls the model.
        corpus: Name of the corpus that was measured on.
        checksum: SHA-256 of the content of its test split; empty for the paper's figures.
        units: Number of units in the test split.
        family: Family of the model, such as "encoder"; "other" for models outside the zoo.
        model: Name of the model in the zoo, or its identifier in the report.
        encoder: Pretrained encoder that the model was trained from; empty when there is none.
        intervention: Name of the intervention; empty when there is none.
        seed: Random seed of training.
        kind: "zoo", "custom", "predictions", or "published" for the paper's figures.
        started: When the measurement began; None for the paper's figures.
        seconds: How long measuring took.
        train_seconds: How long training took.
        parameters: Number of the model's parameters.
        accuracy, ars, macro_f1: Scores in percent, with 95% intervals.
        strategies: Accuracy on the variants of each strategy, in percent.
        status: How far the figures can be trusted.
        remark: What is wrong with the figures, or where they come from.
        right_units: Which units are wholly right: base64 of packed bits, in the order of the unit ids;
            empty without predictions.
        predictions_checksum: SHA-256 over the ids and predicted labels; empty without predictions.
    """

    key: str
    path: str | None = None
    name: str
    corpus: str
    checksum: str = ""
    units: Count
    family: str
    model: str
    encoder: str = ""
    intervention: str = ""
    seed: int | None = None
    kind: str
    started: datetime | None = None
    seconds: float | None = None
    train_seconds: float | None = None
    parameters: int | None = None
    accuracy: Estimate
    ars: Estimate
    macro_f1: Estimate | None = None
    strategies: dict[Strategy, Estimate]
    status: Status
    remark: str = ""
    right_units: str = ""
    predictions_checksum: str = ""

    @property
    def label(self) -> str:
        """The name that pages show: the model's name with its seed, and "(paper)" for the paper's figures."""
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{self.name}{seed}" + (" (paper)" if self.status is Status.PUBLISHED else "")

    @property
    def has_predictions(self) -> bool:
        """Whether predictions lay beside the report when it was checked."""
        return bool(self.right_units)

    @property
    def report(self) -> Report:
        """The entry's report, read from disk, with predictions if they lie beside it.

        Raises:
            DataError: The file is gone, or no longer a report.
            ArtsError: The entry shows the paper's figures, which have no report.
        """
        if self.path is None:
            raise ArtsError(f"{self.name}: figures of the paper have no report")
        return Report.load_unchecked(Path(self.path))

    def repeats(self, other: BoardEntry) -> bool:
        """Whether the other entry has the same report, or the same predictions on the same test split."""
        return any(identity in other.identities for identity in self.identities)

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """What only a repetition of this entry shares: its key, and its predictions on their test split."""
        predictions = (self.checksum, self.predictions_checksum)
        return (("key", self.key), *([predictions] if self.predictions_checksum else []))

    @property
    def right_bits(self) -> npt.NDArray[np.uint8]:
        """(ceil(units / 8),) the packed bits of `right_units`; empty without predictions."""
        return np.frombuffer(base64.b64decode(self.right_units), np.uint8)


class ExcludedFile(Record):
    """A file in a results folder that the board does not show, and the reason."""

    path: str
    reason: str


def family_of(model: str) -> str:
    """The kind of architecture of a model, by its registered name; "other" for any else.

    Example:
        >>> family_of("td-lstm"), family_of("mine.csv")
        ('recurrent', 'other')
    """
    card = model_card(model)
    return card.family if card else "other"


def entry_of(report: Report, path: Path | None = None) -> BoardEntry:
    """The board entry of a report; figures are recomputed from the predictions if the report has them.

    Args:
        report: The report, with predictions if there are any.
        path: Where the report was read from.

    Raises:
        DataError: A report without predictions contradicts itself.
    """
    if not report.has_predictions:
        _check_consistency(report, path or report.stem)
        return _entry_with_scores(report, path, scores=report, status=Status.CLAIMED)
    fresh = Scores.of(report.predictions, report.bootstrap)
    if differing := report.differing_fields(fresh):
        status = Status.RECOMPUTED
        remark = (
            f"claims accuracy {report.accuracy.value:.2f} and ARS {report.ars.value:.2f}; its predictions "
            f"give {fresh.accuracy.value:.2f} and {fresh.ars.value:.2f} (differing: {', '.join(differing)})"
        )
    else:
        instances = load_local_instances(report.dataset.name, report.dataset.checksum)
        status = Status.VERIFIED if instances else Status.CONSISTENT
        remark = ""
    entry = _entry_with_scores(report, path, scores=fresh, status=status)
    return entry.model_copy(
        update={
            "remark": remark,
            "units": int(report.predictions.layout.units.max()) + 1,
            "right_units": _encode_right_units(report.predictions),
            "predictions_checksum": _predictions_checksum(report.predictions),
        }
    )


@lru_cache(maxsize=1 << 13)
def unchecked_entry(path: Path, fingerprint: str) -> BoardEntry:
    """The board entry of a report whose predictions have not been checked yet: its figures as claimed.

    Args:
        path: Path of the report.
        fingerprint: Changes when the file does, so that a changed file is read again.

    Raises:
        DataError: The file is not a report, or contradicts itself.
    """
    report = Report.load_without_predictions(path)
    _check_consistency(report, path)
    return _entry_with_scores(report, path, scores=report, status=Status.UNCHECKED)


def _entry_with_scores(report: Report, path: Path | None, *, scores: Scores, status: Status) -> BoardEntry:
    """The board entry of a report, with these scores instead of the report's own."""
    model = report.model
    return BoardEntry(
        key=hashlib.sha256(report.model_dump_json().encode()).hexdigest()[:12],
        path=str(path) if path else None,
        name=report.name,
        corpus=report.dataset.name,
        checksum=report.dataset.checksum,
        units=report.dataset.units,
        family=family_of(model.id),
        model=model.id,
        encoder=model.encoder or "",
        intervention=str((model.intervention or {}).get("name", "")),
        seed=model.seed,
        kind=model.kind,
        started=report.provenance.started,
        seconds=report.provenance.seconds,
        train_seconds=model.train_seconds,
        parameters=model.parameters,
        accuracy=scores.accuracy,
        ars=scores.ars,
        macro_f1=scores.macro_f1,
        strategies={strategy: score.perturbed for strategy, score in scores.strategies.items()},
        status=status,
    )


def _check_consistency(report: Report, source: object) -> None:
    """Check the scores of a report without predictions by its confusion matrix and its intervals.

    Args:
        report: The report.
        source: What an error names as the place of the contradiction.

    Raises:
        DataError: The report contradicts itself.
    """
    confusion = np.array(report.confusion)
    if confusion.shape != (3, 3) or confusion.sum() != report.dataset.units:
        raise DataError(source, f"its confusion matrix does not count {report.dataset.units} originals")
    accuracy = round(100 * float(np.trace(confusion)) / report.dataset.units, 2)
    if accuracy != report.accuracy.value:
        raise DataError(
            source, f"claims accuracy {report.accuracy.value:.2f}; its confusion matrix gives {accuracy:.2f}"
        )
    if report.ars.value > report.accuracy.value:
        raise DataError(
            source,
            f"claims ARS {report.ars.value:.2f} over its accuracy, {report.accuracy.value:.2f}; a unit "
            "counts only when its original is right too",
        )
    for estimate in (report.accuracy, report.ars):
        if not estimate.low <= estimate.value <= estimate.high:
            raise DataError(source, f"claims {estimate}, a figure outside its interval")


def _encode_right_units(predictions: Predictions) -> str:
    """Which units are wholly right: base64 of packed bits, in the order of the unit ids."""
    right = units_right(predictions.correct, predictions.layout.units)
    originals = predictions.layout.strategy_mask(Strategy.ORIGINAL)
    ids = [predictions.ids[row] for row in np.flatnonzero(originals)]
    ordered = right[predictions.layout.units[originals]][np.argsort(ids)]
    return base64.b64encode(np.packbits(ordered).tobytes()).decode()


def _predictions_checksum(predictions: Predictions) -> str:
    """SHA-256 over the ids and predicted labels; it does not depend on the order of the file."""
    pairs = sorted(zip(predictions.ids, predictions.labels.tolist(), strict=True))
    return hashlib.sha256(repr(pairs).encode()).hexdigest()
