"""REVTGT: reversing the sentiment on the target and on nothing else (Xing et al., 2020, section 2.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from arts.data.schema import Instance, Polarity, Strategy
from arts.generators.choices import NeutralPolicy
from arts.generators.opinions.analysis import OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of
from arts.generators.strategies.aspect_reversal import AspectReversal
from arts.generators.strategies.aspectset import NOTHING, AspectSet
from arts.generators.strategies.clause_reversal import reverse_aspect
from arts.generators.strategies.joint_reversal import reverse_together
from arts.generators.strategies.reversal import is_reversible
from arts.generators.strategies.variants import Reason


def reverse_target(
    source: Instance,
    opinions: OpinionAssignment,
    *,
    rng: Random,
    neutral: NeutralPolicy = NeutralPolicy.SKIP,
    aspect_set: AspectSet = NOTHING,
) -> Iterator[Instance | Reason]:
    """Make variants in which the sentiment on the target is reversed.

    All opinion words on the target are reversed. Another aspect whose words are all among them is reversed,
    too; when only some of its words are, there is no variant, unless that aspect is neutral. Further variants
    replace all that is said of the target, or take it out of a list and make an exception of it.

    A neutral target is skipped, or its opinion words are reversed and its label stays neutral, as `neutral`
    says. When a neutral target has no opinion word, the nearest one that is about no aspect is reversed.

    Args:
        source: the original instance.
        opinions: the opinion words of its sentence.
        rng: draws among equally good replacements.
        neutral: what to do with a neutral target.
        aspect_set: what training sentences say of their aspects.

    Yields:
        Variants, those with reversed words first, and reasons where a way to make one failed.
    """
    yield from _reverse_words(source, opinions, rng=rng, neutral=neutral)
    if source.aspect.polarity is not Polarity.NEUTRAL:
        yield from reverse_aspect(
            AspectReversal(source, opinions, source.aspect, Strategy.REVTGT, aspect_set, rng)
        )


def _reverse_words(
    source: Instance, opinions: OpinionAssignment, *, rng: Random, neutral: NeutralPolicy
) -> Iterator[Instance | Reason]:
    """Make variants in which the opinion words on the target are reversed."""
    target = source.aspect
    if target.polarity is Polarity.NEUTRAL and neutral is NeutralPolicy.SKIP:
        yield Reason.NEUTRAL
        return
    words = opinions.words[span_of(target)]
    if target.polarity is Polarity.NEUTRAL and not target.opinions:
        words = tuple(word for word in words if word.entry) or opinions.nearest_free_word(target)
    if not words:
        words = opinions.words_of_only_aspect(target)
    if not words:
        yield Reason.NO_OPINION
        return
    words = _agreeing_words(opinions, words, SIGN_OF[target.polarity])
    if not words:
        yield Reason.CONTRADICTED
        return
    if target.polarity is not Polarity.NEUTRAL:
        words = tuple(word for word in words if opinions.is_direct(word, target))
    if not words:
        yield Reason.INDIRECT
        return
    companions = [w for w in opinions.companions(target) if is_reversible(opinions.analysis, w)]
    yield from reverse_together(
        source, opinions, words=[*words, *companions], strategy=Strategy.REVTGT, rng=rng
    )


def _agreeing_words(
    opinions: OpinionAssignment, words: Sequence[OpinionWord], wanted: int
) -> tuple[OpinionWord, ...]:
    """The words whose sign does not contradict the target's label.

    Args:
        opinions: the opinion words of the sentence.
        words: the words to choose from.
        wanted: the sign of the label: 1 positive, -1 negative, 0 neutral, which nothing contradicts.
    """
    sign = opinions.analysis.sign
    return tuple(word for word in words if not wanted or sign(word) != -wanted)
