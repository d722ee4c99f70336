"""REVNON: reversing the sentiment on the other aspects, not the target (Xing et al., 2020, section 2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from arts.data.schema import Aspect, Edit, Instance, Polarity, Strategy
from arts.generators.opinions.analysis import OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of
from arts.generators.strategies.aspect_reversal import AspectReversal
from arts.generators.strategies.aspectset import NOTHING, AspectSet
from arts.generators.strategies.clause_reversal import reverse_aspect
from arts.generators.strategies.exaggeration import exaggerate
from arts.generators.strategies.exceptions import make_exception
from arts.generators.strategies.joint_reversal import reverse_together
from arts.generators.strategies.reversal import is_reversible
from arts.generators.strategies.variants import Reason, build_variant


def reverse_others(
    source: Instance,
    opinions: OpinionAssignment,
    *,
    rng: Random,
    aspect_set: AspectSet = NOTHING,
) -> Iterator[Instance | Reason]:
    """Make variants in which the other aspects no longer support the target's label.

    Other aspects with the target's polarity are reversed. Those with another polarity are exaggerated, if
    they can be. Opinion words that are also about the target are not changed, nor are neutral aspects.

    Args:
        source: the original instance.
        opinions: the opinion words of its sentence.
        rng: draws among equally good replacements and degree words.
        aspect_set: what training sentences say of their aspects.

    Yields:
        Variants, best first, and reasons where a way to make one failed.
    """
    target = source.aspect
    others = [a for a in opinions.sentence.aspects if span_of(a) != span_of(target)]
    others = [
        a for a in others if a.polarity is not Polarity.NEUTRAL and a.term.lower() != target.term.lower()
    ]
    if not others:
        yield Reason.NO_OTHER
        return
    same = [a for a in others if a.polarity is target.polarity]
    differing = [a for a in others if a.polarity is not target.polarity]
    edits = _exaggerate_aspects(opinions, differing, target, rng)
    unclear = target.polarity is not Polarity.NEUTRAL and not opinions.words[span_of(target)]
    reversible = [] if unclear else same  # the target's words may be among those that would be reversed
    choices = (_reversible_words(opinions, aspects, target) for aspects in _choices(reversible, target))
    for words in dict.fromkeys(filter(None, choices)):
        yield from reverse_together(
            source, opinions, words=words, strategy=Strategy.REVNON, rng=rng, extra=edits
        )
    for aspect in same:
        reverse = make_exception if unclear else reverse_aspect
        yield from reverse(AspectReversal(source, opinions, aspect, Strategy.REVNON, aspect_set, rng))
    if not edits:
        yield Reason.NO_CHANGE
    else:
        yield build_variant(source, opinions.sentence, strategy=Strategy.REVNON, edits=edits)


def _choices(aspects: list[Aspect], target: Aspect) -> Iterator[list[Aspect]]:
    """The aspects to reverse: all, else those behind the target, those before it, or a single one.

    Not all can always be: praise, blame and praise again do not join in one sentence.
    """
    yield aspects
    if len(aspects) > 1:
        yield [a for a in aspects if a.start > target.start]
        yield [a for a in aspects if a.start < target.start]
        yield from ([a] for a in reversed(aspects))


def _reversible_words(
    opinions: OpinionAssignment, aspects: list[Aspect], target: Aspect
) -> tuple[OpinionWord, ...]:
    """The opinion words on aspects that can be reversed without changing the target.

    An aspect counts only when all its words can be reversed, fit its label, and are not about the target.
    """
    by_head: dict[int, OpinionWord] = {}
    for aspect in aspects:
        words = opinions.words[span_of(aspect)]
        sign = SIGN_OF[aspect.polarity]
        if (
            words
            and not opinions.heads(aspect) & opinions.heads(target)
            and all(opinions.analysis.sign(word) != -sign for word in words)
            and all(opinions.is_direct(word, aspect) for word in words)
            and not any(opinions.governs(word, target) for word in words)
            and all(is_reversible(opinions.analysis, word) for word in words)
        ):
            by_head.update((word.head, word) for word in words)
    return tuple(by_head[head] for head in sorted(by_head))


def _exaggerate_aspects(
    opinions: OpinionAssignment, aspects: list[Aspect], target: Aspect, rng: Random
) -> tuple[Edit, ...]:
    """The edits that exaggerate aspects: for each, one opinion word that is not also about the target.

    Args:
        opinions: the opinion words of the sentence.
        aspects: the aspects to exaggerate.
        target: the target, whose words must not change.
        rng: draws the degree words.
    """
    shared = opinions.heads(target)
    edits: dict[int, tuple[Edit, ...]] = {}
    for aspect in aspects:
        for word in opinions.words[span_of(aspect)]:
            agrees = opinions.analysis.sign(word) != -SIGN_OF[aspect.polarity]
            direct = opinions.is_direct(word, aspect)
            if word.head not in shared and word.head not in edits and agrees and direct:
                edits[word.head] = exaggerate(opinions.analysis, word, rng=rng)
                if edits[word.head]:
                    break
    return tuple(edit for group in edits.values() for edit in group)
