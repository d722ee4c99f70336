"""The figures of probes: accuracy before and after a change of the question, and how often answers differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from arts.data.schema import Instance, Strategy
from arts.data.support.arrays import BoolArray, IntArray
from arts.data.support.record import Count, Record
from arts.evaluation.metrics import INVALID
from arts.evaluation.paired_tests import Difference, compare
from arts.evaluation.predictions import Predictions
from arts.evaluation.resample import Resample
from arts.evaluation.scores import Bootstrap, Estimate, Resampled, Scores


class ProbeScore(Resampled):
    """The accuracy on originals that a probe changes without changing their label, before and after.

    Args:
        count: number of originals that were changed.
        left_out: number of originals that could not be.
        original: accuracy on these originals as they are, in percent.
        probed: accuracy on the changed originals, in percent.
        change: `probed` minus `original`, in percentage points.
    """

    count: Count
    left_out: Count
    original: Estimate
    probed: Estimate
    change: Difference


class AnswerShare(Record):
    """The share of the questions to which the answer is of some kind.

    Args:
        count: number of questions.
        share: the share, in percent.
    """

    count: Count
    share: Estimate


class SwapScore(Resampled):
    """How the answer differs when another aspect of the same sentence is asked about.

    Args:
        changed: of the originals asked about an aspect with another label, the share with another answer.
        stayed: of those asked about an aspect with the same label, the share with the same answer, as a
            control; None where no sentence has two aspects of one label.
    """

    changed: AnswerShare
    stayed: AnswerShare | None = None


def probe_score(
    probed: Predictions, before: Predictions, *, originals: int, resample: Resample
) -> ProbeScore:
    """The figures of a probe.

    Args:
        probed: predictions for the changed originals, marked as originals by `as_originals`.
        before: predictions for the same originals as they are.
        originals: number of originals of the test split.
        resample: what the bootstrap draws and the paired test flips.
    """
    bootstrap = Bootstrap(resample=resample)
    return ProbeScore(
        resample=resample,
        count=len(probed.ids),
        left_out=originals - len(probed.ids),
        original=Scores.of(before, bootstrap).accuracy,
        probed=Scores.of(probed, bootstrap).accuracy,
        change=compare(probed, before, resample=resample).accuracy,
    )


def answer_share(instances: Sequence[Instance], hits: BoolArray, *, resample: Resample) -> AnswerShare:
    """The share of n originals on which something is true, with its interval.

    Args:
        instances: the n originals.
        hits: (n,) whether it is true of each. It takes the place of being right in an accuracy.
        resample: what the bootstrap draws.
    """
    predictions = Predictions.of(instances, np.zeros(len(instances), int))
    labels: IntArray = np.where(hits, predictions.layout.gold, INVALID)
    share = Scores.of(replace(predictions, labels=labels), Bootstrap(resample=resample)).accuracy
    return AnswerShare(count=len(instances), share=share)


def as_originals(instances: Sequence[Instance]) -> list[Instance]:
    """The instances, one for a unit, marked as originals, since accuracy is that on originals."""
    return [replace(instance, id=instance.unit, strategy=Strategy.ORIGINAL) for instance in instances]
