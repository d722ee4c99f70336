"""An entry of the board: one run, the figures it may show, and how far they can be trusted."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from arts.data.corpus_registry import REGISTRY, instances_at_hand
from arts.data.errors import ArtsError, DataError
from arts.data.published import published
from arts.data.schema import PERTURBATIONS, Strategy
from arts.data.support.record import Count, Record
from arts.evaluation.metrics import unit_right
from arts.evaluation.predictions import Predictions
from arts.evaluation.report import Report
from arts.evaluation.scores import Estimate, Scores

FAMILIES = {
    "memnet": "memory network",
    "gcae": "convolution",
    "atae-lstm": "recurrent",
    "td-lstm": "recurrent",
    "asgcn": "graph",
    "bert": "encoder",
    "bert-pt": "encoder",
    "capsbert": "encoder",
    "bert-sent": "encoder",
}


class Status(StrEnum):
    """How far the figures of an entry can be trusted."""

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


class Entry(Record):
    """One row of the board: what was measured, the figures, and how far they can be trusted.

    Args:
        key: of links: the same for the same content.
        path: of the report; None for figures of the paper.
        name, corpus, checksum, units: the model as reported; of what was measured on.
        family, model, encoder, intervention, seed, kind: of the model.
        started: when it was measured; None for figures of the paper.
        seconds, train_seconds, parameters: cost, where it is known.
        accuracy, ars, macro_f1: in percent, with intervals.
        strategies: accuracy on the variants of each.
        status, remark: how far to trust it, and what is wrong with it.
        right: base64 of the packed bits of the units that are wholly right, in the order of the unit ids.
        answers: SHA-256 of the predictions; the same for the same answers to the same questions.
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
    right: str = ""
    answers: str = ""

    @property
    def label(self) -> str:
        """Name and seed."""
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{self.name}{seed}" + (" (paper)" if self.status is Status.PUBLISHED else "")

    @property
    def has_answers(self) -> bool:
        """Whether its predictions are at hand."""
        return bool(self.right)

    @property
    def report(self) -> Report:
        """Its report, from the disk, with its predictions where they are at hand.

        Raises:
            DataError: when it is no longer there.
            ArtsError: for figures of the paper, which have none.
        """
        if self.path is None:
            raise ArtsError(f"{self.name}: figures of the paper have no report")
        return Report.read(Path(self.path))

    def repeats(self, other: Entry) -> bool:
        """Whether two entries are one: the same content, or the same answers to the same questions."""
        answered = bool(self.answers) and (self.answers, self.checksum) == (other.answers, other.checksum)
        return self.key == other.key or answered

    @property
    def packed(self) -> npt.NDArray[np.uint8]:
        """The packed bits of `right`; none where it is not known."""
        return np.frombuffer(base64.b64decode(self.right), np.uint8)


class Fault(Record):
    """A file that is not on the board, and why."""

    path: str
    reason: str


def family_of(model: str) -> str:
    """What kind of model an id of the zoo is of.

    Example:
        >>> family_of("td-lstm"), family_of("mine.csv")
        ('recurrent', 'other')
    """
    return FAMILIES.get(model, "other")


def entry_of(report: Report, path: Path | None = None) -> Entry:
    """The row of a report; its figures made afresh from its predictions, where it has them.

    Raises:
        DataError: when it contradicts itself.
    """
    if not report.has_predictions:
        _check_consistency(report, path or report.stem)
        return _row(report, path, report, Status.CLAIMED)
    fresh = Scores.of(report.predictions, report.bootstrap)
    if wrong := report.claims_beyond(fresh):
        status = Status.RECOMPUTED
        remark = (
            f"claims accuracy {report.accuracy.value:.2f} and ARS {report.ars.value:.2f}; its predictions "
            f"give {fresh.accuracy.value:.2f} and {fresh.ars.value:.2f} (differing: {', '.join(wrong)})"
        )
    else:
        at_hand = instances_at_hand(report.dataset.name, report.dataset.checksum)
        status = Status.VERIFIED if at_hand else Status.CONSISTENT
        remark = ""
    entry = _row(report, path, fresh, status)
    return entry.model_copy(
        update={
            "remark": remark,
            "units": int(report.predictions.layout.units.max()) + 1,
            "right": _bits(report.predictions),
            "answers": _digest(report.predictions),
        }
    )


@lru_cache(maxsize=1 << 13)
def claim_of(path: Path, mark: str) -> Entry:
    """The row of a report whose predictions wait to be checked, from the report alone.

    Args:
        path: of the report.
        mark: another one when the file has changed.

    Raises:
        DataError: when it is not a report, or contradicts itself.
    """
    report = Report.read_alone(path)
    _check_consistency(report, path)
    return _row(report, path, report, Status.UNCHECKED)


def _row(report: Report, path: Path | None, scores: Scores, status: Status) -> Entry:
    model = report.model
    return Entry(
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
    """What a report without predictions can be held to: its own confusion matrix and its own intervals."""
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


def _bits(predictions: Predictions) -> str:
    right = unit_right(predictions.correct, predictions.layout.units)
    originals = predictions.layout.rows(Strategy.ORIGINAL)
    ids = [predictions.ids[row] for row in np.flatnonzero(originals)]
    ordered = right[predictions.layout.units[originals]][np.argsort(ids)]
    return base64.b64encode(np.packbits(ordered).tobytes()).decode()


def _digest(predictions: Predictions) -> str:
    pairs = sorted(zip(predictions.ids, predictions.labels.tolist(), strict=True))
    return hashlib.sha256(repr(pairs).encode()).hexdigest()


RELEASED = {  # originals, and variants by PERTURBATIONS
    "laptop": (638, 466, 135, 638),
    "restaurant": (1120, 846, 444, 1120),
    "mams": (1336, 789, 402, 1336),
}


def published_entries() -> Iterator[Entry]:
    """The nine of the paper on three corpora; intervals are binomial (Wilson), as there are no answers."""
    for corpus in REGISTRY:
        table = published(corpus)
        for score in table["scores"] if table else ():
            name, (units, *variants) = score["model"], RELEASED[corpus]
            yield Entry(
                key=f"paper-{corpus}-{name}",
                name=name,
                corpus=corpus,
                units=units,
                family=family_of(name),
                model=name,
                encoder="BERT-base" if family_of(name) == "encoder" else "GloVe",
                kind="published",
                accuracy=_wilson(score["accuracy"], units),
                ars=_wilson(score["ars"], units),
                strategies={
                    strategy: _wilson(pair[1], count)
                    for strategy, count, pair in zip(
                        PERTURBATIONS,
                        variants,
                        (score["revtgt"], score["revnon"], score["adddiff"]),
                        strict=True,
                    )
                },
                status=Status.PUBLISHED,
                remark=table["source"] if table else "",
            )


def _wilson(percent: float, count: int) -> Estimate:
    from scipy.stats import binomtest

    low, high = binomtest(round(percent * count / 100), count).proportion_ci(method="wilson")
    return Estimate(value=percent, low=round(100 * low, 2), high=round(100 * high, 2))
