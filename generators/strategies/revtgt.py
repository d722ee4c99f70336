"""REVTGT: the target's polarity reversed, and nothing else (Xing et al., 2020, section 2.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from random import Random

from arts.data.schema import Instance, Polarity, Strategy
from arts.generators.opinions.analysis import OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import Opinions, span_of
from arts.generators.strategies.joint_reversal import combined
from arts.generators.strategies.reversal import reversible
from arts.generators.strategies.variants import Reason


class Neutral(StrEnum):
    """What REVTGT does with a neutral target."""

    KEEP = "keep"  # its opinion words are reversed and its label stays neutral, as in the paper
    SKIP = "skip"  # no variant


def reverse_target(
    source: Instance, opinions: Opinions, rng: Random, *, neutral: Neutral = Neutral.KEEP
) -> Iterator[Instance | Reason]:
    """Variants of an instance in which the sentiment on its target is reversed, best first.

    Every opinion word on the target is reversed. Other aspects that share all their words with it change
    with it, in `aspects`; where one shares only some there is no variant. A neutral target stays neutral;
    when nothing is said of it, the nearest opinion that is on no other aspect is reversed.

    Yields:
        Variants, and reasons for those that failed.
    """
    target = source.aspect
    if target.polarity is Polarity.NEUTRAL and neutral is Neutral.SKIP:
        yield Reason.NEUTRAL
        return
    words = opinions.words[span_of(target)]
    if target.polarity is Polarity.NEUTRAL and not target.opinions:
        words = tuple(word for word in words if word.entry) or opinions.around(target)
    if not words:
        yield Reason.NO_OPINION
        return
    words = _agreeing(opinions, words, SIGN_OF[target.polarity])
    if not words:
        yield Reason.CONTRADICTED
        return
    others = [w for w in opinions.companions(target) if reversible(opinions.analysis, w)]
    yield from combined(source, opinions, [*words, *others], Strategy.REVTGT, rng)


def _agreeing(opinions: Opinions, words: Sequence[OpinionWord], wanted: int) -> tuple[OpinionWord, ...]:
    """The words whose orientation does not contradict the label."""
    sign = opinions.analysis.sign
    return tuple(word for word in words if not wanted or sign(word) != -wanted)
