"""Two further measurements with ADDDIFF: accuracy by number of added aspects, and the pattern gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from arts.data.errors import DataError
from arts.data.schema import Instance, Sentence, Strategy, group_sentences
from arts.data.support.arrays import FloatArray
from arts.data.support.record import Count, Record
from arts.evaluation.benchmark_layout import sentence_keys
from arts.evaluation.paired_tests import Difference, compare
from arts.evaluation.predictions import Predictions, predicted_labels
from arts.evaluation.probe_scores import as_originals
from arts.evaluation.resample import Resample
from arts.evaluation.scores import Bootstrap, Estimate, Resampled, Scores

if TYPE_CHECKING:
    from arts.data.corpus import Corpus

MOST_ADDED = 5  # greatest number of aspects added to an original, as in the paper
Predict = Callable[[Sequence[Instance]], FloatArray]


class CurvePoint(Record):
    """One point of the ADDDIFF curve: the accuracy with a fixed number of aspects added to each original.

    Args:
        added: number of aspects of the opposite sentiment that are added.
        accuracy: accuracy on the variants, in percent; with 0 added aspects, on the originals.
    """

    added: Count
    accuracy: Estimate


class AddDiffCurve(Resampled):
    """The ADDDIFF(k) curve: accuracy when ADDDIFF adds k aspects to each original (Xing et al., 2020).

    Args:
        units: number of originals that every point is measured on: those to which ADDDIFF can add every
            number of aspects on the curve.
        points: the points of the curve, for 0, 1, 2 ... added aspects.
    """

    units: Count
    points: tuple[CurvePoint, ...]


class PatternGap(Resampled):
    """The pattern gap: how much accuracy on ADDDIFF variants depends on templates seen in training.

    A template is a way of joining the added clauses to the sentence. Each original has one variant with a
    seen and one with an unseen template, and both add the same clauses. A gap below 0 means that the model
    learnt the pattern of the seen templates.

    Args:
        units: number of originals that both accuracies are measured on.
        seen_templates: names of the templates used in training.
        unseen_templates: names of the templates held out of training.
        seen: accuracy on the variants with seen templates, in percent.
        unseen: accuracy on the variants with unseen templates, in percent.
        gap: `unseen` minus `seen`, in percentage points.
    """

    units: Count
    seen_templates: tuple[str, ...]
    unseen_templates: tuple[str, ...]
    seen: Estimate
    unseen: Estimate
    gap: Difference


def measure_curve(
    predict: Predict, corpus: Corpus, *, resample: Resample = Resample.SENTENCES
) -> AddDiffCurve:
    """Measure a model's accuracy when ADDDIFF adds 0 to 5 aspects to each original of the test split.

    Originals to which not all of these numbers of aspects can be added are left out of all points.

    Args:
        predict: function of the model that maps n instances to an array (n, 3) of probabilities.
        corpus: the corpus. Its test split is perturbed; the added aspects are mined from its training split.
        resample: what the bootstrap draws.

    Raises:
        DataError: when the corpus has no training split, or no aspect can be added to any original.
    """
    pool = clause_source(corpus)
    variants = [
        _with_added(k, perturbed_originals(corpus, pool, k=k), corpus) for k in range(1, MOST_ADDED + 1)
    ]
    units = set.intersection(*(set(by_unit) for by_unit in variants))
    originals = {i.unit: i for i in corpus.test if i.strategy is Strategy.ORIGINAL}
    points = []
    for added, by_unit in enumerate([originals, *variants]):
        predictions = _predictions_of_units(predict, by_unit, units=units, originals=originals)
        accuracy = Scores.of(predictions, Bootstrap(resample=resample)).accuracy
        points.append(CurvePoint(added=added, accuracy=accuracy))
    return AddDiffCurve(resample=resample, units=len(units), points=tuple(points))


def _with_added(k: int, by_unit: dict[str, Instance], corpus: Corpus) -> dict[str, Instance]:
    """The variants to which ADDDIFF has added `k` aspects; it adds fewer where it finds no more."""
    aspects = {i.unit: len(i.aspects) for i in corpus.test if i.strategy is Strategy.ORIGINAL}
    return {unit: variant for unit, variant in by_unit.items() if len(variant.aspects) - aspects[unit] == k}


def measure_gap(
    predict: Predict,
    corpus: Corpus,
    *,
    seen: tuple[str, ...],
    holdout: tuple[str, ...],
    resample: Resample = Resample.SENTENCES,
) -> PatternGap:
    """Measure a model's accuracy on ADDDIFF variants by seen and by held-out templates, and the difference.

    Args:
        predict: function of the model that maps n instances to an array (n, 3) of probabilities.
        corpus: the corpus. Its test split is perturbed; the added aspects are mined from its training split.
        seen: names of the templates seen in training.
        holdout: names of the templates held out of training.
        resample: what the bootstrap draws and the paired test flips.

    Raises:
        DataError: when the corpus has no training split, or no aspect can be added to any original.
    """
    pool = clause_source(corpus)
    seen_variants, unseen_variants = (perturbed_originals(corpus, pool, templates=t) for t in (seen, holdout))
    units = set(seen_variants) & set(unseen_variants)
    originals = {i.unit: i for i in corpus.test if i.strategy is Strategy.ORIGINAL}
    on_unseen, on_seen = (
        _predictions_of_units(predict, variants, units=units, originals=originals)
        for variants in (unseen_variants, seen_variants)
    )
    bootstrap = Bootstrap(resample=resample)
    return PatternGap(
        resample=resample,
        units=len(units),
        seen_templates=seen,
        unseen_templates=holdout,
        seen=Scores.of(on_seen, bootstrap).accuracy,
        unseen=Scores.of(on_unseen, bootstrap).accuracy,
        gap=compare(on_unseen, on_seen, resample=resample).accuracy,
    )


def clause_source(corpus: Corpus) -> Sequence[Sentence]:
    """The training sentences of a corpus that ADDDIFF takes the added aspects of the test split from.

    Raises:
        DataError: when the corpus has no training split.
    """
    from arts.generators.strategies.sentence_domain import nearest_part

    if not corpus.train:
        raise DataError(
            corpus.name,
            "has no train split, which ADDDIFF takes the added aspects from; --train-from takes it from "
            "another corpus",
        )
    pool, _ = nearest_part(corpus.train, group_sentences(corpus.test), pool="the train split")
    return pool


def perturbed_originals(corpus: Corpus, pool: Sequence[Sentence], **options: Any) -> dict[str, Instance]:
    """Make the ADDDIFF variants of the test split, one for an original, keyed by its id.

    Args:
        corpus: the corpus.
        pool: its `clause_source`.
        options: fields of `arts.generators.generator.GenerationOptions`, except the strategies.

    Raises:
        DataError: when no aspect can be added to any original.
    """
    from arts.generators.generator import GenerationOptions
    from arts.generators.running.perturbation_cache import perturbations

    only_adddiff = GenerationOptions(strategies=(Strategy.ADDDIFF,), min_acceptance=0, **options)
    sentences = group_sentences(corpus.test)
    variants = {v.unit: v for v in perturbations(sentences, training=pool, options=only_adddiff)}
    if not variants:
        raise DataError(corpus.name, "has no original that ADDDIFF can add an aspect to")
    return variants


def _predictions_of_units(
    predict: Predict, by_unit: dict[str, Instance], *, units: set[str], originals: dict[str, Instance]
) -> Predictions:
    """Predict the variants of some units; they are marked as originals, since accuracy is that on originals.

    Their sentences are those of the true originals: what is added differs between units of one sentence.

    Args:
        predict: function that maps n instances to an array (n, 3) of probabilities.
        by_unit: the variants, keyed by the id of their original.
        units: ids of the originals whose variants are predicted.
        originals: the originals, keyed by their id.
    """
    instances = as_originals([instance for unit, instance in by_unit.items() if unit in units])
    probabilities = predict(instances)
    return Predictions.of(
        instances,
        predicted_labels(probabilities),
        probabilities=probabilities,
        sentences=sentence_keys(originals.values()),
    )
