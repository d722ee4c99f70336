"""Variants of a split whose added clauses stand first, inside and last equally often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from arts.data.schema import Instance, Sentence, Strategy
from arts.generators.generator import GenerationOptions
from arts.generators.running.perturbation_cache import perturbations
from arts.generators.strategies.joints import Place, places_of


def balanced_perturbations(
    sentences: Sequence[Sentence], *, training: Sequence[Sentence], options: GenerationOptions
) -> list[Instance]:
    """The variants of sentences as `perturbations` gives them, with the places of ADDDIFF balanced.

    ADDDIFF is tried at each place that the templates of the options have. Each original keeps one of the
    variants that come of it: those with the fewest places to choose from are served first, and each gets
    the place that is rarest so far. So places are equally frequent as far as sentences allow.

    Args:
        sentences: the sentences to perturb.
        training: sentences of the same domain, from which the AspectSet is mined.
        options: which variants to generate.
    """
    others = tuple(strategy for strategy in options.strategies if strategy is not Strategy.ADDDIFF)
    variants = []
    if others:
        variants = perturbations(sentences, training=training, options=replace(options, strategies=others))
    if others == options.strategies:
        return variants
    by_unit: dict[str, dict[Place, Instance]] = {}
    for place, templates in places_of(options.templates).items():
        only = replace(options, strategies=(Strategy.ADDDIFF,), templates=tuple(templates))
        for variant in perturbations(sentences, training=training, options=only):
            by_unit.setdefault(variant.unit, {})[place] = variant
    return [*variants, *_balance(by_unit)]


def _balance(by_unit: dict[str, dict[Place, Instance]]) -> list[Instance]:
    """One variant per unit, such that places are equally frequent as far as possible; in order of units."""
    count: Counter[Place] = Counter()
    chosen: dict[str, Instance] = {}
    for unit, variants in sorted(by_unit.items(), key=lambda item: len(item[1])):
        place = min(variants, key=lambda place: (count[place], list(Place).index(place)))
        count[place] += 1
        chosen[unit] = variants[place]
    return [chosen[unit] for unit in by_unit]
