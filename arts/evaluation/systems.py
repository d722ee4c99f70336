"""The system under test: a predict function, and what the report says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from arts.data.corpus import Corpus, content_checksum
from arts.data.errors import ArtsError
from arts.data.schema import Instance, original_instances
from arts.data.support.arrays import FloatArray
from arts.data.support.atomic import cache_home
from arts.evaluation.predictions import Predictions
from arts.evaluation.report import ModelInfo
from arts.models.recipe import Start, TrainingProgress, TrainingRequest
from arts.models.record_names import OUTCOME

if TYPE_CHECKING:
    from arts.models.trained_models import TrainedModel

CHECKPOINT_PREFIX = "hf:"  # of the name of a saved checkpoint, before its folder or Hub id


class RobustTraining(Protocol):
    """Another way to train a model: what `arts.interventions.base.Intervention` is to the evaluation."""

    @property
    def name(self) -> str:
        """The name of the intervention."""

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """ADDDIFF templates that are trained with."""

    @property
    def holdout(self) -> tuple[str, ...]:
        """ADDDIFF templates that are left out of training, to measure the pattern gap on."""

    def settings(self) -> Mapping[str, Any]:
        """Everything that it depends on, for the report."""

    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """The model that is asked for; test data is not looked at."""


@dataclass(frozen=True)
class System:
    """A model to measure.

    Args:
        info: what the report says of it.
        predict: gives the (n, 3) probabilities of n instances.
    """

    info: ModelInfo
    predict: Callable[[Sequence[Instance]], FloatArray]


def load_system(
    model: object,
    corpus: Corpus,
    *,
    seed: int = 1,
    start: Start | None = None,
    progress: TrainingProgress | None = None,
    intervention: RobustTraining | None = None,
) -> System:
    """Whatever can be measured, ready to predict.

    Args:
        model: as for `arts.evaluation.benchmark.Benchmark.evaluate`.
        corpus: the corpus to measure on, and to train on where the model has to be trained.
        seed: random seed of training.
        start: the starting point of training; by default the default encoder.
        progress: called as training goes on.
        intervention: another way to train the model.

    Raises:
        ArtsError: when the model is unknown, cannot be loaded or trained, or the intervention is not for it.
    """
    from arts.models.base import AspectModel
    from arts.models.registry import find_model

    name = model if isinstance(model, str) and ":" not in model else None
    registered = find_model(name) if name else None
    if name and isinstance(registered, type) and issubclass(registered, AspectModel):
        request = TrainingRequest(name, seed, start or Start(), progress)
        return _trained_system(request, corpus, intervention)
    if intervention:
        raise ArtsError(f"--intervention {intervention.name} trains a model of the zoo; see `arts models`")
    label = model if isinstance(model, str) else getattr(model, "__name__", type(model).__name__)
    return _other_system(registered or model, label, corpus)


def _trained_system(request: TrainingRequest, corpus: Corpus, intervention: RobustTraining | None) -> System:
    from arts.models.trained_models import train_or_load

    if intervention:
        model = intervention.train(request, corpus)
        settings = {"name": intervention.name, **intervention.settings(), **model.record.get(OUTCOME, {})}
    else:
        train, dev = original_instances(corpus.train), original_instances(corpus.dev)
        model, settings = train_or_load(request, train=train, dev=dev), None
    unreported = ("name", "epoch", "curve", OUTCOME)
    info = ModelInfo(
        kind="zoo",
        id=request.model,
        checksum=model.checksum,
        parameters=model.parameters,
        intervention=settings,
        **{key: value for key, value in model.record.items() if key not in unreported},
    )
    return System(info, lambda instances: _cached_predictions(model, instances))


def _cached_predictions(model: TrainedModel, instances: Sequence[Instance]) -> FloatArray:
    """The (n, 3) probabilities of a trained model, predicted once and kept in the cache."""
    path = cache_home() / "predictions" / f"{model.key}-{content_checksum(instances)[:16]}.parquet"
    ids = tuple(instance.id for instance in instances)
    if path.is_file():
        cached = Predictions.load(path)
        if cached and cached.ids == ids and cached.probabilities is not None:
            return cached.probabilities
    probabilities = model.predict_proba(instances)
    Predictions.of(instances, probabilities.argmax(1), probabilities=probabilities).save(path)
    return probabilities


def _other_system(model: object, name: str, corpus: Corpus) -> System:
    """A checkpoint, what ``package.module:attribute`` names, or an object; estimators are fitted."""
    from arts.models.adapters import as_classifier, check_probabilities
    from arts.models.registry import load_object

    checksum = None
    if isinstance(model, str) and model.startswith(CHECKPOINT_PREFIX):
        from arts.models.checkpoints import load_checkpoint

        classifier, checksum = load_checkpoint(model.removeprefix(CHECKPOINT_PREFIX))
    else:
        loaded = load_object(model) if isinstance(model, str) else model
        classifier = as_classifier(loaded, train=lambda: original_instances(corpus.train))

    def predict(instances: Sequence[Instance]) -> FloatArray:
        return check_probabilities(classifier.predict_proba(instances), len(instances), name=name)

    return System(ModelInfo(kind="custom", id=name, checksum=checksum), predict)
