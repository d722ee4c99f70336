"""Aspect terms in a written text: where those of the original stand now, and where the added ones do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from arts.data.schema import Aspect, Polarity
from arts.generators.strategies.aspect_clause import singular
from arts.generators.strategies.kinship import mentioned_words
from arts.generators.writing.assignment import Assignment
from arts.generators.writing.faults import WritingFault
from arts.generators.writing.token_diff import TokenDiff


def written_aspects(assignment: Assignment, diff: TokenDiff) -> list[Aspect] | WritingFault:
    """The aspects of the original as they stand in the written text, in the same order, with new polarities.

    A term may change its first letter's case, where it begins the sentence in one of the texts.

    Args:
        assignment: what was asked for.
        diff: the written text beside the original.
    """
    aspects = []
    for goal in assignment.goals:
        place = _place(goal.aspect, diff)
        if isinstance(place, WritingFault):
            return place
        aspect, end = goal.aspect, place + len(goal.aspect.term)
        opinions = tuple(
            replace(opinion, start=start, end=start + len(opinion.text))
            for opinion in aspect.opinions
            if goal.is_kept and (start := diff.place_of(opinion.start, opinion.end)) is not None
        )
        aspects.append(Aspect(diff.text[place:end], place, end, goal.polarity, opinions, aspect.id))
    return aspects


def added_aspects(
    terms: Iterable[str], diff: TokenDiff, *, taken: Iterable[Aspect], polarity: Polarity
) -> list[Aspect] | WritingFault:
    """The added aspects in the written text.

    Args:
        terms: their terms, as the writer names them.
        diff: the written text beside the original.
        taken: the aspects of the original, in the written text.
        polarity: what is said of the added ones.

    Returns:
        The aspects, or a fault: NOT_ADDED when a term is not among what is new, or the original has it or
        implies it; AMBIGUOUS when it comes more than once.
    """
    found: list[Aspect] = []
    for term in terms:
        places = _occurrences(term.strip(), diff.text) if term.strip() else []
        if len(places) != 1:
            return WritingFault.AMBIGUOUS if places else WritingFault.NOT_ADDED
        start, end = places[0]
        is_new = any(first <= start and end <= last for first, last in diff.inserted())
        overlaps = any(start < other.end and other.start < end for other in (*taken, *found))
        words = [singular(word) for word in term.lower().split()]
        if not is_new or overlaps or not mentioned_words(diff.source).isdisjoint(words[-1:]):
            return WritingFault.NOT_ADDED
        found.append(Aspect(diff.text[start:end], start, end, polarity))
    return found


def _place(aspect: Aspect, diff: TokenDiff) -> int | WritingFault:
    """Where an aspect of the original stands in the written text."""
    before, after = (_occurrences(aspect.term, text) for text in (diff.source, diff.text))
    aligned = diff.place_of(aspect.start, aspect.end)
    if before == [(aspect.start, aspect.end)] and len(after) == 1:
        place = after[0][0]
        return place if _is_same(aspect.term, diff.text[slice(*after[0])]) else WritingFault.TERM
    if len(after) < len(before):
        return WritingFault.TERM
    if aligned is None or len(after) != len(before):
        return WritingFault.AMBIGUOUS
    return aligned


def _occurrences(term: str, text: str) -> list[tuple[int, int]]:
    """The spans at which a term stands in a text as words of its own, whatever the letter case."""
    pattern = rf"(?<!\w){re.escape(term)}(?!\w)"
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]


def _is_same(term: str, other: str) -> bool:
    """Whether two terms are equal but for the case of the first letter."""
    return term[1:] == other[1:] and term[:1].lower() == other[:1].lower()
