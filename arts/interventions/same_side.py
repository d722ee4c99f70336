"""Variants to which clauses are added that agree with the target: ADDDIFF adds those that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from arts.data.schema import Instance, Polarity, Sentence, Strategy
from arts.generators.generator import GenerationOptions
from arts.generators.running.perturbation_cache import perturbations

if TYPE_CHECKING:
    from arts.data.corpus import Corpus


def mislabelled_same_side_variants(
    sentences: Sequence[Sentence], corpus: Corpus, *, seed: int, templates: Sequence[str]
) -> list[Instance]:
    """Variants to which ADDDIFF adds aspects of the target's own sentiment, labelled with the opposite.

    ADDDIFF adds aspects of the sentiment opposite to the target's label. So it is given sentences whose
    positive and negative labels are swapped. Neutral targets have no such variants.

    Args:
        sentences: the sentences, with their true labels.
        corpus: the corpus, from whose training split added aspects are mined.
        seed: random seed of generating the variants.
        templates: names of the ADDDIFF templates.
    """
    options = GenerationOptions(
        strategies=(Strategy.ADDDIFF,), seed=seed, templates=tuple(templates), min_acceptance=0
    )
    mislabelled = [_with_opposite_labels(sentence) for sentence in sentences]
    variants = perturbations(mislabelled, training=corpus.train, options=options)
    return [variant for variant in variants if variant.aspect.polarity is not Polarity.NEUTRAL]


def same_side_variants(
    sentences: Sequence[Sentence], corpus: Corpus, *, seed: int, templates: Sequence[str]
) -> list[Instance]:
    """Variants to which aspects of the target's own sentiment are added, with the true label.

    Arguments as of `mislabelled_same_side_variants`. The variants list no aspects beside the target.
    """
    wrong = mislabelled_same_side_variants(sentences, corpus, seed=seed, templates=templates)
    return [
        replace(
            variant,
            id=f"{variant.id}_same_side",
            aspect=replace(variant.aspect, polarity=variant.aspect.polarity.opposite),
            aspects=(),
        )
        for variant in wrong
    ]


def _with_opposite_labels(sentence: Sentence) -> Sentence:
    """A copy of a sentence in which positive and negative labels are swapped."""
    aspects = tuple(
        aspect if aspect.polarity is Polarity.NEUTRAL else replace(aspect, polarity=aspect.polarity.opposite)
        for aspect in sentence.aspects
    )
    return replace(sentence, aspects=aspects)
