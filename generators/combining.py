"""Reversing several opinion words of a sentence together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from arts.data.schema import Edit, Instance, Polarity, Strategy
from arts.generators import conjunctions
from arts.generators.analysis import OpinionWord
from arts.generators.reversal import Reversal, reversals
from arts.generators.sharing import Opinions
from arts.generators.variants import Reason, build

Options = Sequence[tuple[OpinionWord, list[Reversal]]]


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
    options = [(word, reversals(opinions.analysis, word, rng)) for word in words]
    failed = [word for word, found in options if not found]
    options = [(word, found) for word, found in options if found]
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
    for n in range(max(len(found) for _, found in options)):
        chosen = _distinct(options, n)
        if _reaches_others(opinions, chosen, changed):
            yield Reason.SCOPE
            continue
        edits = [edit for reversal in _unrepeated(options, chosen) for edit in reversal.edits]
        yield build(source, opinions.sentence, strategy, [*edits, *repaired, *extra], flipped)


def _distinct(options: Options, n: int) -> list[Reversal]:
    """The n-th reversal of each word, or a later one where another word got the same."""
    chosen: list[Reversal] = []
    used: dict[str, str] = {}  # replacement → what it replaces
    for _, found in options:
        rest = found[min(n, len(found) - 1) :]
        pairs = [
            (reversal, reversal.edits[0].before.lower(), reversal.edits[0].after.lower()) for reversal in rest
        ]
        fresh = (p for p in pairs if used.get(p[2], p[1]) == p[1])
        reversal, before, after = next(fresh, pairs[0])
        used[after] = before
        chosen.append(reversal)
    return chosen


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
