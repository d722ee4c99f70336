"""What a report holds: scores, dataset, model and provenance, with the predictions that gave the scores."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, SerializerFunctionWrapHandler, model_serializer

from arts.data.errors import ArtsError
from arts.data.support.record import Count, Integer, JsonValue, Record
from arts.evaluation.adddiff_probes import AddDiffCurve, PatternGap
from arts.evaluation.language_model_record import LanguageModelInfo
from arts.evaluation.predictions import Predictions
from arts.evaluation.probe_scores import ProbeScore, SwapScore
from arts.evaluation.scores import Floor, Scores
from arts.evaluation.submission import Submission
from arts.leaks.leak_check import LeakCheck
from arts.provenance import (
    EVALUATION_LIBRARIES,
    PACKAGE,
    Clock,
    library_versions,
    machine_description,
    process_environment,
)

if TYPE_CHECKING:
    from arts.data.corpus import Corpus

SCHEMA_VERSION: Literal["1.0"] = "1.0"
EpochChoice = Literal["dev", "last", "unknown"]
EPOCH_CHOICES: Mapping[EpochChoice, str] = {
    "dev": "the best on the dev split",
    "last": "the last one, without a choice",
    "unknown": "not known how chosen",
}


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

    @classmethod
    def of(cls, corpus: Corpus) -> Self:
        """The facts about a corpus."""
        return cls(
            name=corpus.name,
            checksum=corpus.checksum,
            units=len({instance.unit for instance in corpus.test}),
            instances=len(corpus.test),
            conflict=corpus.notes.conflict,
            repaired=tuple(corpus.notes.repaired),
            left_out=corpus.notes.left_out,
            files=dict(corpus.files),
        )


class ModelInfo(Record):
    """The model that was measured, and how it was trained. Fields that are not known are None or empty.

    Args:
        kind: "zoo" for a model that this package trained, "language-model" for one that is asked by prompts,
            "custom" for any other model, "predictions" for a file of predictions.
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
        labels: what labels of the model, the predictions or the corpus that do not name a polarity were said
            to stand for.
        epoch_choice: how the epoch was chosen whose weights are measured: "dev" for the best one on the dev
            split, "last" for the last one, "unknown" for a model or predictions that were made elsewhere.
            None in reports from before this was recorded, and for what has no epochs; see `chosen_epoch`.
    """

    kind: Literal["zoo", "language-model", "custom", "predictions"]
    id: str
    checksum: str | None = None
    seed: Count | None = None
    encoder: str | None = None
    encoder_checksum: str | None = None
    extras: dict[str, str | None] = Field(default_factory=dict)
    parameters: Count | None = None
    intervention: dict[str, JsonValue] | None = None
    recipe: dict[str, float | None] = Field(default_factory=dict)
    train_seconds: float | None = None
    environment: dict[str, str | Integer] = Field(default_factory=dict)
    variants: dict[str, str | None] = Field(default_factory=dict)
    truncated: dict[str, Count] = Field(default_factory=dict)
    random_weights: tuple[str, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    epoch_choice: EpochChoice | None = None

    @model_serializer(mode="wrap")
    def _without_empty_fields(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields; later ones only if they say something, so that other reports are as they have been."""
        fields: dict[str, Any] = serialize(self)
        later = ("labels", "epoch_choice")
        return {name: value for name, value in fields.items() if value or name not in later}

    @property
    def chosen_epoch(self) -> EpochChoice:
        """How the epoch was chosen: as recorded or, in older reports, as the recipe says."""
        return self.epoch_choice or chosen_epoch(self.recipe)


def chosen_epoch(recipe: Mapping[str, float | None]) -> EpochChoice:
    """How a recipe chooses the epoch: by the dev split if it has a patience, else the last one.

    Example:
        >>> chosen_epoch({"patience": None}), chosen_epoch({"patience": 2}), chosen_epoch({})
        ('last', 'dev', 'unknown')
    """
    if "patience" not in recipe:
        return "unknown"
    return "last" if recipe["patience"] is None else "dev"


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
    environment: dict[str, str | Integer] = Field(default_factory=dict)

    @classmethod
    def of(cls, clock: Clock) -> Provenance:
        """The provenance of a measurement on this machine that began when the clock was started."""
        return cls(
            arts=library_versions([PACKAGE])[PACKAGE],
            python=platform.python_version(),
            platform=machine_description(),
            libraries=library_versions(EVALUATION_LIBRARIES),
            started=clock.started,
            seconds=round(clock.seconds, 2),
            environment=process_environment(),
        )


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


class ReportRecord(Scores, Header):
    """The fields of a report, and its predictions.

    Args:
        adddiff_curve: accuracy by number of aspects that ADDDIFF adds; None if it was not measured.
        pattern_gap: accuracy on ADDDIFF variants by templates seen in training and by held-out templates;
            None if it was not measured.
        same_side: accuracy where clauses are added that agree with the label; None if it was not measured.
        aspect_masked: accuracy where the aspect term is masked; None if it was not measured.
        aspect_swapped: how the answer differs between the aspects of a sentence; None if it was not measured.
        floors: the scores of predictors that do not read what is said of the target, for comparison; empty in
            reports of earlier versions.
        language_model: how a language model was asked; None for other models.
        leaks: which sentences that the model was trained on or selected by are in the test split; None if
            they were not compared.
        submission: what the submitter says of the model; None unless somebody submitted the results.
    """

    adddiff_curve: AddDiffCurve | None = None
    pattern_gap: PatternGap | None = None
    same_side: ProbeScore | None = None
    aspect_masked: ProbeScore | None = None
    aspect_swapped: SwapScore | None = None
    floors: tuple[Floor, ...] = ()
    language_model: LanguageModelInfo | None = None
    leaks: LeakCheck | None = None
    submission: Submission | None = None
    absent_when_empty: ClassVar[tuple[str, ...]] = (
        "invalid",
        "language_model",
        "same_side",
        "aspect_masked",
        "aspect_swapped",
        "floors",
        "leaks",
        "submission",
    )
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
