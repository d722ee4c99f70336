"""The entries of the board: one per measured model, with its scores and how far these can be trusted."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field

from arts.data.errors import ArtsError
from arts.data.schema import Strategy
from arts.data.support.record import Count, JsonValue, Record
from arts.data.support.rounding import round_half_up
from arts.evaluation.report import Report
from arts.evaluation.resample import Resample
from arts.evaluation.scores import Bootstrap, Estimate, Scores
from arts.evaluation.submission import Submission
from arts.evaluation.verification import Status, check_quickly, verify
from arts.leaderboard.store import encoded_units
from arts.leaderboard.store.configuration import digest, training_settings
from arts.leaderboard.store.display_names import display_fact
from arts.models.registry import model_card

LANGUAGE_MODEL = "language model"  # the family of models that are asked by prompts


class BoardEntry(Record):
    """One row of the board: a measured model, its scores, and how far they can be trusted.

    Args:
        key: Identifies the entry in links; reports with the same content have the same key.
        path: Path of the report's JSON file; None for the paper's scores.
        name: What the report calls the model.
        corpus: Name of the corpus on which the model was measured.
        checksum: SHA-256 of the content of the corpus's test split; empty for the paper's scores.
        units: Number of units in the test split.
        family: Kind of architecture, such as "recurrent"; "language model"; "other" for unregistered models.
        model: Registered name of the model; for other models, the path, Hub id or file name in the report.
        encoder: Pretrained encoder that the model was trained from; empty when there is none.
        intervention: Name of the intervention (a way of training for robustness); empty when there is none.
        seed: Random seed of training; None if there is none.
        kind: "zoo" for a model trained by this package, "language-model" for one that it asks by prompts,
            "custom" for any other model, "predictions" for a predictions file, "published" for the paper's
            scores.
        started: When the measurement began; None for the paper's scores.
        seconds: Duration of the measurement in seconds; None if unknown.
        train_seconds: Duration of training in seconds; None if unknown.
        parameters: Number of the model's parameters; None if unknown.
        accuracy, ars, macro_f1: Scores in percent, with 95% intervals; the paper gives no macro-F1.
        strategies: Accuracy on the variants in percent, keyed by the strategy that made them.
        invalid: Number of invalid answers, which count as wrong.
        invalid_share: Share of the answers that are invalid, in percent.
        prompt_spread: Lowest and highest ARS over the prompts that a language model was asked by; None for
            one prompt or for other models.
        tokens: Number of tokens that a language model read and wrote; None for other models.
        asking_seconds: Time that asking a language model took; None for other models.
        leaks: Number of training and dev sentences that are in the test split or nearly so, or of training
            sets with ARTS rows that the model's card names; None if nothing was compared.
        same_side: By how many points accuracy changes when clauses are added that agree with the target, as
            reported; None if it was not measured.
        status: How far the scores can be trusted.
        remark: What is wrong with the report, or the source of the paper's scores; otherwise empty.
        submission: What the submitter says of the model; None unless somebody submitted the results.
        as_reported: What the report has besides these scores that cannot be checked, such as a pattern gap.
        right_units: Which units have all instances right: one bit per unit, sorted by unit id, packed into
            bytes and written as base64. Empty without predictions.
        sentences: The number of each unit's sentence: 32-bit integers, sorted by unit id, written as base64.
            Empty if they are not known, or units are to be resampled: then tests are over units.
        predictions_checksum: SHA-256 of instance ids and predicted labels; empty without predictions.
        is_constant: Whether all predicted labels are the same.
        originals: Accuracy in percent on the originals that a strategy made variants of, keyed by the
            strategy; those that are not known are left out.
        settings: What the model was trained with, besides its seed: see
            `arts.leaderboard.store.configuration.training_settings`.
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
    invalid: Count = 0
    invalid_share: float = 0.0
    prompt_spread: tuple[float, float] | None = None
    tokens: int | None = None
    asking_seconds: float | None = None
    leaks: Count | None = None
    same_side: float | None = None
    status: Status
    remark: str = ""
    submission: Submission | None = None
    as_reported: tuple[str, ...] = ()
    right_units: str = ""
    sentences: str = ""
    predictions_checksum: str = ""
    is_constant: bool = False
    originals: dict[Strategy, float] = Field(default_factory=dict)
    settings: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def configuration(self) -> str:
        """A digest that entries share which are one model, trained on the same data, but for the seed."""
        return digest([self._made_of, self.settings])

    @property
    def model_configuration(self) -> str:
        """A digest that entries share which are one model, whatever it was trained on, but for the seed."""
        settings = {name: value for name, value in self.settings.items() if name != "trained_on"}
        return digest([self._made_of, settings])

    @property
    def _made_of(self) -> tuple[str, ...]:
        """Name, kind, model and intervention, the encoder unless a checksum stands for it; no file names."""
        encoder = "" if "encoder_checksum" in self.settings else self.encoder
        model = "" if self.kind == "predictions" else self.model
        return self.name, self.kind, model, encoder, self.intervention

    @property
    def label(self) -> str:
        """The name that pages show: "bert, seed 1", or "bert (paper)" for scores of the paper."""
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{self.name}{seed}" + (" (paper)" if self.status is Status.PUBLISHED else "")

    @property
    def has_predictions(self) -> bool:
        """Whether predictions lay beside the report when it was checked."""
        return bool(self.right_units)

    @property
    def report(self) -> Report:
        """The entry's report, read from disk, with its predictions if they lie beside it.

        Raises:
            DataError: The file is gone, or no longer a report.
            ArtsError: The entry shows the paper's scores, which have no report.
        """
        if self.path is None:
            raise ArtsError(f"{self.name}: figures of the paper have no report")
        return Report.load_unchecked(Path(self.path))

    def repeats(self, other: BoardEntry) -> bool:
        """Whether the other entry has the same report, or the same predictions for the same test split."""
        return any(identity in other.identities for identity in self.identities)

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """Pairs of texts by which repetitions are found: entries that share a pair repeat each other.

        They are ("key", `key`) and, if there are predictions, (`checksum`, `predictions_checksum`). Constant
        predictions are left out: many models give them.
        """
        if not self.predictions_checksum or self.is_constant:
            return (("key", self.key),)
        return ("key", self.key), (self.checksum, self.predictions_checksum)

    @property
    def wholly_right(self) -> npt.NDArray[np.uint8]:
        """Whether each unit is wholly right: an array (units,) of ones and zeros; only with predictions."""
        return encoded_units.decode_right_units(self.right_units, units=self.units)

    @property
    def unit_clusters(self) -> npt.NDArray[np.int32]:
        """The number of each unit's sentence, sorted by unit id; its own number if that is not known."""
        return encoded_units.decode_sentences(self.sentences, units=self.units)


