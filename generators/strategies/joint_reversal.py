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
    """The different ways to reverse one opinion word, best first, computed only as far as they are asked for.

    Args:
        word: the opinion word.
        candidates: the ways to reverse it, best first; repetitions in it are skipped.
    """

    def __init__(self, word: OpinionWord, candidates: Iterator[Reversal]) -> None:
        self.word = word
        self._remaining = candidates
        self._different: list[Reversal] = []

    def at(self, n: int) -> Reversal | None:
        """The n-th way to reverse the word, counted from 0; None when there are fewer."""
        while len(self._different) <= n:
            reversal = next((r for r in self._remaining if r not in self._different), None)
            if reversal is None:
                return None
            self._different.append(reversal)
        return self._different[n]

    def since(self, n: int) -> Iterator[Reversal]:
        """Stream the ways from the n-th on, counted from 0; only the last one when there is no n-th."""
        if self.at(n) is None:
            yield self._different[-1]
        while (reversal := self.at(n)) is not None:
            yield reversal
            n += 1


@dataclass(frozen=True)
class ReversalPlan:
    """What stays equal in all variants, whichever way each word is reversed.

    Args:
        words: the words to reverse, each with the ways to reverse it.
        polarities: the new polarity of each aspect that changes, keyed by its character span (start, end).
        repairs: the edits that make the conjunctions fit the reversed words, such as "and" → "but".
    """

    words: Sequence[WordReversals]
    polarities: Mapping[AspectSpan, Polarity]
    repairs: tuple[Edit, ...]

    @property
    def heads(self) -> frozenset[int]:
        """The syntactic heads of the words to reverse, as token indices."""
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
    """Make variants in which several opinion words are reversed, and conjunctions adapted ("and" → "but").

    Args:
        source: the original instance.
        opinions: the opinion words of its sentence.
        words: the words to reverse. A word that cannot be reversed stays unchanged if its sign is unknown;
            otherwise there is no variant.
        strategy: REVTGT, where the target must change with the words, or REVNON, where it must not change.
        rng: draws among equally good replacements.
        extra: further edits to make in every variant.

    Yields:
        Variants, best first, and reasons where a way to reverse the words failed.
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
    """What all variants of `reverse_together` have in common, or the reason why there is none."""
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
    """Choose a way to reverse each word: the n-th, or its last if it has fewer.

    If the replacement is already chosen for another word, the next way with an unused replacement is taken
    instead, if there is one.

    Args:
        words: the words, each with the ways to reverse it.
        n: the number of the way, counted from 0.

    Returns:
        One way per word, in the order of the words.
    """
    choice: list[Reversal] = []
    replaced: dict[str, str] = {}  # replacement → the word that it replaces
    for candidates in words:
        first = next(candidates.since(n))
        reversal = next((r for r in candidates.since(n) if _is_new_replacement(r, replaced)), first)
        replaced[reversal.edits[0].after.lower()] = reversal.edits[0].before.lower()
        choice.append(reversal)
    return choice


def _is_new_replacement(reversal: Reversal, replaced: Mapping[str, str]) -> bool:
    """Whether a reversal's replacement is not used for another word.

    Args:
        reversal: one way to reverse a word.
        replaced: the words that are replaced already, in lower case, keyed by their replacement.
    """
    before, after = reversal.edits[0].before.lower(), reversal.edits[0].after.lower()
    return replaced.get(after, before) == before


def _governs_others(opinions: OpinionAssignment, source: Instance, words: Sequence[OpinionWord]) -> bool:
    """Whether a verb that is to be reversed has, as an object, another aspect that must stay as it is.

    An aspect must stay when it has the target's label, and opinion words of which none is reversed.
    """
    changed = {word.head for word in words}
    rivals = [a for a in opinions.sentence.aspects if a.polarity is source.polarity and opinions.heads(a)]
    rivals = [a for a in rivals if not opinions.heads(a) & changed]
    return any(opinions.governs(word, aspect) for word in words for aspect in rivals)


def _drop_redundant(words: Sequence[WordReversals], choice: Sequence[Reversal]) -> list[Reversal]:
    """Drop replacements of words that the negation of another word reverses already.

    Where a "not" put in for one word also affects another, replacing the other would reverse it twice.

    Args:
        words: the words.
        choice: the way to reverse each, in the order of `words`.
    """
    needed: list[Reversal] = []
    for candidates, reversal in zip(words, choice, strict=True):
        is_reached = any(candidates.word.head in other.scope for other in choice if other is not reversal)
        if reversal.scope or not is_reached:
            needed.append(reversal)
    return needed


def _repair_conjunctions(opinions: OpinionAssignment, changed: frozenset[int]) -> tuple[Edit, ...] | None:
    """The edits that make the conjunctions fit the reversed words; None when one cannot be made to fit.

    Args:
        opinions: the opinion words of the sentence.
        changed: the token indices of the syntactic heads of the reversed words.
    """
    before = opinions.signs
    after = {head: -sign if head in changed else sign for head, sign in before.items()}
    return conjunctions.repair(opinions.analysis.doc, opinions.links, before=before, after=after)


def _reaches_others(opinions: OpinionAssignment, choice: Sequence[Reversal], changed: frozenset[int]) -> bool:
    """Whether an inserted or removed negation also affects opinion words that are to stay as they are.

    Args:
        opinions: the opinion words of the sentence.
        choice: the way to reverse each word.
        changed: the token indices of the syntactic heads of the words that are reversed.
    """
    scope = frozenset(i for reversal in choice for i in reversal.scope)
    return any(
        (opinions.heads(aspect) & scope) - changed
        for aspect in opinions.sentence.aspects
        if aspect.polarity is not Polarity.NEUTRAL
    )
