"""Adapters that give callables, scikit-learn and SetFit models, and pipelines the `Classifier` interface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from arts.data.errors import ArtsError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.schema import Instance, Polarity
from arts.data.support.arrays import FloatArray
from arts.models.own_code import own_code
from arts.models.returned_values import LABELS, as_array, as_numbers, column_positions, in_columns
from arts.models.token_limits import most_tokens

BATCH_SIZE = 32
SUM_TOLERANCE = 1e-3  # largest accepted difference between 1 and the sum of a row of probabilities
_UNFIT = "{}: fitting raised {}: {}; the estimator gets texts, so put a vectorizer before it"


@runtime_checkable
class Classifier(Protocol):
    """The interface that a model needs to be measured: it predicts the polarity of each instance's aspect."""

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        """The probability of each polarity for n instances: an array (n, 3) in the order of `Polarity`."""


def as_classifier(
    model: object,
    *,
    train: Callable[[], Sequence[Instance]] = tuple,
    labels: LabelNames = NO_NAMES,
    name: str | None = None,
) -> Classifier:
    """Turn a model of any supported kind into a `Classifier`, so that it can be measured.

    What a label means is decided by its name, never by its number or place.

    Args:
        model: one of the following objects, or a class that creates one when called without arguments:
            a `Classifier`, which is returned unchanged, unless it has ``classes_``, which name its columns;
            a scikit-learn estimator or a SetFit model, which gets sentence and aspect as one text, joined
            by `text_with_aspect`;
            a Hugging Face text-classification pipeline, which gets sentence and aspect as a pair of texts;
            a callable that maps n instances to their n labels, or to an array (n, 3) of probabilities.
        train: function that returns the original training instances. It is called only if the model is a
            scikit-learn estimator that is not fitted yet, to fit a clone of it.
        labels: what labels of the model that do not name a polarity stand for.
        name: the name of the model, for error messages. Default: what kind of model it is.

    Raises:
        ArtsError: when the model is none of these, or its labels are not polarities.
    """
    if isinstance(model, type):
        with own_code(f"{name or model.__name__}: creating {model.__name__}()"):
            created = model()
        return as_classifier(created, train=train, labels=labels, name=name)
    if hasattr(model, "task") and hasattr(model, "tokenizer"):
        return _PipelineClassifier(model, _ModelLabels(name or "pipeline", labels))
    if hasattr(model, "model_body") and hasattr(model, "model_head"):
        return _SetFitClassifier(model, _ModelLabels(name or "SetFit", labels))
    if hasattr(model, "get_params") and hasattr(model, "predict"):
        return _EstimatorClassifier(model, train, labels=_ModelLabels(name or "estimator", labels))
    if isinstance(model, Classifier):
        names = _ModelLabels(name or type(model).__name__, labels)
        return _NamedColumns(model, names) if hasattr(model, "classes_") else model
    if callable(model):
        return _FunctionClassifier(model, _ModelLabels(name or "callable", labels))
    raise ArtsError(
        f"{name or type(model).__name__} cannot be measured; expected predict_proba(instances), a "
        "scikit-learn estimator, a text-classification pipeline or a callable"
    )


def absent_polarities(classifier: Classifier) -> tuple[Polarity, ...]:
    """The polarities that a classifier never predicts, since none of its classes stands for them.

    Empty if all have a class, or it is not known which classes there are.
    """
    columns = getattr(classifier, "columns", None)
    return tuple(label for k, label in enumerate(LABELS) if k not in columns) if columns else ()


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
    array = as_numbers(as_array(probabilities, count, name=name), name=name)
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


@dataclass(frozen=True)
class _ModelLabels:
    """The labels of a model.

    Args:
        model: the name or the kind of the model, for error messages.
        names: what labels that do not name a polarity stand for.
    """

    model: str
    names: LabelNames

    def columns(self, labels: Iterable[object]) -> list[int]:
        """The place in `Polarity` of each label."""
        return column_positions(labels, self.names, name=self.model)

    def one_hot(self, labels: Sequence[object], count: int) -> FloatArray:
        """Probabilities (count, 3) with 1 for the polarity of the label of each instance."""
        columns = self.columns(labels)
        if len(columns) != count:
            raise ArtsError(f"{self.model}: {len(columns)} labels for {count} instances")
        return np.eye(len(LABELS))[columns]

    def in_columns(self, probabilities: object, columns: Sequence[int], *, count: int) -> FloatArray:
        """Probabilities (count, k) with their columns in the order of `Polarity`: an array (count, 3)."""
        return in_columns(probabilities, columns, count=count, name=self.model)


class _NamedColumns:
    """Makes a `Classifier` of one whose ``classes_`` name its columns."""

    def __init__(self, classifier: Any, labels: _ModelLabels) -> None:
        self.classifier, self.labels = classifier, labels

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        probabilities = self.classifier.predict_proba(instances)
        return self.labels.in_columns(probabilities, self.columns, count=len(instances))

    @property
    def columns(self) -> list[int]:
        """The place in `Polarity` of each class."""
        with own_code(f"{self.labels.model}: reading classes_"):
            return self.labels.columns(self.classifier.classes_)


