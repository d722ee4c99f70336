"""Edits: applying replacements to a sentence and carrying its spans along."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from arts.data.schema import Aspect, Edit
from arts.generators.english.inflection import article

_ARTICLE = re.compile(r"\b(?P<article>an?)\s+$", re.IGNORECASE)
_WORD = re.compile(r"\s*[\"'“(]*([\w'-]+)")


class EditError(ValueError):
    """Edits that cannot be made together, or that would touch an aspect term."""


def joined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits in the order of the sentence, without repetitions.

    Raises:
        EditError: when two different edits overlap.
    """
    ordered = sorted(set(edits), key=lambda edit: (edit.start, edit.end, edit.after))
    for left, right in pairwise(ordered):
        if right.start < left.end or (right.start, right.end) == (left.start, left.end):
            raise EditError(f'"{left.before}" is edited twice')
    return tuple(ordered)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The sentence with its edits made; `edits` must be in order and apart, as `joined` gives them.

    Example:
        >>> apply("Good soup.", (Edit(0, 4, "Good", "Bad", "antonym"),))
        'Bad soup.'
    """
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces += text[position : edit.start], edit.after
        position = edit.end
    return "".join([*pieces, text[position:]])


def carried(aspect: Aspect, text: str, edits: Iterable[Edit]) -> Aspect:
    """The aspect with the offsets it has after the edits; annotated opinion terms that changed are dropped.

    Args:
        aspect: of the sentence before the edits.
        text: the sentence after the edits.
        edits: in order and apart.

    Raises:
        EditError: when an edit touches the aspect term.
    """
    edits = tuple(edits)
    span = _moved(aspect.start, aspect.end, edits)
    if span is None:
        raise EditError(f'an edit touches the aspect term "{aspect.term}"')
    opinions = []
    for opinion in aspect.opinions:
        place = _moved(opinion.start, opinion.end, edits)
        if place:
            opinions.append(replace(opinion, start=place[0], end=place[1]))
    if span[0] == aspect.start and tuple(opinions) == aspect.opinions:
        return aspect
    assert text[slice(*span)] == aspect.term
    return replace(aspect, start=span[0], end=span[1], opinions=tuple(opinions))


def _moved(start: int, end: int, edits: tuple[Edit, ...]) -> tuple[int, int] | None:
    """The span after the edits, or None when one of them touches it."""
    shift = 0
    for edit in edits:
        if edit.end <= start:
            shift += len(edit.after) - len(edit.before)
        elif edit.start < end:
            return None
    return start + shift, end + shift


def with_articles(text: str, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits, and those that make "a" or "an" agree with the word that now follows it.

    Example:
        >>> [e.after for e in with_articles("a fast one", (Edit(2, 6, "fast", "unreliable", "antonym"),))]
        ['an', 'unreliable']
    """
    added = []
    for edit in edits:
        match = _ARTICLE.search(text, max(edit.start - 8, 0), edit.start)
        if match is None or _edited(*match.span(), edits):
            continue
        following = _WORD.match(edit.after + _rest(text, edit, edits))
        if following:
            found, (start, end) = match["article"], match.span("article")
            wanted = article(following[1])
            if found.lower() != wanted:
                cased = wanted.capitalize() if found[0].isupper() else wanted
                added.append(Edit(start, end, found, cased, "article"))
    return joined([*edits, *added])


def _rest(text: str, edit: Edit, edits: tuple[Edit, ...]) -> str:
    """What follows an edit up to the next one, and that one's text."""
    later = [other for other in edits if other.start >= edit.end and other != edit]
    if later:
        return text[edit.end : later[0].start] + later[0].after + text[later[0].end :]
    return text[edit.end :]


def _edited(start: int, end: int, edits: tuple[Edit, ...]) -> bool:
    return any(edit.start < end and edit.end > start for edit in edits)
