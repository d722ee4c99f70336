"""The predictions of a model, and their storage in Parquet files."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Strategy
from arts.data.support.arrays import BoolArray, FloatArray, IntArray
from arts.data.support.atomic import atomic_file, cache_home
from arts.data.support.display import Displayed, counted
from arts.evaluation.benchmark_layout import POLARITIES, BenchmarkLayout
from arts.evaluation.metrics import INVALID, LABEL_POSITIONS, PREDICTED_LABELS
from arts.evaluation.predictions_file import StoredPredictions

COLUMN = "prediction"


@dataclass(frozen=True, repr=False)
class Predictions(Displayed):
    """The predictions of a model for n instances, with all that is needed to score them without the corpus.

    Args:
        ids: the ids of the n instances.
        layout: the gold labels, strategies, units and sentences of the instances.
        labels: (n,) the predicted labels, as positions in `Polarity`; `INVALID` for an invalid answer.
        probabilities: (n, 3) the predicted probabilities, NaN for an invalid answer; or None if the model
            gave only labels.
        blind: whether the predictions were read from a file that has nothing but the labels.
    """

    ids: tuple[str, ...]
    layout: BenchmarkLayout
    labels: IntArray
    probabilities: FloatArray | None = None
    blind: bool = False

    @classmethod
    def of(
        cls,
        instances: Sequence[Instance],
        labels: IntArray,
        *,
        probabilities: FloatArray | None = None,
        sentences: Mapping[str, str] | None = None,
    ) -> Predictions:
        """Combine instances with the labels that a model predicted for them.

        Args:
            instances: the n instances.
            labels: (n,) the predicted labels in the order of the instances, as positions in `Polarity`.
            probabilities: (n, 3) the predicted probabilities, or None if the model gave only labels.
            sentences: what tells the sentence of each unit from the others, keyed by the unit's id. Default:
                the text of its original.
        """
        layout = BenchmarkLayout.of(instances, sentences=sentences)
        return cls(tuple(i.id for i in instances), layout, labels, probabilities)

    def headline(self) -> str:
        """The number of instances, and how many are right."""
        return f"{len(self.ids):,} instances, {int(self.correct.sum()):,} right"

    def facts(self) -> dict[str, str]:
        """How often each label is predicted, and whether there are probabilities."""
        counts = {label: int((self.labels == k).sum()) for label, k in LABEL_POSITIONS.items()}
        return {
            "predicted": counted(counts),
            "probabilities": "no" if self.probabilities is None else "yes",
        }

    @property
    def correct(self) -> BoolArray:
        """Whether each of the n instances is predicted right, as an array (n,) of booleans."""
        return np.asarray(self.labels == self.layout.gold)

    def save(self, path: Path, *, blind: bool = False) -> None:
        """Write the predictions to a Parquet file.

        The columns are ``id``, ``unit``, ``strategy``, ``polarity`` (the gold label) and ``prediction``; if
        there are probabilities, ``positive``, ``negative`` and ``neutral``; and ``sentence``, an id that
        stands for the sentence, if that is known.

        Args:
            path: the file to write.
            blind: whether to write only the column ``prediction``, in the order of the sorted ids. A file
                with blind predictions contains nothing of the corpus. So it can be published even if the
                corpus cannot.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        labels = [PREDICTED_LABELS[k] for k in self.labels]
        if blind:
            order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
            columns: dict[str, Any] = {COLUMN: [labels[row] for row in order]}
        else:
            strategies = tuple(Strategy)
            columns = {
                "id": list(self.ids),
                "unit": [self.ids[row] for row in self.layout.original],
                "strategy": [str(strategies[k]) for k in self.layout.strategy],
                "polarity": [str(POLARITIES[k]) for k in self.layout.gold],
                COLUMN: labels,
            }
            if self.probabilities is not None:
                valid = self.labels != INVALID
                columns |= {
                    str(polarity): pa.array(values, mask=~valid)
                    for polarity, values in zip(POLARITIES, self.probabilities.T, strict=True)
                }
            columns |= self._sentence_column()
        with atomic_file(path) as partial:
            pq.write_table(pa.table(columns), partial)

    def _sentence_column(self) -> dict[str, list[str]]:
        """The column that says which units are of one sentence; none if that is not known."""
        known = self.layout.sentences is not None
        return {"sentence": self.layout.sentence_names(self.ids)} if known else {}

    @classmethod
    def load(
        cls, path: Path, instances: Sequence[Instance] = (), *, count: int | None = None
    ) -> Predictions | None:
        """Read predictions from a Parquet file that `Predictions.save` wrote.

        Only ids, labels and probabilities are taken from the file. Units, sentences, strategies and gold
        labels are those of the instances; what the file says of them must be the same.

        Args:
            path: the file.
            instances: the benchmark's instances, if the corpus is available. Without them, blind predictions
                (a file with labels and no ids) cannot be read, and the units, sentences, strategies and gold
                labels of other predictions are those in the file.
            count: the number of predictions that the file must have. Default: the number of instances.

        Returns:
            The predictions, in the order of the instances; without instances, in the order of the file. None
            if the predictions are blind and no instances are given.

        Raises:
            DataError: when the file does not contain saved predictions, or they are for other instances. The
                message names the row and the id.
        """
        stored = StoredPredictions.read(path, count=len(instances) or count)
        if stored.ids is None:
            if not instances:
                return None
            labels = _blind_labels(stored.labels, instances)
            return replace(cls.of(instances, labels), blind=True)
        if instances:
            rows = stored.rows_of(instances)
            probabilities = stored.probabilities
            return cls.of(
                instances,
                stored.labels[rows],
                probabilities=None if probabilities is None else probabilities[rows],
            )
        return cls(stored.ids, stored.layout(), stored.labels, stored.probabilities)


