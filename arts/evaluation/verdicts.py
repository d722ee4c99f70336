"""Sentences on what the scores of a report mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arts.data.schema import PERTURBATIONS
from arts.data.support.rounding import decimal_text, round_half_up
from arts.evaluation.benchmark_layout import POLARITIES
from arts.evaluation.floors import constant_label
from arts.evaluation.report import Report
from arts.evaluation.scores import StrategyScore


def verdicts(reports: Sequence[Report]) -> list[str]:
    """Sentences on the scores of models on one dataset, one or two for each, and then on all of them.

    They say how far the accuracy of a model falls to its ARS and under which strategy most is lost, or that
    the model is constant; then which strategies have no variants.
    """
    first = reports[0]
    lines = [f"{report.label}: {verdict(report)}" for report in reports if _says_something(report)]
    missing = [strategy.upper() for strategy in PERTURBATIONS if strategy not in first.strategies]
    if len(missing) == len(PERTURBATIONS):
        lines.append("This dataset has no variants: nothing was perturbed, and ARS is no more than accuracy.")
    elif missing:
        lines.append(f"This dataset has no variants by {' and '.join(missing)}.")
    return lines


def _says_something(report: Report) -> bool:
    """Whether there is more to say of a report than what its two equal scores show."""
    return bool(report.strategies) or constant_label(report) is not None


def verdict(report: Report) -> str:
    """What the scores of one model mean, without its name."""
    label = constant_label(report)
    if label is not None:
        where = "everything" if report.has_predictions else "every original"
        where += " that it answers" if report.invalid else ""
        return (
            f"predicts {label} for {where}. It is constant: its accuracy of "
            f"{decimal_text(report.accuracy.value)}% and its ARS of {decimal_text(report.ars.value)}% say "
            "how often that happens to be right, not what the model reads."
        )
    return f"{_robustness(report)}{_remark_on_floor(report)}"


def _robustness(report: Report) -> str:
    accuracy, ars = report.accuracy.value, report.ars.value
    if not accuracy:
        return "none of the originals is right, so there is nothing to lose."
    lost = round_half_up(accuracy - ars)
    start = f"{decimal_text(accuracy)}% of the originals are right"
    if not report.strategies:
        return f"{start}."
    if not lost:
        return f"{start}, and all of them stay right through all their variants: nothing is lost."
    return (
        f"{start}, {decimal_text(ars)}% through all their variants: {decimal_text(lost)} points are not "
        f"robust. {_greatest_loss(report)}"
    )


def _greatest_loss(report: Report) -> str:
    """A sentence on the strategies under which the most originals that are right do not stay right."""
    losses = {name: _loss(score) for name, score in report.strategies.items()}
    most = max(losses.values())
    where = (
        f"{name.upper()} (originals right {decimal_text(score.original.value)}, "
        f"both right {decimal_text(score.both.value)})"
        for name, score in report.strategies.items()
        if losses[name] == most
    )
    return f"Most is lost under {' and '.join(where)}."


def _loss(score: StrategyScore) -> float:
    """How many points of the accuracy on the originals of a strategy's variants are lost on the variants."""
    return round_half_up(score.original.value - score.both.value)


def _remark_on_floor(report: Report) -> str:
    """A sentence for a model that is right no more often than one that always predicts the same."""
    counts = np.array(report.confusion).sum(1)
    if report.accuracy.value > round_half_up(100 * counts.max() / counts.sum()):
        return ""
    label = POLARITIES[int(counts.argmax())]
    return f" Its accuracy is not above that of a model that always predicts {label}."
