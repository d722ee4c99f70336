"""Reversing several opinion words of a sentence together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

from arts.data.schema import Edit, Instance, Polarity, Strategy
from arts.generators.english import conjunctions
from arts.generators.opinions.analysis import OpinionWord
from arts.generators.opinions.opinion_assignment import AspectSpan, OpinionAssignment
from arts.generators.strategies.reversal import Reversal, reversals
from arts.generators.strategies.variants import Reason, build_variant


class WordReversals:
    """The different ways to reverse a word, best first, worked out only as far as they are needed.

    Args:
        word: the opinion word.
        candidates: the ways to reverse it, best first; some may be equal.
    """

    def __init__(self, word: OpinionWord, candidates: Iterator[Reversal]) -> None:
        self.word = word
        self._remaining = candidates
        self._different: list[Reversal] = []

    def at(self, n: int) -> Reversal | None:
        """The n-th way, from 0; None when there are fewer."""
        while len(self._different) <= n:
            reversal = next((r for r in self._remaining if r not in self._different), None)
            if reversal is None:
                return None
            self._different.append(reversal)
        return self._different[n]

    def since(self, n: int) -> Iterator[Reversal]:
        """The ways from the n-th on, or the last one where there are fewer."""
        if self.at(n) is None:
            yield self._different[-1]
        while (reversal := self.at(n)) is not None:
            yield reversal
            n += 1


@dataclass(frozen=True)
class ReversalPlan:
    """What stays the same whichever reversal of each word is chosen.

    Args:
        words: the words that can be reversed, each with its reversals.
        polarities: the new polarity of the aspects that change, by their span.
        repairs: the edits of the conjunctions.
    """

    words: Sequence[WordReversals]
    polarities: Mapping[AspectSpan, Polarity]
    repairs: tuple[Edit, ...]

    @property
    def heads(self) -> frozenset[int]:
        """The indices of the heads of the words."""
        return frozenset(candidates.word.head for candidates in self.words)


def reverse_together(
    source: Instance,
    opinions: OpinionAssignment,
    *,
    words: Sequence[OpinionWord],
    strategy: Strategy,
    rng: Random,
    extra: Sequence[Edit] = (),
) -> Iterator[Instance | Reason]:
    """Variants in which all `words` are reversed and the conjunctions repaired, best first.

    Args:
        source: the original instance.
        opinions: the opinion words of its sentence.
        words: to reverse; those that cannot be must be without orientation, or there is no variant.
        strategy: whose target changes with the words (REVTGT), or must not (REVNON).
        rng: draws among equally good replacements.
        extra: edits made besides.

    Yields:
        Variants, and reasons for those that failed.
    """
    plan = _prepare(source, opinions, words, strategy, rng)
    if isinstance(plan, Reason):
        yield plan
        return
    for n in count():
        if all(candidates.at(n) is None for candidates in plan.words):
            return
        choice = _choose_distinct(plan.words, n)
        if _reaches_others(opinions, choice, plan.heads):
            yield Reason.SCOPE
            continue
        edits = [edit for reversal in _drop_redundant(plan.words, choice) for edit in reversal.edits]
        if strategy is Strategy.REVNON and opinions.touches(edits, source.aspect):
            yield Reason.MIXED
            continue
        yield build_variant(
            source,
            opinions.sentence,
            strategy=strategy,
            edits=[*edits, *plan.repairs, *extra],
            polarities=plan.polarities,
        )


def _prepare(
    source: Instance,
    opinions: OpinionAssignment,
    words: Sequence[OpinionWord],
    strategy: Strategy,
    rng: Random,
) -> ReversalPlan | Reason:
    """The words that can be reversed and what follows from it, or the reason why nothing can be."""
    every = [WordReversals(word, reversals(opinions.analysis, word, rng=rng)) for word in words]
    possible = [candidates for candidates in every if candidates.at(0) is not None]
    impossible = [candidates.word for candidates in every if candidates.at(0) is None]
    if not possible or any(word.entry is not None and word.entry.sign for word in impossible):
        return Reason.NOT_REVERSIBLE
    heads = frozenset(candidates.word.head for candidates in possible)
    if strategy is Strategy.REVTGT:
        polarities = opinions.new_polarities(heads | opinions.heads(source.aspect))
        if _governs_others(opinions, source, [candidates.word for candidates in possible]):
            polarities = None
    else:
        polarities = opinions.new_polarities(heads, keep=source.aspect)
    if polarities is None:
        return Reason.MIXED
    repairs = _repair_conjunctions(opinions, heads)
    return Reason.CONJUNCTION if repairs is None else ReversalPlan(possible, polarities, repairs)


def _choose_distinct(words: Sequence[WordReversals], n: int) -> list[Reversal]:
    """The n-th reversal of each word, or a later one where another word got the same."""
    choice: list[Reversal] = []
    replaced: dict[str, str] = {}  # replacement → what it replaces
    for candidates in words:
        first = next(candidates.since(n))
        reversal = next((r for r in candidates.since(n) if _is_new_replacement(r, replaced)), first)
        replaced[reversal.edits[0].after.lower()] = reversal.edits[0].before.lower()
        choice.append(reversal)
    return choice


def _is_new_replacement(reversal: Reversal, replaced: Mapping[str, str]) -> bool:
    """Whether no other word than this one got the same replacement."""
    before, after = reversal.edits[0].before.lower(), reversal.edits[0].after.lower()
    return replaced.get(after, before) == before


def _governs_others(opinions: OpinionAssignment, source: Instance, words: Sequence[OpinionWord]) -> bool:
    """Whether a verb to be reversed has an aspect with words of its own and the same label as object."""
    changed = {word.head for word in words}
    rivals = [a for a in opinions.sentence.aspects if a.polarity is source.polarity and opinions.heads(a)]
    rivals = [a for a in rivals if not opinions.heads(a) & changed]
    return any(opinions.governs(word, aspect) for word in words for aspect in rivals)


def _drop_redundant(words: Sequence[WordReversals], choice: Sequence[Reversal]) -> list[Reversal]:
    """The reversals that are needed: a word that the negation of another one reaches is reversed by it."""
    needed: list[Reversal] = []
    for candidates, reversal in zip(words, choice, strict=True):
        is_reached = any(candidates.word.head in other.scope for other in choice if other is not reversal)
        if reversal.scope or not is_reached:
            needed.append(reversal)
    return needed


def _repair_conjunctions(opinions: OpinionAssignment, changed: frozenset[int]) -> tuple[Edit, ...] | None:
    before = opinions.signs
    after = {head: -sign if head in changed else sign for head, sign in before.items()}
    return conjunctions.repair(opinions.analysis.doc, opinions.links, before=before, after=after)


def _reaches_others(opinions: OpinionAssignment, choice: Sequence[Reversal], changed: frozenset[int]) -> bool:
    """Whether an inserted or removed negation also reaches opinion words that are to stay."""
    scope = frozenset(i for reversal in choice for i in reversal.scope)
    return any(
        (opinions.heads(aspect) & scope) - changed
        for aspect in opinions.sentence.aspects
        if aspect.polarity is not Polarity.NEUTRAL
    )
