"""Adapters that give callables, scikit-learn and SetFit models, and pipelines the `Classifier` interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity
from arts.data.support.arrays import FloatArray

LABELS = tuple(Polarity)
_ABBREVIATIONS = {"pos": Polarity.POSITIVE, "neg": Polarity.NEGATIVE, "neu": Polarity.NEUTRAL}
SUM_TOLERANCE = 1e-3  # largest accepted difference between 1 and the sum of a row of probabilities


@runtime_checkable
class Classifier(Protocol):
    """The interface that a model needs to be measured: it predicts the polarity of each instance's aspect."""

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        """The probability of each polarity for n instances: an array (n, 3) in the order of `Polarity`."""


def as_classifier(model: object, *, train: Callable[[], Sequence[Instance]] = tuple) -> Classifier:
    """Turn a model of any supported kind into a `Classifier`, so that it can be measured.

    Args:
        model: one of the following objects, or a class that creates one when called without arguments:
            a `Classifier`, which is returned unchanged;
            a scikit-learn estimator or a SetFit model, which gets sentence and aspect as one text, joined
            by `text_with_aspect`;
            a Hugging Face text-classification pipeline, which gets sentence and aspect as a pair of texts;
            a callable that maps n instances to their n labels, or to an array (n, 3) of probabilities.
        train: function that returns the original training instances. It is called only if the model is a
            scikit-learn estimator that is not fitted yet, to fit a clone of it.

    Raises:
        ArtsError: when the model is none of these, or its labels are not polarities.
    """
    if isinstance(model, type):
        return as_classifier(model(), train=train)
    if hasattr(model, "task") and hasattr(model, "tokenizer"):
        return _PipelineClassifier(model)
    if hasattr(model, "model_body") and hasattr(model, "model_head"):
        return _SetFitClassifier(model)
    if hasattr(model, "get_params") and hasattr(model, "predict"):
        return _EstimatorClassifier(model, train)
    if isinstance(model, Classifier):
        return model
    if callable(model):
        return _FunctionClassifier(model)
    raise ArtsError(
        f"{type(model).__name__} cannot be measured; expected predict_proba(instances), a scikit-learn "
        "estimator, a text-classification pipeline or a callable"
    )


def text_with_aspect(instance: Instance) -> str:
    """Join the sentence and the aspect of an instance by ``[SEP]``, for models that read a single text.

    Example:
        >>> from arts.data.schema import Aspect, Polarity, Sentence
        >>> soup = Aspect("soup", 4, 8, Polarity.POSITIVE)
        >>> text_with_aspect(next(Sentence("1", "The soup is hot.", (soup,)).instances()))
        'The soup is hot. [SEP] soup'
    """
    return f"{instance.text} [SEP] {instance.aspect.term}"


def check_probabilities(probabilities: object, count: int, *, name: str) -> FloatArray:
    """Check that a model returned probabilities, and convert them to an array (count, 3).

    Args:
        probabilities: what the model's `predict_proba` returned.
        count: the number of instances.
        name: the name of the model, for error messages.

    Raises:
        ArtsError: when the shape is not (count, 3), a number is negative or not finite, or the sum of a row
            is not 1 (within 0.001).
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


def one_hot_probabilities(labels: Sequence[Polarity]) -> FloatArray:
    """Turn n labels into probabilities: an array (n, 3) with 1 for the label of each row, otherwise 0."""
    return np.eye(len(LABELS))[[LABELS.index(label) for label in labels]]


def parse_polarity(label: object, name: str) -> Polarity:
    """The polarity that a label stands for: its full name, or ``pos``, ``neg`` or ``neu``, in any case.

    Args:
        label: a label that a model returned, or that its configuration declares.
        name: the kind of model, such as ``pipeline``, for the error message.

    Raises:
        ArtsError: when the label is not the name of a polarity.
    """
    text = str(label).strip().lower()
    if text in _ABBREVIATIONS:
        return _ABBREVIATIONS[text]
    if text in LABELS:
        return Polarity(text)
    raise ArtsError(
        f'{name}: label "{label}" is no polarity; expected {", ".join(LABELS)} '
        "(rename the model's labels, e.g. config.id2label)"
    )


class _FunctionClassifier:
    """Makes a `Classifier` of a callable that returns labels or probabilities."""

    def __init__(self, function: Callable[[Sequence[Instance]], Any]) -> None:
        self.function = function

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        predictions = self.function(instances)
        if len(predictions) and isinstance(predictions[0], str):
            return one_hot_probabilities([parse_polarity(label, "callable") for label in predictions])
        return np.asarray(predictions)


class _EstimatorClassifier:
    """Makes a `Classifier` of a scikit-learn estimator that reads texts.

    Args:
        estimator: the estimator. If it is not fitted, a clone of it is fitted.
        train: function that returns the training instances for fitting.

    Raises:
        ArtsError: when the estimator is not fitted and there are no training instances.
    """

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
                [text_with_aspect(instance) for instance in instances],
                [str(instance.polarity) for instance in instances],
            )
        self.estimator = estimator

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        texts = [text_with_aspect(instance) for instance in instances]
        if not hasattr(self.estimator, "predict_proba"):
            labels = self.estimator.predict(texts)
            return one_hot_probabilities([parse_polarity(label, "estimator") for label in labels])
        columns = [LABELS.index(parse_polarity(label, "estimator")) for label in self.estimator.classes_]
        probabilities = np.zeros((len(texts), len(LABELS)))
        probabilities[:, columns] = self.estimator.predict_proba(texts)
        return probabilities


class _SetFitClassifier:
    """Makes a `Classifier` of a SetFit model; raises `ArtsError` if the model does not name its labels."""

    def __init__(self, model: Any) -> None:
        self.columns = [LABELS.index(parse_polarity(label, "SetFit")) for label in model.labels or ()]
        if not self.columns:
            raise ArtsError("the SetFit model does not name its labels; expected SetFitModel(labels=[..])")
        self.model = model

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        probabilities = np.zeros((len(instances), len(LABELS)))
        texts = [text_with_aspect(instance) for instance in instances]
        probabilities[:, self.columns] = self.model.predict_proba(texts, as_numpy=True)
        return probabilities


class _PipelineClassifier:
    """Makes a `Classifier` of a text-classification pipeline, which gets pairs of sentence and aspect."""

    def __init__(self, pipeline: Any) -> None:
        if pipeline.task != "text-classification":
            raise ArtsError(f"pipeline for {pipeline.task}; expected text-classification")
        for label in pipeline.model.config.id2label.values():
            parse_polarity(label, "pipeline")
        self.pipeline = pipeline

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        pairs = [{"text": i.text, "text_pair": i.aspect.term} for i in instances]
        probabilities = np.zeros((len(pairs), len(LABELS)))
        for row, scores in enumerate(self.pipeline(pairs, top_k=None, batch_size=32)):
            for score in scores:
                column = LABELS.index(parse_polarity(score["label"], "pipeline"))
                probabilities[row, column] += score["score"]
        return probabilities