def align_predictions(predictions: Predictions, reference: Predictions) -> Predictions:
    """Put predictions into the order of other predictions for the same instances.

    Args:
        predictions: the predictions to reorder.
        reference: predictions in the order that is wanted.

    Returns:
        The reordered predictions, without probabilities; `predictions` itself if the order is right already.

    Raises:
        ArtsError: when the two are for different instances, or their gold labels differ.
    """
    if predictions.ids == reference.ids:
        return predictions
    rows = {id: row for row, id in enumerate(predictions.ids)}
    if len(rows) != len(reference.ids) or not all(id in rows for id in reference.ids):
        raise ArtsError("the two were not measured on the same instances")
    order = np.array([rows[id] for id in reference.ids])
    if (predictions.layout.gold[order] != reference.layout.gold).any():
        raise ArtsError("the two were not measured by the same labels")
    return Predictions(reference.ids, reference.layout, predictions.labels[order])


def predicted_labels(probabilities: FloatArray) -> IntArray:
    """The most probable labels, as positions in `Polarity`; `INVALID` where a probability is NaN.

    Args:
        probabilities: (n, 3) the predicted probabilities.

    Returns:
        An array (n,).

    Example:
        >>> predicted_labels(np.array([[0.1, 0.8, 0.1], [np.nan] * 3])).tolist()
        [1, -1]
    """
    valid = ~np.isnan(probabilities).any(1)
    return np.where(valid, np.nan_to_num(probabilities).argmax(1), INVALID)


def align_all(several: Sequence[Predictions]) -> list[Predictions]:
    """Put predictions of several models for the same instances into one order, and give them one layout.

    It is that of the first whose sentences are known; if there is none, that of the first.

    Raises:
        ArtsError: when they are for different instances, or their gold labels differ.
    """
    reference = next((one for one in several if one.layout.sentences is not None), several[0])
    return [replace(align_predictions(one, reference), layout=reference.layout) for one in several]


def _blind_labels(labels: IntArray, instances: Sequence[Instance]) -> IntArray:
    """Blind labels, which are in the order of the sorted ids, in the order of the n instances: (n,)."""
    ordered = np.empty(len(instances), int)
    ordered[sorted(range(len(instances)), key=lambda row: instances[row].id)] = labels
    return ordered


def cached_predictions_path(model_key: str, checksum: str, environment: str = "") -> Path:
    """Where the cache keeps what a trained model predicts for a test split; the file may not exist yet.

    Args:
        model_key: `TrainedModel.key` of the model.
        checksum: `arts.data.corpus.content_checksum` of the instances of the test split.
        environment: a digest of the numerical environment, on which the last digits depend.
    """
    ending = f"-{environment}" if environment else ""
    return cache_home() / "predictions" / f"{model_key}-{checksum[:16]}{ending}.parquet"


def has_cached_predictions(model_key: str, checksum: str) -> bool:
    """Whether the cache has what a trained model predicts for a test split, in whatever environment.

    Args:
        model_key: `TrainedModel.key` of the model.
        checksum: `arts.data.corpus.content_checksum` of the instances of the test split.
    """
    path = cached_predictions_path(model_key, checksum)
    return any(path.parent.glob(f"{glob.escape(path.stem)}*.parquet"))
