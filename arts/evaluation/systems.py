"""What is measured: a model with what the report says of it, and how to ask it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arts.data.corpus import Corpus, content_checksum
from arts.data.errors import ArtsError
from arts.data.schema import Instance, originals
from arts.data.support.arrays import FloatArray
from arts.data.support.atomic import cache_home
from arts.evaluation.predictions import Predictions
from arts.evaluation.report import ModelInfo
from arts.interventions.base import OUTCOME

if TYPE_CHECKING:
    from arts.interventions.base import Intervention
    from arts.models.base import Progress, Start
    from arts.models.trained_models import ZooModel

CHECKPOINT = "hf:"


@dataclass(frozen=True)
class Subject:
    """A model to measure.

    Args:
        info: what it is.
        ask: gives (n, 3) probabilities of n instances.
    """

    info: ModelInfo
    ask: Callable[[Sequence[Instance]], FloatArray]


def subject_of(
    model: object,
    corpus: Corpus,
    *,
    seed: int = 1,
    start: Start | None = None,
    intervention: Intervention | None = None,
    progress: Progress | None = None,
) -> Subject:
    """Whatever can be measured; arguments as `arts.evaluation.benchmark.Benchmark.evaluate`.

    Raises:
        ArtsError: when it is unknown, cannot be loaded, trained or asked, or the intervention is not for it.
    """
    from arts.models.base import AspectModel
    from arts.models.registry import find

    name = model if isinstance(model, str) and ":" not in model else None
    found = find(name) if name else None
    if name and isinstance(found, type) and issubclass(found, AspectModel):
        return _zoo_subject(
            name, corpus, seed=seed, start=start, intervention=intervention, progress=progress
        )
    if intervention:
        raise ArtsError(f"--intervention {intervention.name} trains a model of the zoo; see `arts models`")
    named = model if isinstance(model, str) else getattr(model, "__name__", type(model).__name__)
    return _other_subject(found or model, named, corpus)


def _zoo_subject(
    name: str,
    corpus: Corpus,
    *,
    seed: int,
    start: Start | None,
    intervention: Intervention | None,
    progress: Progress | None,
) -> Subject:
    from arts.models.trained_models import trained

    if intervention:
        model = intervention.train(name, corpus, seed=seed, start=start, progress=progress)
    else:
        train, dev = originals(corpus.train), originals(corpus.dev)
        model = trained(name, train, dev, seed=seed, start=start, progress=progress)
    info = ModelInfo(
        kind="zoo",
        id=name,
        checksum=model.checksum,
        parameters=model.parameters,
        intervention={
            "name": intervention.name,
            **intervention.settings(),
            **model.record.get(OUTCOME, {}),
        }
        if intervention
        else None,
        **{k: v for k, v in model.record.items() if k not in ("name", "epoch", "curve", OUTCOME)},
    )
    return Subject(info, lambda instances: _remembered(model, instances))


def _remembered(model: ZooModel, instances: Sequence[Instance]) -> FloatArray:
    """The answers of a trained model, asked once and kept in the cache."""
    path = cache_home() / "predictions" / f"{model.key}-{content_checksum(instances)[:16]}.parquet"
    ids = tuple(instance.id for instance in instances)
    if path.is_file():
        kept = Predictions.load(path)
        if kept and kept.ids == ids and kept.probabilities is not None:
            return kept.probabilities
    probabilities = model.predict_proba(instances)
    Predictions.of(instances, probabilities.argmax(1), probabilities).save(path)
    return probabilities


def _other_subject(model: object, name: str, corpus: Corpus) -> Subject:
    """A checkpoint, what a place in a module names, or an object; estimators are fitted on the originals."""
    from arts.models.adapters import as_classifier, checked
    from arts.models.registry import load_object

    checksum = None
    if isinstance(model, str) and model.startswith(CHECKPOINT):
        from arts.models.checkpoints import load_checkpoint

        classifier, checksum = load_checkpoint(model.removeprefix(CHECKPOINT))
    else:
        found = load_object(model) if isinstance(model, str) else model
        classifier = as_classifier(found, train=lambda: originals(corpus.train))

    def ask(instances: Sequence[Instance]) -> FloatArray:
        return checked(classifier.predict_proba(instances), len(instances), name)

    return Subject(ModelInfo(kind="custom", id=name, checksum=checksum), ask)