class _FunctionClassifier:
    """Makes a `Classifier` of a callable that returns labels or probabilities."""

    def __init__(self, function: Callable[[Sequence[Instance]], Any], labels: _ModelLabels) -> None:
        self.function, self.labels = function, labels

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        count, labels = len(instances), self.labels
        array = as_array(self.function(instances), count, name=labels.model, labels=labels.names)
        return labels.one_hot(array.tolist(), count) if array.ndim == 1 else array


class _EstimatorClassifier:
    """Makes a `Classifier` of a scikit-learn estimator that reads texts.

    Args:
        estimator: the estimator. If it is not fitted, a clone of it is fitted.
        train: function that returns the training instances for fitting.
        labels: the meaning of its labels.

    Raises:
        ArtsError: when the estimator is not fitted and there are no training instances.
    """

    def __init__(
        self, estimator: Any, train: Callable[[], Sequence[Instance]], *, labels: _ModelLabels
    ) -> None:
        from sklearn.base import clone
        from sklearn.exceptions import NotFittedError
        from sklearn.utils.validation import check_is_fitted

        try:
            check_is_fitted(estimator)
        except NotFittedError as error:
            instances = train()
            if not instances:
                raise ArtsError("the estimator is not fitted, and the dataset has no train split") from error
            texts = [text_with_aspect(instance) for instance in instances]
            try:
                estimator = clone(estimator).fit(texts, [str(instance.polarity) for instance in instances])
            except Exception as fault:
                raise ArtsError(_UNFIT.format(labels.model, type(fault).__name__, fault)) from fault
        self.estimator, self.labels = estimator, labels

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        texts = [text_with_aspect(instance) for instance in instances]
        if not hasattr(self.estimator, "predict_proba"):
            return self.labels.one_hot(self.estimator.predict(texts), len(texts))
        return self.labels.in_columns(self.estimator.predict_proba(texts), self.columns, count=len(texts))

    @property
    def columns(self) -> list[int]:
        """The place in `Polarity` of each class of the estimator."""
        with own_code(f"{self.labels.model}: reading classes_"):
            return self.labels.columns(self.estimator.classes_)


class _SetFitClassifier:
    """Makes a `Classifier` of a SetFit model; raises `ArtsError` if the model does not name its labels.

    Its columns are the classes of its head: names, or positions in the model's list of labels.
    """

    def __init__(self, model: Any, labels: _ModelLabels) -> None:
        listed = list(model.labels or ())
        classes = list(getattr(model.model_head, "classes_", range(len(listed))))
        if all(isinstance(label, int | np.integer) and 0 <= label < len(listed) for label in classes):
            classes = [listed[label] for label in classes]
        self.labels, self.columns = labels, labels.columns(classes)
        if not self.columns:
            raise ArtsError("the SetFit model does not name its labels; expected SetFitModel(labels=[..])")
        self.model = model

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        texts = [text_with_aspect(instance) for instance in instances]
        probabilities = self.model.predict_proba(texts, as_numpy=True)
        return self.labels.in_columns(probabilities, self.columns, count=len(texts))


class _PipelineClassifier:
    """Makes a `Classifier` of a text-classification pipeline, which gets pairs of sentence and aspect.

    A sentence that is longer than the model's positions is truncated, never the aspect.

    Raises:
        ArtsError: when the pipeline is for another task, its labels are not polarities, or the scores of its
            labels are not the probabilities of one label.
    """

    def __init__(self, pipeline: Any, labels: _ModelLabels) -> None:
        config = pipeline.model.config
        if pipeline.task != "text-classification":
            raise ArtsError(f"{labels.model}: pipeline for {pipeline.task}; expected text-classification")
        if getattr(config, "problem_type", None) == "multi_label_classification" or len(config.id2label) < 2:
            raise ArtsError(
                f"{labels.model}: expected a model for one of several labels, not for each by itself"
            )
        self.columns = labels.columns(config.id2label.values())
        self.pipeline, self.labels = pipeline, labels
        self.limit = most_tokens(pipeline.model, pipeline.tokenizer)

    def predict_proba(self, instances: Sequence[Instance]) -> FloatArray:
        pairs = [{"text": i.text, "text_pair": i.aspect.term} for i in instances]
        options = {"truncation": "only_first", "max_length": self.limit} if self.limit else {}
        probabilities = np.zeros((len(pairs), len(LABELS)))
        predicted = self.pipeline(pairs, top_k=None, batch_size=self._batch_size, **options)
        for row, scores in enumerate(predicted):
            columns = self.labels.columns(score["label"] for score in scores)
            for column, score in zip(columns, scores, strict=True):
                probabilities[row, column] += score["score"]
        return probabilities

    def count_truncated(self, instances: Sequence[Instance]) -> int:
        """The number of instances whose sentence is truncated."""
        if not self.limit:
            return 0
        from arts.models.encoders import quiet_transformers

        with quiet_transformers():  # the tokenizer warns of texts that are too long for the model
            tokens = self.pipeline.tokenizer([i.text for i in instances], [i.aspect.term for i in instances])
        return sum(len(ids) > self.limit for ids in tokens["input_ids"])

    @property
    def _batch_size(self) -> int:
        """How many pairs to predict at a time: one, if there is no token to make them equally long."""
        readers = (self.pipeline.tokenizer, self.pipeline.model.config)
        padding = [getattr(reader, "pad_token_id", None) for reader in readers]
        return 1 if None in padding else BATCH_SIZE
