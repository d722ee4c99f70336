"""The system under test: a predict function, and the metadata for the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from arts.data.corpus import Corpus, content_checksum
from arts.data.errors import ArtsError
from arts.data.schema import Instance, original_instances
from arts.data.support.arrays import FloatArray
from arts.evaluation.predictions import Predictions, cached_predictions_path
from arts.evaluation.report import ModelInfo
from arts.models.recipe import Start, TrainingProgress, TrainingRequest
from arts.models.record_names import OUTCOME

if TYPE_CHECKING:
    from arts.models.trained_models import TrainedModel

CHECKPOINT_PREFIX = "hf:"  # before the folder or Hub id of a saved checkpoint


class RobustTraining(Protocol):
    """A way of training that makes a model more robust: what evaluation needs of an intervention."""

    @property
    def name(self) -> str:
        """The name of the intervention."""

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The ADDDIFF templates that the model is trained with."""

    @property
    def holdout(self) -> tuple[str, ...]:
        """The ADDDIFF templates that are held out of training, to measure the pattern gap."""

    def settings(self) -> Mapping[str, Any]:
        """All settings of the intervention, for the report."""

    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """Train the requested model without looking at the test split."""


@dataclass(frozen=True)
class System:
    """A model that is ready to be measured.

    Args:
        info: metadata for the report.
        predict: function from n instances to probabilities (n, 3).
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
    """Load a model for measuring; train it on the corpus where it has to be trained.

    Args:
        model: any model that `arts.evaluation.benchmark.Benchmark.evaluate` takes.
        corpus: the corpus to measure on, whose training split the model is trained on.
        seed: random seed of training.
        start: pretrained starting point of training. Default: the default encoder.
        progress: called after each optimizer step.
        intervention: the way to train the model, if it is not the plain one.

    Raises:
        ArtsError: when the model is unknown, cannot be loaded or trained, or is not one that an intervention
            can train.
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
    """A model that is trained on the corpus or taken from the cache."""
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
    """(n, 3) the probabilities of a trained model for n instances, from the cache or newly predicted."""
    path = cached_predictions_path(model.key, content_checksum(instances))
    ids = tuple(instance.id for instance in instances)
    if path.is_file():
        cached = Predictions.load(path)
        if cached and cached.ids == ids and cached.probabilities is not None:
            return cached.probabilities
    probabilities = model.predict_proba(instances)
    Predictions.of(instances, probabilities.argmax(1), probabilities=probabilities).save(path)
    return probabilities


def _other_system(model: object, name: str, corpus: Corpus) -> System:
    """Any model but a registered `AspectModel`: a checkpoint, an address to import from, or an object."""
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
