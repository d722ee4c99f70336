"""What ADDDIFF shows beside a score: the curve over the number of added aspects, and the pattern gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from arts.data.errors import DataError
from arts.data.schema import Instance, Strategy, group_sentences
from arts.data.support.arrays import FloatArray
from arts.data.support.record import Count, Record
from arts.evaluation.paired_tests import Difference, compare
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import Estimate, Scores

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.interventions.base import Intervention

MOST = 5  # added aspects, as in the paper
Ask = Callable[[Sequence[Instance]], FloatArray]


class CurvePoint(Record):
    """Accuracy with `added` aspects of the opposite sentiment added to each original."""

    added: Count
    accuracy: Estimate


class AddDiffCurve(Record):
    """ADDDIFF(k) (Xing et al., 2020): accuracy over the number of added aspects.

    All points are over the same `units`: the originals to which any of the numbers can be added.
    """

    units: Count
    points: tuple[CurvePoint, ...]


class PatternGap(Record):
    """ADDDIFF with templates that were trained with, and with others, saying the same of the same aspects.

    `gap` is the accuracy on the unseen minus that on the seen: below zero where the pattern was learnt
    rather than the skill.
    """

    units: Count
    seen_templates: tuple[str, ...]
    unseen_templates: tuple[str, ...]
    seen: Estimate
    unseen: Estimate
    gap: Difference


def curve(ask: Ask, corpus: Corpus) -> AddDiffCurve:
    """The curve for 0 to 5 aspects, mined from the corpus's train split.

    Raises:
        DataError: when the corpus has no train split, or nothing can be added.
    """
    variants = [_added(corpus, k=k) for k in range(1, MOST + 1)]
    units = set.intersection(*(set(by_unit) for by_unit in variants))
    originals = {i.unit: i for i in corpus.test if i.strategy is Strategy.ORIGINAL}
    points = []
    for added, by_unit in enumerate([originals, *variants]):
        answers = _answers(ask, by_unit, units)
        points.append(CurvePoint(added=added, accuracy=Scores.of(answers).accuracy))
    return AddDiffCurve(units=len(units), points=tuple(points))


def pattern_gap(ask: Ask, corpus: Corpus, trained: Intervention) -> PatternGap:
    """The gap between the templates that were trained with and those that were held out.

    Raises:
        DataError: when the corpus has no train split, or nothing can be added.
    """
    seen, unseen = (_added(corpus, templates=templates) for templates in (trained.seen, trained.holdout))
    units = set(seen) & set(unseen)
    first, second = _answers(ask, unseen, units), _answers(ask, seen, units)
    return PatternGap(
        units=len(units),
        seen_templates=trained.seen,
        unseen_templates=trained.holdout,
        seen=Scores.of(second).accuracy,
        unseen=Scores.of(first).accuracy,
        gap=compare(first, second).accuracy,
    )


def _added(corpus: Corpus, **options: Any) -> dict[str, Instance]:
    """The ADDDIFF variants of the test split's originals, by unit, under options of the generator."""
    from arts.generators.generator import Options
    from arts.generators.running.cached import perturbations

    if not corpus.train:
        raise DataError(corpus.name, "has no train split, which ADDDIFF takes the added aspects from")
    chosen = Options(strategies=(Strategy.ADDDIFF,), **options)
    sentences = group_sentences(corpus.test)
    variants = {v.unit: v for v in perturbations(sentences, corpus.train, chosen)}
    if not variants:
        raise DataError(corpus.name, "has no original that ADDDIFF can add an aspect to")
    return variants


def _answers(ask: Ask, by_unit: dict[str, Instance], units: set[str]) -> Predictions:
    """A model's answers to one instance a unit, each taken for an original."""
    chosen = [
        replace(by_unit[unit], id=unit, strategy=Strategy.ORIGINAL) for unit in by_unit if unit in units
    ]
    probabilities = ask(chosen)
    return Predictions.of(chosen, probabilities.argmax(1), probabilities)
