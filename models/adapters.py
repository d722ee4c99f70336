"""Anything that can be measured, as a `Classifier`: classes, callables, scikit-learn, SetFit, pipelines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity
from arts.data.support.arrays import FloatArray

LABELS = tuple(Polarity)
_SHORT = {"pos": Polarity.POSITIVE, "neg": Polarity.NEGATIVE, "neu": Polarity.NEUTRAL}
SUM_TOLERANCE = 1e-3


@runtime_checkable
class Classifier(Protocol):
    """Anything that can be measured."""

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        """(n, 3) the probability of each polarity, columns in the order of `Polarity`."""


def as_classifier(model: object, *, train: Callable[[], Sequence[Instance]] = tuple) -> Classifier:
    """Wrap `model` so that it can be measured.

    Args:
        model: a `Classifier`; a class of one, made without arguments; a scikit-learn estimator over the
            texts of `render`, fitted on `train` when it is not fitted; a Hugging Face text-classification
            pipeline, asked with the sentence and the aspect as a pair; or a callable from a sequence of
            instances to labels (n,) or probabilities (n, 3). A SetFit model is asked with the texts of
            `render` too.
        train: gives original instances to fit on, should they be needed.

    Raises:
        ArtsError: when it is none of these, or its labels are not polarities.
    """
    if isinstance(model, type):
        return as_classifier(model(), train=train)
    if hasattr(model, "task") and hasattr(model, "tokenizer"):
        return _Pipeline(model)
    if hasattr(model, "model_body") and hasattr(model, "model_head"):
        return _SetFit(model)
    if hasattr(model, "get_params") and hasattr(model, "predict"):
        return _Estimator(model, train)
    if isinstance(model, Classifier):
        return model
    if callable(model):
        return _Function(model)
    raise ArtsError(
        f"{type(model).__name__} cannot be measured; expected predict_proba(instances), a scikit-learn "
        "estimator, a text-classification pipeline or a callable"
    )


def render(instance: Instance) -> str:
    """Sentence and aspect as one text, for models that take one.

    Example:
        >>> from arts.data.schema import Aspect, Sentence
        >>> soup = Aspect("soup", 4, 8, Polarity.POSITIVE)
        >>> render(next(Sentence("1", "The soup is hot.", (soup,)).instances()))
        'The soup is hot. [SEP] soup'
    """
    return f"{instance.text} [SEP] {instance.aspect.term}"


def checked(probabilities: object, count: int, name: str) -> FloatArray:
    """The probabilities as an array (count, 3).

    Raises:
        ArtsError: when they are not: another shape, not finite, negative, or rows that do not sum to 1.
    """
    try:
        array = np.asarray(probabilities, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArtsError(f"{name}: predictions are not numbers ({error})") from error
    if array.shape != (count, len(LABELS)):
        raise ArtsError(
            f"{name}: predictions have the shape {array.shape}; expected {(count, len(LABELS))}, "
            f"columns {', '.join(LABELS)}"
        )
    if not np.isfinite(array).all() or (array < 0).any():
        raise ArtsError(f"{name}: predictions hold negative or undefined numbers")
    if (abs(array.sum(axis=1) - 1) > SUM_TOLERANCE).any():
        raise ArtsError(f"{name}: predictions are not probabilities; expected rows that sum to 1")
    return array


def one_hot(labels: Sequence[Polarity]) -> FloatArray:
    """(n, 3) certainty of each label."""
    return np.eye(len(LABELS))[[LABELS.index(label) for label in labels]]


def polarity_of(label: object, name: str) -> Polarity:
    """The polarity that a model's label means: its name, or its first three letters, in any case.

    Raises:
        ArtsError: when it means none.
    """
    text = str(label).strip().lower()
    if text in _SHORT:
        return _SHORT[text]
    if text in LABELS:
        return Polarity(text)
    raise ArtsError(
        f'{name}: label "{label}" is no polarity; expected {", ".join(LABELS)} '
        "(rename the model's labels, e.g. config.id2label)"
    )


class _Function:
    def __init__(self, function: Callable[[Sequence[Instance]], Any]) -> None:
        self.function = function

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        answer = self.function(instances)
        if len(answer) and isinstance(answer[0], str):
            return one_hot([polarity_of(label, "callable") for label in answer])
        return np.asarray(answer)


class _Estimator:
    def __init__(self, estimator: Any, train: Callable[[], Sequence[Instance]]) -> None:
        from sklearn.base import clone
        from sklearn.exceptions import NotFittedError
        from sklearn.utils.validation import check_is_fitted

        try:
            check_is_fitted(estimator)
        except NotFittedError as error:
            instances = train()
            if not instances:
                raise ArtsError("the estimator is not fitted, and the dataset has no train split") from error
            estimator = clone(estimator).fit(
                [render(instance) for instance in instances],
                [str(instance.polarity) for instance in instances],
            )
        self.estimator = estimator

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        texts = [render(instance) for instance in instances]
        if not hasattr(self.estimator, "predict_proba"):
            labels = self.estimator.predict(texts)
            return one_hot([polarity_of(label, "estimator") for label in labels])
        columns = [LABELS.index(polarity_of(label, "estimator")) for label in self.estimator.classes_]
        probabilities = np.zeros((len(texts), len(LABELS)))
        probabilities[:, columns] = self.estimator.predict_proba(texts)
        return probabilities


class _SetFit:
    def __init__(self, model: Any) -> None:
        self.columns = [LABELS.index(polarity_of(label, "SetFit")) for label in model.labels or ()]
        if not self.columns:
            raise ArtsError("the SetFit model does not name its labels; expected SetFitModel(labels=[..])")
        self.model = model

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        probabilities = np.zeros((len(instances), len(LABELS)))
        answers = self.model.predict_proba([render(instance) for instance in instances], as_numpy=True)
        probabilities[:, self.columns] = answers
        return probabilities


class _Pipeline:
    def __init__(self, pipeline: Any) -> None:
        if pipeline.task != "text-classification":
            raise ArtsError(f"pipeline for {pipeline.task}; expected text-classification")
        for label in pipeline.model.config.id2label.values():
            polarity_of(label, "pipeline")
        self.pipeline = pipeline

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        pairs = [{"text": i.text, "text_pair": i.aspect.term} for i in instances]
        answers = self.pipeline(pairs, top_k=None, batch_size=32)
        probabilities = np.zeros((len(pairs), len(LABELS)))
        for row, scores in enumerate(answers):
            for score in scores:
                column = LABELS.index(polarity_of(score["label"], "pipeline"))
                probabilities[row, column] += score["score"]
        return probabilities
