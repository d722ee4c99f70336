"""REVNON: the other aspects reversed or exaggerated, not the target (Xing et al., 2020, section 2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from arts.data.schema import Aspect, Edit, Instance, Polarity, Strategy
from arts.generators.opinions.analysis import OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import Opinions, span_of
from arts.generators.strategies.exaggeration import exaggerated
from arts.generators.strategies.joint_reversal import combined
from arts.generators.strategies.reversal import reversible
from arts.generators.strategies.variants import Reason, build


def reverse_others(source: Instance, opinions: Opinions, rng: Random) -> Iterator[Instance | Reason]:
    """Variants in which the other aspects no longer support the target's label, best first.

    Others with the target's polarity are reversed; those that differ are exaggerated, if they can be.
    Words that the target shares are left alone. Neutral aspects are never changed.

    Yields:
        Variants, and reasons for those that failed.
    """
    target = source.aspect
    others = [a for a in opinions.sentence.aspects if span_of(a) != span_of(target)]
    others = [
        a for a in others if a.polarity is not Polarity.NEUTRAL and a.term.lower() != target.term.lower()
    ]
    if not others:
        yield Reason.NO_OTHER
        return
    if target.polarity is not Polarity.NEUTRAL and not opinions.words[span_of(target)]:
        yield Reason.NO_OPINION  # its words may be among those that would be reversed
        return
    same = [a for a in others if a.polarity is target.polarity]
    differing = [a for a in others if a.polarity is not target.polarity]
    extra = _exaggerations(opinions, differing, target, rng)
    words = _reversible(opinions, same, target)
    if words:
        yield from combined(source, opinions, words, Strategy.REVNON, rng, extra)
    elif same or not extra:
        yield Reason.NO_CHANGE
    else:
        yield build(source, opinions.sentence, Strategy.REVNON, extra, {})


def _reversible(opinions: Opinions, aspects: list[Aspect], target: Aspect) -> tuple[OpinionWord, ...]:
    """The opinion words of the aspects that can be reversed whole, apart from the target."""
    kept = opinions.heads(target)
    found: dict[int, OpinionWord] = {}
    for aspect in aspects:
        words = opinions.words[span_of(aspect)]
        sign = SIGN_OF[aspect.polarity]
        if (
            words
            and not opinions.heads(aspect) & kept
            and all(opinions.analysis.sign(word) != -sign for word in words)
            and not any(opinions.governed(word, target) for word in words)
            and all(reversible(opinions.analysis, word) for word in words)
        ):
            found.update((word.head, word) for word in words)
    return tuple(found[head] for head in sorted(found))


def _exaggerations(
    opinions: Opinions, aspects: list[Aspect], target: Aspect, rng: Random
) -> tuple[Edit, ...]:
    kept = opinions.heads(target)
    edits: dict[int, tuple[Edit, ...]] = {}
    for aspect in aspects:
        for word in opinions.words[span_of(aspect)]:
            agrees = opinions.analysis.sign(word) != -SIGN_OF[aspect.polarity]
            if word.head not in kept and word.head not in edits and agrees:
                edits[word.head] = exaggerated(opinions.analysis, word, rng)
                if edits[word.head]:
                    break
    return tuple(edit for group in edits.values() for edit in group)
