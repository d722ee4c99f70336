"""What a strategy gives: variants of an instance, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from arts.data.schema import Aspect, Edit, Instance, Polarity, Sentence, Strategy
from arts.generators.strategies.checks import fault
from arts.generators.strategies.edits import EditError, apply, join_edits, repair_articles, shift_aspect

SUFFIX = {Strategy.REVTGT: "adv1", Strategy.REVNON: "adv2", Strategy.ADDDIFF: "adv3"}


class Reason(StrEnum):
    """Why an instance has no variant of a strategy."""

    NEUTRAL = "the target is neutral, and neutral targets are skipped"
    NO_OPINION = "no opinion term found"
    CONTRADICTED = "the opinion terms found contradict the label"
    NOT_REVERSIBLE = "no acceptable reversal of an opinion term"
    MIXED = "another aspect shares only some of the reversed terms"
    SCOPE = "the negation would reach the opinion on another aspect"
    CONJUNCTION = "a conjunction cannot be repaired"
    OVERLAP = "edits overlap or touch an aspect term"
    CHECK = "the result failed a check of its form"
    NO_OTHER = "no other aspect to change"
    NO_CHANGE = "no other aspect could be changed"
    POOL = "too few aspects left to add"
    TEMPLATE = "no template fits the end of the sentence"
    FLUENCY = "all candidates are less fluent than the limit"


def build_variant(
    source: Instance,
    sentence: Sentence,
    *,
    strategy: Strategy,
    edits: Iterable[Edit],
    polarities: Mapping[tuple[int, int], Polarity] | None = None,
    added: Iterable[Aspect] = (),
) -> Instance | Reason:
    """The variant of an instance that a set of edits makes, or what is wrong with it.

    Args:
        source: the original instance.
        sentence: its sentence, with every aspect.
        strategy: the strategy that made the edits.
        edits: replacements, with offsets into the sentence.
        polarities: the new polarity of the aspects that change, by their span in the sentence.
        added: new aspects, with their span in the variant.
    """
    polarities = polarities or {}
    try:
        final = repair_articles(sentence.text, join_edits(edits))
        text = apply(sentence.text, final)
        aspects = [
            _with_polarity(shift_aspect(a, final, text=text), polarities.get((a.start, a.end)))
            for a in sentence.aspects
        ]
    except EditError:
        return Reason.OVERLAP
    if fault(sentence.text, text):
        return Reason.CHECK
    position = [(a.start, a.end) for a in sentence.aspects].index((source.aspect.start, source.aspect.end))
    target = aspects[position]
    everything = tuple(sorted([*aspects, *added], key=lambda a: (a.start, a.end)))
    return Instance(f"{source.id}_{SUFFIX[strategy]}", source.unit, strategy, text, target, everything, final)


def _with_polarity(aspect: Aspect, polarity: Polarity | None) -> Aspect:
    return aspect if polarity in (None, aspect.polarity) else replace(aspect, polarity=polarity)
