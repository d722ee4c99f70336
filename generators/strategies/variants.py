"""What a strategy makes of an original: a variant, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from arts.data.schema import Aspect, Edit, Instance, Opinion, Polarity, Sentence, Strategy
from arts.generators.strategies.checks import fault
from arts.generators.strategies.edits import (
    EditError,
    apply,
    join_edits,
    match_surroundings,
    repair_articles,
    shift_aspect,
)

SUFFIX = {Strategy.REVTGT: "adv1", Strategy.REVNON: "adv2", Strategy.ADDDIFF: "adv3"}


class Reason(StrEnum):
    """Why an original has no variant by a strategy.

    The value of each member is the reason in words, as it stands in the quality report: that of NO_OPINION is
    "no opinion term found".
    """

    NEUTRAL = "the target is neutral, and neutral targets are skipped"
    NO_OPINION = "no opinion term found"
    INDIRECT = "an opinion term found is not said of its aspect itself"
    REST = "the rest of the sentence would contradict the reversal"
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
    NO_ROOM = "the sentence says that there is nothing else of the added sentiment"
    FEWER = "fewer aspects added than drawn or asked for: too few fit the sentence"
    LANGUAGE = "the sentence is not English"
    ACCEPTANCE = "readers would probably not accept what could be made"
    FLUENCY = "all candidates are less fluent than the limit"


def build_variant(
    source: Instance,
    sentence: Sentence,
    *,
    strategy: Strategy,
    edits: Iterable[Edit],
    polarities: Mapping[tuple[int, int], Polarity] | None = None,
    added: Iterable[Aspect] = (),
    moved: Mapping[tuple[int, int], Aspect] | None = None,
) -> Instance | Reason:
    """Make the variant that a set of edits turns an original into, or say why there is none.

    Args:
        source: the original instance.
        sentence: its sentence, with all aspects.
        strategy: the strategy that made the edits.
        edits: the edits, with offsets into the sentence, in any order.
        polarities: the new polarity of each aspect that changes, keyed by its span (start, end) in the
            sentence.
        added: the added aspects, with spans in the variant's text.
        moved: the aspects that the variant mentions elsewhere, keyed by their span in the sentence. Their
            new spans count from the end of the text, as negative offsets.

    Returns:
        The variant, or a reason: OVERLAP when edits overlap or change an aspect term, CHECK when the new text
        fails a check of its form.
    """
    polarities = polarities or {}
    try:
        final = repair_articles(sentence.text, join_edits(edits))
        if strategy is not Strategy.ADDDIFF:
            final = match_surroundings(sentence.text, final)
        text = apply(sentence.text, final)
        aspects = [
            replace(_from_end(moved[span], text), id=a.id)
            if moved and (span := (a.start, a.end)) in moved
            else _with_polarity(shift_aspect(a, final, text=text), polarities.get((a.start, a.end)))
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


def _from_end(aspect: Aspect, text: str) -> Aspect:
    """The aspect with spans that count from the beginning of a text instead of from its end."""
    size = len(text)
    opinions = tuple(
        Opinion(text[size + o.start : size + o.end], size + o.start, size + o.end) for o in aspect.opinions
    )
    start, end = size + aspect.start, size + aspect.end
    return Aspect(text[start:end], start, end, aspect.polarity, opinions)


def _with_polarity(aspect: Aspect, polarity: Polarity | None) -> Aspect:
    """The aspect with the given polarity; the unchanged aspect when that is None."""
    return aspect if polarity in (None, aspect.polarity) else replace(aspect, polarity=polarity)
