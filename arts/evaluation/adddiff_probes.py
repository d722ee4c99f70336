"""Two probes with ADDDIFF: accuracy over the number of added aspects, and the pattern gap."""

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

MOST_ADDED = 5  # aspects, as in the paper
Predict = Callable[[Sequence[Instance]], FloatArray]


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


def measure_curve(predict: Predict, corpus: Corpus) -> AddDiffCurve:
    """The curve for 0 to 5 aspects, mined from the corpus's train split.

    Args:
        predict: gives the (n, 3) probabilities of n instances.
        corpus: the test split to perturb, and the train split to mine aspects from.

    Raises:
        DataError: when the corpus has no train split, or nothing can be added.
    """
    variants = [_adddiff_variants(corpus, k=k) for k in range(1, MOST_ADDED + 1)]
    units = set.intersection(*(set(by_unit) for by_unit in variants))
    originals = {i.unit: i for i in corpus.test if i.strategy is Strategy.ORIGINAL}
    points = []
    for added, by_unit in enumerate([originals, *variants]):
        predictions = _predictions_of_units(predict, by_unit, units=units)
        points.append(CurvePoint(added=added, accuracy=Scores.of(predictions).accuracy))
    return AddDiffCurve(units=len(units), points=tuple(points))


def measure_gap(
    predict: Predict, corpus: Corpus, *, seen: tuple[str, ...], holdout: tuple[str, ...]
) -> PatternGap:
    """The gap between ADDDIFF templates that were trained with and templates that were held out.

    Args:
        predict: gives the (n, 3) probabilities of n instances.
        corpus: the test split to perturb, and the train split to mine aspects from.
        seen: names of the templates that were trained with.
        holdout: names of the templates that were held out.

    Raises:
        DataError: when the corpus has no train split, or nothing can be added.
    """
    seen_variants, unseen_variants = (_adddiff_variants(corpus, templates=t) for t in (seen, holdout))
    units = set(seen_variants) & set(unseen_variants)
    on_unseen = _predictions_of_units(predict, unseen_variants, units=units)
    on_seen = _predictions_of_units(predict, seen_variants, units=units)
    return PatternGap(
        units=len(units),
        seen_templates=seen,
        unseen_templates=holdout,
        seen=Scores.of(on_seen).accuracy,
        unseen=Scores.of(on_unseen).accuracy,
        gap=compare(on_unseen, on_seen).accuracy,
    )


def _adddiff_variants(corpus: Corpus, **options: Any) -> dict[str, Instance]:
    """The ADDDIFF variants of the test split's originals, by unit, under options of the generator."""
    from arts.generators.generator import GenerationOptions
    from arts.generators.running.perturbation_cache import perturbations

    if not corpus.train:
        raise DataError(corpus.name, "has no train split, which ADDDIFF takes the added aspects from")
    only_adddiff = GenerationOptions(strategies=(Strategy.ADDDIFF,), **options)
    sentences = group_sentences(corpus.test)
    variants = {v.unit: v for v in perturbations(sentences, training=corpus.train, options=only_adddiff)}
    if not variants:
        raise DataError(corpus.name, "has no original that ADDDIFF can add an aspect to")
    return variants


def _predictions_of_units(predict: Predict, by_unit: dict[str, Instance], *, units: set[str]) -> Predictions:
    """Predictions for one instance a unit, each scored as if it were an original."""
    instances = [
        replace(instance, id=unit, strategy=Strategy.ORIGINAL)
        for unit, instance in by_unit.items()
        if unit in units
    ]
    probabilities = predict(instances)
    return Predictions.of(instances, probabilities.argmax(1), probabilities=probabilities)
