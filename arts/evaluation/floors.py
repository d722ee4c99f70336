"""Floors: what a model that always predicts one label scores on a benchmark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arts.data.schema import Polarity
from arts.data.support.rounding import decimal_text
from arts.evaluation.metrics import CLASSES, INVALID, POLARITIES, BenchmarkLayout, aspect_robustness_score
from arts.evaluation.report import Report


@dataclass(frozen=True)
class Floor:
    """The scores of a model that always predicts one label, in percent.

    Args:
        label: the label.
        is_majority: whether it is the most frequent label of the originals.
        accuracy: accuracy on the originals.
        ars: Aspect Robustness Score; None if the report has no predictions to take the units from.
    """

    label: Polarity
    is_majority: bool
    accuracy: float
    ars: float | None

    def __str__(self) -> str:
        ars = "" if self.ars is None else f", ARS {decimal_text(self.ars)}"
        kind = ", the most frequent label" if self.is_majority else ""
        return f"always predicting {self.label}{kind}, gives accuracy {decimal_text(self.accuracy)}{ars}"


def floors(report: Report) -> list[Floor]:
    """The floors that a model is compared with: the most frequent label of the originals, and "positive".

    The list has one floor if positive is the most frequent label.
    """
    counts = np.array(report.confusion).sum(1)
    majority = POLARITIES[int(counts.argmax())]
    return [
        Floor(
            label,
            label is majority,
            100 * float(counts[POLARITIES.index(label)] / counts.sum()),
            _ars(report.predictions.layout, label) if report.has_predictions else None,
        )
        for label in dict.fromkeys((majority, Polarity.POSITIVE))
    ]


def _ars(layout: BenchmarkLayout, label: Polarity) -> float:
    """The ARS, in percent, of a model that always predicts a label."""
    predicted = np.full(len(layout.gold), POLARITIES.index(label))
    return 100 * aspect_robustness_score(predicted == layout.gold, layout.units)


def constant_label(report: Report) -> Polarity | None:
    """The label that a model predicts everywhere; None if there are several.

    Invalid answers have no label. Without predictions, only those on the originals are known.
    """
    if report.has_predictions:
        labels = report.predictions.labels
        predicted = np.unique(labels[labels != INVALID])
    else:
        predicted = np.flatnonzero(np.array(report.confusion).sum(0)[:CLASSES])
    return POLARITIES[int(predicted[0])] if len(predicted) == 1 else None
