"""Reversing several opinion words of a sentence together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from random import Random

from arts.data.schema import Edit, Instance, Polarity, Strategy
from arts.generators.english import conjunctions
from arts.generators.opinions.analysis import OpinionWord
from arts.generators.opinions.opinion_assignment import Opinions
from arts.generators.strategies.reversal import Reversal, reversals
from arts.generators.strategies.variants import Reason, build


class Ways:
    """The different ways to reverse a word, worked out as they are asked for."""

    def __init__(self, found: Iterator[Reversal]) -> None:
        self._rest = found
        self._known: list[Reversal] = []

    def at(self, n: int) -> Reversal | None:
        """The n-th way, if there are so many."""
        while len(self._known) <= n:
            following = next((way for way in self._rest if way not in self._known), None)
            if following is None:
                return None
            self._known.append(following)
        return self._known[n]

    def since(self, n: int) -> Iterator[Reversal]:
        """The ways from the n-th on, or the last one where there are fewer."""
        first = self.at(n)
        if first is None:
            yield self._known[-1]
        while (way := self.at(n)) is not None:
            yield way
            n += 1


Options = Sequence[tuple[OpinionWord, Ways]]


def combined(
    source: Instance,
    opinions: Opinions,
    words: Sequence[OpinionWord],
    strategy: Strategy,
    rng: Random,
    extra: Sequence[Edit] = (),
) -> Iterator[Instance | Reason]:
    """Variants in which all `words` are reversed and the conjunctions repaired, best first.

    Args:
        source: the original instance.
        opinions: of its sentence.
        words: to reverse; those that cannot be must be without orientation, or there is no variant.
        strategy: whose target changes with the words (REVTGT), or must not (REVNON).
        rng: draws among equally good replacements.
        extra: edits made besides.
    """
    options = [(word, Ways(reversals(opinions.analysis, word, rng))) for word in words]
    failed = [word for word, ways in options if ways.at(0) is None]
    options = [(word, ways) for word, ways in options if ways.at(0) is not None]
    if not options or any(word.entry is not None and word.entry.sign for word in failed):
        yield Reason.NOT_REVERSIBLE
        return
    changed = frozenset(word.head for word, _ in options)
    if strategy is Strategy.REVTGT:
        flipped = opinions.flipped(changed | opinions.heads(source.aspect))
    else:
        flipped = opinions.flipped(changed, keep=source.aspect)
    if flipped is None:
        yield Reason.MIXED
        return
    if strategy is Strategy.REVTGT and _governs_others(opinions, source, [word for word, _ in options]):
        yield Reason.MIXED
        return
    repaired = _repaired(opinions, changed)
    if repaired is None:
        yield Reason.CONJUNCTION
        return
    for n in count():
        if all(ways.at(n) is None for _, ways in options):
            return
        chosen = _distinct(options, n)
        if _reaches_others(opinions, chosen, changed):
            yield Reason.SCOPE
            continue
        edits = [edit for reversal in _unrepeated(options, chosen) for edit in reversal.edits]
        if strategy is Strategy.REVNON and opinions.touched(source.aspect, edits):
            yield Reason.MIXED
            continue
        yield build(source, opinions.sentence, strategy, [*edits, *repaired, *extra], flipped)


def _distinct(options: Options, n: int) -> list[Reversal]:
    """The n-th reversal of each word, or a later one where another word got the same."""
    chosen: list[Reversal] = []
    used: dict[str, str] = {}  # replacement → what it replaces
    for _, ways in options:
        first = next(ways.since(n))
        fresh = (way for way in ways.since(n) if _says(used, way))
        way = next(fresh, first)
        used[way.edits[0].after.lower()] = way.edits[0].before.lower()
        chosen.append(way)
    return chosen


def _says(used: Mapping[str, str], way: Reversal) -> bool:
    """Whether no other word than this one got the same replacement."""
    before, after = way.edits[0].before.lower(), way.edits[0].after.lower()
    return used.get(after, before) == before


def _governs_others(opinions: Opinions, source: Instance, words: Sequence[OpinionWord]) -> bool:
    """Whether a verb to be reversed has an aspect with words of its own and the same label as object."""
    changed = {word.head for word in words}
    rivals = [a for a in opinions.sentence.aspects if a.polarity is source.polarity and opinions.heads(a)]
    rivals = [a for a in rivals if not opinions.heads(a) & changed]
    return any(opinions.governed(word, aspect) for word in words for aspect in rivals)


def _unrepeated(options: Options, chosen: Sequence[Reversal]) -> list[Reversal]:
    """The reversals that are needed: a word that the negation of another one reaches is reversed by it."""
    kept: list[Reversal] = []
    for (word, _), reversal in zip(options, chosen, strict=True):
        reached = any(word.head in other.scope for other in chosen if other is not reversal)
        if reversal.scope or not reached:
            kept.append(reversal)
    return kept


def _repaired(opinions: Opinions, changed: frozenset[int]) -> tuple[Edit, ...] | None:
    before = opinions.signs
    after = {head: -sign if head in changed else sign for head, sign in before.items()}
    return conjunctions.repair(opinions.analysis.doc, opinions.links, before, after)


def _reaches_others(opinions: Opinions, chosen: Sequence[Reversal], changed: frozenset[int]) -> bool:
    """Whether a negation put in or taken out also reaches opinion words that are to stay."""
    scope = frozenset(i for reversal in chosen for i in reversal.scope)
    return any(
        (opinions.heads(aspect) & scope) - changed
        for aspect in opinions.sentence.aspects
        if aspect.polarity is not Polarity.NEUTRAL
    )
