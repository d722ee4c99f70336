"""Reversing several opinion words of a sentence together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

from arts.data.schema import Edit, Instance, Polarity, Strategy
from arts.generators.english import conjunctions
from arts.generators.opinions.analysis import OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import AspectSpan, OpinionAssignment, span_of
from arts.generators.strategies.rest import Rest, fit_rest
from arts.generators.strategies.reversal import Reversal, reversals
from arts.generators.strategies.variants import Reason, build_variant
from arts.generators.strategies.word_reversals import (
    WordReversals,
    choose_distinct,
    drop_redundant,
    thin_out_adjectives,
)


@dataclass(frozen=True)
class ReversalPlan:
    """What stays equal in all variants, whichever way each word is reversed.

    Args:
        words: the words to reverse, each with the ways to reverse it.
        polarities: the new polarity of each aspect that changes, keyed by its character span (start, end).
        repairs: the edits that make the conjunctions fit the reversed words, such as "and" → "but".
        cuts: the edits that delete what would contradict the reversal.
    """

    words: Sequence[WordReversals]
    polarities: Mapping[AspectSpan, Polarity]
    repairs: tuple[Edit, ...]
    cuts: tuple[Edit, ...] = ()

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
        choice = choose_distinct(plan.words, n)
        if _reaches_others(opinions, choice, plan.heads):
            yield Reason.SCOPE
            continue
        choice = thin_out_adjectives(opinions.analysis.doc, plan.words, choice)
        edits = [edit for reversal in drop_redundant(plan.words, choice) for edit in reversal.edits]
        edits = [edit for edit in edits if not any(covers(cut, edit) for cut in plan.cuts)]
        if strategy is Strategy.REVNON and opinions.touches(edits, source.aspect):
            yield Reason.MIXED
            continue
        yield build_variant(
            source,
            opinions.sentence,
            strategy=strategy,
            edits=[*edits, *plan.repairs, *plan.cuts, *extra],
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
    if strategy is Strategy.REVTGT:
        polarities[span_of(source.aspect)] = source.polarity.opposite
    alone = strategy is Strategy.REVTGT and not sign_remains(opinions, source.polarity, polarities)
    reason = Reason.REST
    for contrasts in (False, True):
        rest = _fit_rest(opinions, possible, source.polarity, alone=alone, contrasts=contrasts)
        if rest is None:
            return reason
        further = [WordReversals(word, reversals(opinions.analysis, word, rng=rng)) for word in rest.words]
        changed = heads | {word.head for word in rest.words}
        repairs = _repair_conjunctions(opinions, changed, rest.tokens)
        if repairs is not None:
            repairs = tuple(edit for edit in repairs if not any(covers(cut, edit) for cut in rest.cuts))
            return ReversalPlan([*possible, *further], polarities, repairs, rest.cuts)
        reason = Reason.CONJUNCTION
    return reason


def _fit_rest(
    opinions: OpinionAssignment,
    words: Sequence[WordReversals],
    polarity: Polarity,
    *,
    alone: bool,
    contrasts: bool,
) -> Rest | None:
    """What must change with the words to reverse; nothing where they have no orientation."""
    if polarity is Polarity.NEUTRAL:
        return Rest()
    return fit_rest(
        opinions,
        [candidates.word for candidates in words],
        old_sign=SIGN_OF[polarity],
        alone=alone,
        contrasts=contrasts,
    )


def sign_remains(
    opinions: OpinionAssignment, polarity: Polarity, changed: Mapping[AspectSpan, Polarity]
) -> bool:
    """Whether an aspect of this polarity stays as it is when the aspects in `changed` are reversed."""
    return any(
        a.polarity is polarity and span_of(a) not in changed and opinions.heads(a)
        for a in opinions.sentence.aspects
    )


def covers(cut: Edit, edit: Edit) -> bool:
    """Whether an edit lies within what another one deletes."""
    return cut.start <= edit.start and edit.end <= cut.end


def _governs_others(opinions: OpinionAssignment, source: Instance, words: Sequence[OpinionWord]) -> bool:
    """Whether a verb that is to be reversed has, as an object, another aspect that must stay as it is.

    An aspect must stay when it has the target's label, and opinion words of which none is reversed.
    """
    changed = {word.head for word in words}
    rivals = [a for a in opinions.sentence.aspects if a.polarity is source.polarity and opinions.heads(a)]
    rivals = [a for a in rivals if not opinions.heads(a) & changed]
    return any(opinions.governs(word, aspect) for word in words for aspect in rivals)


def _repair_conjunctions(
    opinions: OpinionAssignment, changed: frozenset[int], cut: frozenset[int]
) -> tuple[Edit, ...] | None:
    """The edits that make the conjunctions fit the reversed words; None when one cannot be made to fit.

    Args:
        opinions: the opinion words of the sentence.
        changed: the token indices of the syntactic heads of the reversed words.
        cut: the indices of the tokens that are deleted.
    """
    before = {head: sign for head, sign in opinions.signs.items() if head not in cut}
    after = {head: -sign if head in changed else sign for head, sign in before.items()}
    return conjunctions.repair(
        opinions.analysis.doc,
        [link for link in opinions.links if link.i not in cut],
        before=before,
        after=after,
    )


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