def family_of(model: str) -> str:
    """The kind of architecture of a registered model; "other" for a name that is not registered.

    Example:
        >>> family_of("td-lstm"), family_of("mine.csv")
        ('recurrent', 'other')
    """
    card = model_card(model)
    return card.family if card else "other"


def entry_of(
    report: Report, path: Path | None = None, *, resample: Resample = Resample.SENTENCES
) -> BoardEntry:
    """Make the board entry of a report, and check its scores.

    Args:
        report: The report, with predictions if there are any.
        path: Path of the report's file; None if it is not on disk.
        resample: What intervals are to be over, see `shown_scores`.

    Raises:
        DataError: The report cannot be true, see `arts.evaluation.verification.verify`.
    """
    checked = verify(report, source=path or report.stem)
    scores = shown_scores(report, checked.scores, resample=resample)
    entry = _entry_with_scores(report, path, scores=scores, status=checked.status)
    entry = entry.model_copy(update={"remark": checked.remark, "as_reported": checked.as_reported})
    if not report.has_predictions:
        return entry
    by_sentences = resample is Resample.SENTENCES
    return entry.model_copy(
        update={
            "units": int(report.predictions.layout.units.max()) + 1,
            "right_units": encoded_units.encode_right_units(report.predictions),
            "sentences": encoded_units.encode_sentences(report.predictions) if by_sentences else "",
            "predictions_checksum": encoded_units.checksum_of(report.predictions),
            "is_constant": bool((report.predictions.labels == report.predictions.labels[0]).all()),
        }
    )


def shown_scores(report: Report, scores: Scores, *, resample: Resample) -> Scores:
    """The scores of a report with the intervals that the board shows.

    Args:
        report: The report, with predictions if there are any.
        scores: Its scores, as they were checked.
        resample: What intervals are to be over, if there are predictions and their sentences are known.
    """
    predictions = report.predictions if report.has_predictions else None
    if predictions is None or predictions.layout.sentences is None or scores.bootstrap.resample is resample:
        return scores
    return Scores.of(predictions, Bootstrap(resample=resample))


@lru_cache(maxsize=1 << 13)
def unchecked_entry(path: Path, fingerprint: str) -> BoardEntry:
    """Make the board entry of a report file with the scores that it claims; its predictions are not read.

    Args:
        path: Path of the report.
        fingerprint: A text that changes when the file does. Entries are kept in memory by path and
            fingerprint, so a changed file is read again.

    Raises:
        DataError: The file is not a report, or its scores contradict each other.
    """
    report = Report.load_without_predictions(path)
    check_quickly(report, source=path)
    return _entry_with_scores(report, path, scores=report, status=Status.UNCHECKED)


def _entry_with_scores(report: Report, path: Path | None, *, scores: Scores, status: Status) -> BoardEntry:
    """Make a board entry with the given scores and status, and everything else from the report."""
    model = report.model
    return BoardEntry(
        key=hashlib.sha256(report.model_dump_json().encode()).hexdigest()[:12],
        path=str(path) if path else None,
        name=report.name,
        corpus=report.dataset.name,
        checksum=report.dataset.checksum,
        units=report.dataset.units,
        family=LANGUAGE_MODEL if report.language_model else family_of(model.id),
        model=display_fact(model.id),
        encoder=display_fact(model.encoder or ""),
        intervention=display_fact(str((model.intervention or {}).get("name", ""))),
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
        originals={strategy: score.original.value for strategy, score in scores.strategies.items()},
        settings=training_settings(report),
        invalid=scores.invalid,
        prompt_spread=_prompt_spread(report),
        tokens=report.language_model.tokens if report.language_model else None,
        asking_seconds=report.language_model.facts.seconds if report.language_model else None,
        leaks=report.leaks.certain + len(report.leaks.named_sets) if report.leaks else None,
        same_side=report.same_side.change.value if report.same_side else None,
        invalid_share=round_half_up(100 * scores.invalid / max(report.dataset.instances, 1)),
        status=status,
        submission=report.submission,
    )


def _prompt_spread(report: Report) -> tuple[float, float] | None:
    """The lowest and the highest ARS over the prompts of a report; None if there are not several."""
    asked = report.language_model
    return (asked.ars.low, asked.ars.high) if asked and len(asked.prompts) > 1 else None
