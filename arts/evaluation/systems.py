"""The system under test: any kind of model, loaded or trained, as a predict function with metadata."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from arts.data.corpus import Corpus, content_checksum
from arts.data.errors import ArtsError, DataError
from arts.data.schema import Instance, Split
from arts.data.support.arrays import FloatArray
from arts.evaluation.predictions import Predictions, cached_predictions_path
from arts.evaluation.report_record import ModelInfo, chosen_epoch
from arts.leaks.leak_check import LeakCheck
from arts.leaks.model_cards import named_sets
from arts.leaks.training_data import TrainingData
from arts.models.own_code import own_code
from arts.models.recipe import Start, TrainingProgress, TrainingRequest
from arts.models.record_names import OUTCOME
from arts.models.token_limits import truncation_remarks

if TYPE_CHECKING:
    from arts.models.trained_models import TrainedModel

logger = logging.getLogger(__name__)

ALL_LEAK = "all its sentences are in the test split, and --leaks drop leaves them out"
CHECKPOINT_PREFIX = "hf:"  # precedes the folder or Hub id of a saved checkpoint


class RobustTraining(Protocol):
    """What evaluation uses of an intervention, which is a way of training that makes models robust."""

    @property
    def name(self) -> str:
        """The name of the intervention."""

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates that the model is trained with."""

    @property
    def holdout(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates that are held out of training, to measure the pattern gap."""

    def settings(self) -> Mapping[str, Any]:
        """All settings of the intervention as JSON values, keyed by name, for the report."""

    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """Train the requested model on the corpus, without using its test split."""


@dataclass(frozen=True)
class System:
    """A model that is ready to be measured.

    Args:
        info: metadata for the report.
        predict: function that maps n instances to probabilities, an array (n, 3).
        leaks: what of its training data is in the test split; None if that cannot be compared.
    """

    info: ModelInfo
    predict: Callable[[Sequence[Instance]], FloatArray]
    leaks: LeakCheck | None = None


def load_system(
    model: object,
    data: TrainingData,
    *,
    seed: int = 1,
    start: Start | None = None,
    progress: TrainingProgress | None = None,
    intervention: RobustTraining | None = None,
) -> System:
    """Load a model so that it can be measured, after training it on the corpus if it has to be trained.

    Args:
        model: the name of a registered model; ``hf:`` followed by the folder or Hub id of a checkpoint; the
            import path ``package.module:attribute`` of a model; or an object, such as a `Classifier`.
        data: the corpus to measure on, whose training and dev splits are used for training; it collects what
            the model is trained on.
        seed: random seed of training.
        start: pretrained starting point of training. Default: the default encoder.
        progress: called after each optimizer step.
        intervention: the way to train the model. Default: plain training on the originals.

    Raises:
        ArtsError: when the model is unknown, or cannot be loaded or trained; or when an intervention is
            given for a model that is not trained here.
    """
    registered = None
    if isinstance(model, str) and ":" not in model:
        from arts.models.base import AspectModel  # imports torch, which a model of the user may not need
        from arts.models.registry import find_model

        registered = find_model(model)
        if isinstance(registered, type) and issubclass(registered, AspectModel):
            request = TrainingRequest(model, seed, start or Start(), progress, data.observe)
            return _trained_system(request, data, intervention)
    if intervention:
        raise ArtsError(
            f"--intervention {intervention.name} trains a model that `arts models` lists; expected one of "
            "them"
        )
    label = model if isinstance(model, str) else getattr(model, "__name__", type(model).__name__)
    return _other_system(registered or model, label, data)


def _trained_system(
    request: TrainingRequest, data: TrainingData, intervention: RobustTraining | None
) -> System:
    """Train a model of the zoo on the corpus, or load it from the cache.

    Args:
        request: the model's name, seed and starting point.
        data: the corpus; it collects what the model is trained on.
        intervention: the way to train the model. None: plain training on the originals.
    """
    from arts.models.trained_models import train_or_load

    data.measured.check_training_splits("--train-from takes both from another corpus")
    data.corpus.check_training_splits(ALL_LEAK)
    train, dev = data.originals(Split.TRAIN), data.originals(Split.DEV)
    if intervention:
        model = intervention.train(request, data.corpus)
        settings = {"name": intervention.name, **intervention.settings(), **model.record.get(OUTCOME, {})}
    else:
        model, settings = train_or_load(request, train=train, dev=dev), None
    unreported = ("name", "epoch", "curve", "instances", "step_seconds", OUTCOME)
    model = _with_truncated(model, data.measured)
    for remark in model.remarks:
        logger.warning("%s: %s", request.model, remark)
    info = ModelInfo(
        kind="zoo",
        id=request.model,
        checksum=model.checksum,
        parameters=model.parameters,
        intervention=settings,
        epoch_choice=chosen_epoch(model.record.get("recipe", {})),
        **{key: value for key, value in model.record.items() if key not in unreported},
    )
    return System(info, lambda instances: _cached_predictions(model, instances), data.check())


def _with_truncated(model: TrainedModel, corpus: Corpus) -> TrainedModel:
    """Add to the record of a model how many instances of the test split it truncates."""
    test = model.inputs.count_truncated(corpus.test)
    return replace(
        model, record={**model.record, "truncated": {**model.record.get("truncated", {}), "test": test}}
    )


def _cached_predictions(model: TrainedModel, instances: Sequence[Instance]) -> FloatArray:
    """The probabilities (n, 3) that a model gives for n instances, predicted unless they are in the cache."""
    from arts.models.cache_keys import cache_key
    from arts.models.runtime import numerical_environment

    environment = cache_key("in", numerical_environment())
    path = cached_predictions_path(model.key, content_checksum(instances), environment)
    ids = tuple(instance.id for instance in instances)
    if path.is_file():
        try:
            cached = Predictions.load(path, instances)
        except DataError as error:
            logger.warning("%s; these predictions of the cache are made again", error)
        else:
            if cached and cached.ids == ids and cached.probabilities is not None:
                return cached.probabilities
    probabilities = model.predict_proba(instances)
    Predictions.of(instances, probabilities.argmax(1), probabilities=probabilities).save(path)
    return probabilities


def _other_system(model: object, name: str, data: TrainingData) -> System:
    """Load a model that this package does not train; only an unfitted scikit-learn estimator is fitted.

    Args:
        model: ``hf:`` followed by the folder or Hub id of a checkpoint; the import path
            ``package.module:attribute`` of a model; or an object, such as a `Classifier`.
        name: name of the model, for the report and error messages.
        data: the corpus, whose training split an unfitted estimator is fitted on.
    """
    from arts.models.adapters import absent_polarities, as_classifier, check_probabilities
    from arts.models.registry import load_own_object

    corpus = data.measured
    checksum, facts, leaks = None, dict[str, Any](epoch_choice="unknown"), None
    if isinstance(model, str) and model.startswith(CHECKPOINT_PREFIX):
        from arts.models.checkpoints import load_checkpoint
        from arts.models.trained_models import TrainedModel

        place = model.removeprefix(CHECKPOINT_PREFIX)
        classifier, checksum = load_checkpoint(place, labels=corpus.labels)
        leaks = _leaks_by_card(place)
        if isinstance(classifier, TrainedModel):
            classifier = _with_truncated(classifier, corpus)
            facts = {
                key: classifier.record[key]
                for key in ("truncated", "random_weights")
                if key in classifier.record
            }
            facts["epoch_choice"] = chosen_epoch(classifier.record.get("recipe", {}))
            for remark in classifier.remarks:
                logger.warning("%s: %s", name, remark)
    else:
        loaded = load_own_object(model) if isinstance(model, str) else model
        classifier = as_classifier(
            loaded, train=lambda: data.originals(Split.TRAIN), labels=corpus.labels, name=name
        )
    if hasattr(classifier, "count_truncated"):
        facts["truncated"] = {"test": classifier.count_truncated(corpus.test)}
        for remark in truncation_remarks(facts["truncated"]):
            logger.warning("%s: %s", name, remark)
    if absent := absent_polarities(classifier):
        logger.warning("%s: has no class for %s, and never predicts it", name, ", ".join(absent))

    def predict(instances: Sequence[Instance]) -> FloatArray:
        with own_code(f"{name}: predicting"):
            predicted = classifier.predict_proba(instances)
            return check_probabilities(predicted, len(instances), name=name)

    info = ModelInfo(kind="custom", id=name, checksum=checksum, **facts)
    return System(info, predict, leaks or data.check())


def _leaks_by_card(place: str) -> LeakCheck | None:
    """The training sets that a checkpoint's card names and that leak; they are warned of. None for none.

    Args:
        place: folder or Hub id of the checkpoint.
    """
    from arts.models.encoders import encoder_folder

    sets = named_sets(encoder_folder(place, "model"))
    for name, holds in sets.items():
        logger.warning(
            "%s: its card names %s, which holds %s; if it was trained or selected on them, it has seen them",
            *(place, name, holds),
        )
    return LeakCheck(named_sets=tuple(sets)) if sets else None
