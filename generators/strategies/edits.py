"""Edits: making them in a sentence, and moving the spans of its aspects accordingly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from arts.data.schema import Aspect, Edit
from arts.generators.english.inflection import article

_ARTICLE = re.compile(r"\b(?P<article>an?)\s+$", re.IGNORECASE)
_WORD = re.compile(r"\s*[\"'“(]*([\w'-]+)")
_WORDS = re.compile(r"[^\W\d_]+")
_LONGEST_GAP = 8  # number of characters before an edit in which an article is looked for


class EditError(ValueError):
    """Edits overlap, or an edit would change an aspect term."""


def join_edits(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Sort edits by their place in the sentence, without repetitions.

    Raises:
        EditError: when two different edits overlap, or insert at the same place.
    """
    ordered = sorted(set(edits), key=lambda edit: (edit.start, edit.end, edit.after))
    for left, right in pairwise(ordered):
        if right.start < left.end or (right.start, right.end) == (left.start, left.end):
            raise EditError(f'"{left.before}" is edited twice')
    return tuple(ordered)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Make edits in a sentence and return its new text.

    Args:
        text: the sentence.
        edits: the edits, sorted and not overlapping, as `join_edits` gives them.

    Example:
        >>> apply("Good soup.", (Edit(0, 4, "Good", "Bad", "antonym"),))
        'Bad soup.'
    """
    parts: list[str] = []
    position = 0
    for edit in edits:
        parts += text[position : edit.start], edit.after
        position = edit.end
    return "".join([*parts, text[position:]])


def shift_aspect(aspect: Aspect, edits: Iterable[Edit], *, text: str) -> Aspect:
    """The aspect with the spans that it has after edits; opinion terms that an edit changes are dropped.

    Args:
        aspect: an aspect of the sentence before the edits.
        edits: the edits, sorted and not overlapping.
        text: the sentence after the edits.

    Raises:
        EditError: when an edit changes the aspect term.
    """
    edits = tuple(edits)
    span = _shift_span(aspect.start, aspect.end, edits)
    if span is None:
        raise EditError(f'an edit touches the aspect term "{aspect.term}"')
    opinions = []
    for opinion in aspect.opinions:
        opinion_span = _shift_span(opinion.start, opinion.end, edits)
        if opinion_span:
            opinions.append(replace(opinion, start=opinion_span[0], end=opinion_span[1]))
    if span[0] == aspect.start and tuple(opinions) == aspect.opinions:
        return aspect
    assert text[slice(*span)] == aspect.term
    return replace(aspect, start=span[0], end=span[1], opinions=tuple(opinions))


def _shift_span(start: int, end: int, edits: tuple[Edit, ...]) -> tuple[int, int] | None:
    """The (start, end) span after the edits; None when an edit changes characters inside the span."""
    shift = 0
    for edit in edits:
        if edit.end <= start:
            shift += len(edit.after) - len(edit.before)
        elif edit.start < end:
            return None
    return start + shift, end + shift


def repair_articles(text: str, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Add the edits that make "a" or "an" before an edit agree with the new word after it.

    Args:
        text: the sentence before the edits.
        edits: the edits, sorted and not overlapping.

    Returns:
        The given edits and the added ones, sorted.

    Example:
        >>> fast = Edit(2, 6, "fast", "unreliable", "antonym")
        >>> [edit.after for edit in repair_articles("a fast one", (fast,))]
        ['an', 'unreliable']
    """
    repairs = []
    for edit in edits:
        match = _ARTICLE.search(text, max(edit.start - _LONGEST_GAP, 0), edit.start)
        if match is None or _overlap_any(*match.span(), edits):
            continue
        following = _WORD.match(edit.after + _text_after(text, edit, edits))
        if following:
            before, (start, end) = match["article"], match.span("article")
            after = article(following[1])
            if before.lower() != after:
                after = after.capitalize() if before[0].isupper() else after
                repairs.append(Edit(start, end, before, after, "article"))
    return join_edits([*edits, *repairs])


def match_surroundings(text: str, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Write in capitals what edits put between words in capitals: "THE SOUP WAS REALLY GREAT".

    Args:
        text: the sentence before the edits.
        edits: the edits, sorted and not overlapping.
    """
    return tuple(
        replace(edit, after=edit.after.upper()) if _stands_in_capitals(text, edit) else edit for edit in edits
    )


def _stands_in_capitals(text: str, edit: Edit) -> bool:
    """Whether the words before and after an edit, or the one that there is, are written in capitals."""
    if edit.rule.startswith("added"):
        return False  # it has the capitals of its sentence already
    words = [*_WORDS.findall(text[: edit.start])[-1:], *_WORDS.findall(text[edit.end :])[:1]]
    return bool(words) and all(len(word) > 1 and word.isupper() for word in words)


def _text_after(text: str, edit: Edit, edits: tuple[Edit, ...]) -> str:
    """The sentence's text after an edit, in which the next edit is made but later ones are not."""
    later = [other for other in edits if other.start >= edit.end and other != edit]
    if later:
        return text[edit.end : later[0].start] + later[0].after + text[later[0].end :]
    return text[edit.end :]


def _overlap_any(start: int, end: int, edits: tuple[Edit, ...]) -> bool:
    """Whether one of the edits changes a character from offset `start` up to, but without, offset `end`."""
    return any(edit.start < end and edit.end > start for edit in edits)
