"""Floors: what predictors score that do not read what is said of the target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from arts.data.schema import Instance, Polarity, Strategy
from arts.data.support.arrays import IntArray
from arts.evaluation.benchmark_layout import POLARITIES, BenchmarkLayout
from arts.evaluation.metrics import CLASSES, INVALID
from arts.evaluation.predictions import Predictions
from arts.evaluation.report_record import ReportRecord
from arts.evaluation.scores import Bootstrap, Floor, Scores

OTHERS = "majority of the other aspects"


def measure_floors(instances: Sequence[Instance], bootstrap: Bootstrap | None = None) -> tuple[Floor, ...]:
    """The floors of a test split.

    They are the most frequent label of the originals everywhere; "positive" everywhere, if that is another
    label; and the label that `other_aspect_labels` gives.

    Args:
        instances: the instances of the test split.
        bootstrap: the settings of the intervals, as `Scores.of` takes them.
    """
    predictions = Predictions.of(instances, other_aspect_labels(instances))
    return (*constant_floors(predictions, bootstrap), _floor(OTHERS, predictions, bootstrap))


def constant_floors(predictions: Predictions, bootstrap: Bootstrap | None = None) -> tuple[Floor, ...]:
    """The floors that predict one label, on the instances of some predictions."""
    layout = predictions.layout
    labels = dict.fromkeys((_majority_label(layout), POLARITIES.index(Polarity.POSITIVE)))
    return tuple(
        _floor(
            f"always {POLARITIES[label]}",
            Predictions(predictions.ids, layout, np.full(len(layout.gold), label)),
            bootstrap,
        )
        for label in labels
    )


def _floor(name: str, predictions: Predictions, bootstrap: Bootstrap | None) -> Floor:
    scores = Scores.of(predictions, bootstrap)
    return Floor(name=name, accuracy=scores.accuracy, ars=scores.ars, strategies=scores.strategies)


def _majority_label(layout: BenchmarkLayout) -> int:
    """The most frequent label of the originals, as a position in `Polarity`."""
    gold = layout.gold[layout.strategy_mask(Strategy.ORIGINAL)]
    return int(np.bincount(gold, minlength=CLASSES).argmax())


def other_aspect_labels(instances: Sequence[Instance]) -> IntArray:
    """The most frequent label among the other aspects of each sentence, after its edits.

    Where there is no other aspect, or two labels are equally frequent, it is the most frequent label of the
    originals. Test sets that list only the target of a variant do not say what became of the others; there
    it follows from the strategy. REVTGT leaves them as they are, REVNON reverses those with the target's
    label, and ADDDIFF adds at least one with the opposite label, of which one is counted.

    Args:
        instances: the n instances of a test split.

    Returns:
        The labels, as an array (n,) of positions in `Polarity`.
    """
    default = _majority_label(BenchmarkLayout.of(instances))
    originals = {i.id: i for i in instances if i.strategy is Strategy.ORIGINAL}
    return np.array([_majority(_other_labels(i, originals), default) for i in instances], int)


def _majority(labels: Sequence[Polarity], default: int) -> int:
    """The position of the most frequent label; the default for none, or where two are equally frequent."""
    ranked = Counter(labels).most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return default
    return POLARITIES.index(ranked[0][0])


def _other_labels(instance: Instance, originals: Mapping[str, Instance]) -> list[Polarity]:
    """The labels of the other aspects of an instance, listed or by its strategy."""
    if listed := _listed_labels(instance):
        return listed
    original = originals[instance.unit]
    labels, target = _listed_labels(original), original.polarity
    if instance.strategy is Strategy.REVNON:
        return [label.opposite if label is target else label for label in labels]
    if instance.strategy is Strategy.ADDDIFF and target is not Polarity.NEUTRAL:
        return [*labels, target.opposite]
    return labels


def _listed_labels(instance: Instance) -> list[Polarity]:
    """The labels of the aspects that an instance lists besides its target."""
    span = instance.aspect.start, instance.aspect.end
    return [aspect.polarity for aspect in instance.aspects if (aspect.start, aspect.end) != span]


def floors(report: ReportRecord) -> tuple[Floor, ...]:
    """The floors in a report; those that predict one label, if it is of a version that had none."""
    if report.floors or not report.has_predictions:
        return report.floors
    return constant_floors(report.predictions, report.bootstrap)


def constant_label(report: ReportRecord) -> Polarity | None:
    """The label that a model predicts everywhere; None if there are several.

    Invalid answers have no label. Without predictions, only those on the originals are known.
    """
    if report.has_predictions:
        labels = report.predictions.labels
        predicted = np.unique(labels[labels != INVALID])
    else:
        predicted = np.flatnonzero(np.array(report.confusion).sum(0)[:CLASSES])
    return POLARITIES[int(predicted[0])] if len(predicted) == 1 else None
