"""Written variants with marks, and the revisions that they make of an original.

In the text of an ADDDIFF variant, ``[[`` and ``]]`` stand around what was added, ``« »`` around each claim in
it without the words that join it, and ``{ }`` around the new aspect of a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from arts.data.readers.revisions import (
    Replacement,
    RevisedAspect,
    Revision,
)
from arts.data.schema import Aspect, Instance, Polarity, Strategy

_MARK = re.compile(r"\[\[|\]\]|[«»{}]")
Span = tuple[int, int]
COPIED_WORDS = 3  # fewest consecutive words of the source that an edit refers to instead of holding them
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


class TextEdit(NamedTuple):
    """One edit: the characters of the source at `span` are replaced by `text`."""

    span: Span
    text: str


class VariantError(ValueError):
    """A written variant does not have the form that it must have."""


@dataclass
class MarkedText:
    """A text without its marks, with the spans that they stood around.

    Args:
        text: the text.
        stretches: spans of what was added, with its joining words and punctuation.
        claims: spans of the claims.
        terms: spans of the new aspects' terms.
    """

    text: str
    stretches: list[Span] = field(default_factory=list)
    claims: list[Span] = field(default_factory=list)
    terms: list[Span] = field(default_factory=list)


def parse_marks(marked: str) -> MarkedText:
    """Take the marks out of a text.

    Raises:
        VariantError: the marks are not balanced.

    Example:
        >>> parse_marks("It is fast[[, but «the {fan} is loud»]].").terms
        [(19, 22)]
    """
    result, open_marks, end = MarkedText(""), list[tuple[str, int]](), 0
    closing = {"]]": ("[[", result.stretches), "»": ("«", result.claims), "}": ("{", result.terms)}
    for match in _MARK.finditer(marked):
        result.text += marked[end : match.start()]
        end = match.end()
        if match[0] not in closing:
            open_marks.append((match[0], len(result.text)))
            continue
        opening, spans = closing[match[0]]
        if not open_marks or open_marks[-1][0] != opening:
            raise VariantError(f"marks are not balanced: {marked}")
        spans.append((open_marks.pop()[1], len(result.text)))
    if open_marks:
        raise VariantError(f"marks are not balanced: {marked}")
    result.text += marked[end:]
    return result


def make_revision(original: Instance, strategy: Strategy, marked: str) -> Revision:
    """The revision that turns an original into a written variant.

    Raises:
        VariantError: an aspect term of the original is not in the variant, or its place cannot be told.
    """
    written = parse_marks(marked)
    spans = locate_terms(original, written)
    edits = _edits(original, written, spans)
    opposite = original.polarity.opposite
    aspects = [
        RevisedAspect(span=span, polarity=_polarity_after(strategy, aspect, original))
        for aspect, span in zip(original.aspects, spans, strict=True)
    ]
    aspects += [RevisedAspect(span=span, polarity=opposite) for span in written.terms]
    aspects.sort(key=lambda aspect: aspect.span)
    target_span = spans[
        [(a.start, a.end) for a in original.aspects].index((original.aspect.start, original.aspect.end))
    ]
    place = _place(original, edits) if strategy is Strategy.ADDDIFF else None
    return Revision(
        strategy=strategy,
        edits=tuple(
            Replacement(span=edit.span, parts=split_copies(edit.text, original.text)) for edit in edits
        ),
        aspects=tuple(aspects),
        target=[aspect.span for aspect in aspects].index(target_span),
        added=tuple(written.claims),
        place=place,
    )


def _polarity_after(strategy: Strategy, aspect: Aspect, original: Instance) -> Polarity:
    is_target = (aspect.start, aspect.end) == (original.aspect.start, original.aspect.end)
    if strategy is Strategy.REVTGT and is_target:
        return aspect.polarity.opposite
    if strategy is Strategy.REVNON and not is_target and aspect.polarity is not Polarity.NEUTRAL:
        return original.polarity.opposite
    return aspect.polarity


def locate_terms(original: Instance, written: MarkedText) -> list[Span]:
    """Spans of the original's aspect terms in a written variant, in the order of the original's aspects.

    What was added for ADDDIFF and longer terms are passed over. Of a term that occurs several times, it is
    occurrence of the same number as in the original.

    Raises:
        VariantError: a term occurs less or more often than in the original.
    """
    located: dict[Span, Span] = {}
    for aspect in sorted(original.aspects, key=lambda aspect: -len(aspect.term)):
        before = _occurrences(original.text, aspect.term, outside=located)
        after = _occurrences(written.text, aspect.term, outside=(*located.values(), *written.stretches))
        span = aspect.start, aspect.end
        alone = len(after) == 1 and [a.term for a in original.aspects].count(aspect.term) == 1
        if not alone and (len(before) != len(after) or span not in before):
            raise VariantError(f'"{aspect.term}" occurs {len(after)} times; expected {len(before)}')
        located[span] = after[0] if alone else after[before.index(span)]
    return [located[aspect.start, aspect.end] for aspect in original.aspects]


def _occurrences(text: str, term: str, *, outside: Iterable[Span]) -> list[Span]:
    """Spans of a term in a text that do not overlap those in `outside`; of whole words, if possible."""
    taken = list(outside)
    patterns = rf"(?<!\w){re.escape(term)}(?!\w)", re.escape(term)
    for pattern in patterns:
        spans = [match.span() for match in re.finditer(pattern, text)]
        free = [span for span in spans if not any(s < span[1] and span[0] < e for s, e in taken)]
        if free:
            return free
    return []


def _edits(original: Instance, written: MarkedText, spans: Sequence[Span]) -> list[TextEdit]:
    """The smallest edits of whole words between the aspect terms; those that stand in their order stay."""
    anchors = _in_same_order(
        [((a.start, a.end), span) for a, span in zip(original.aspects, spans, strict=True)]
    )
    anchors.append(((len(original.text),) * 2, (len(written.text),) * 2))
    edits, start, new_start = list[TextEdit](), 0, 0
    for (before_start, before_end), (after_start, after_end) in anchors:
        old, new = original.text[start:before_start], written.text[new_start:after_start]
        stretches = [
            (s - new_start, e - new_start)
            for s, e in written.stretches
            if new_start <= s and e <= after_start
        ]
        edits += _segment_edits(old, new, offset=start, stretches=stretches)
        start, new_start = before_end, after_end
    if not edits:
        raise VariantError("nothing was changed")
    return _merge_touching(edits)


def _in_same_order(pairs: Sequence[tuple[Span, Span]]) -> list[tuple[Span, Span]]:
    """The longest selection of (span before, span after) pairs that stand in the same order in both texts."""
    pairs = sorted(pairs)
    chains = [[pair] for pair in pairs]
    for position, pair in enumerate(pairs):
        before = [chain for chain in chains[:position] if chain[-1][1] < pair[1]]
        chains[position] = [*max(before, key=len, default=[]), pair]
    return max(chains, key=len)


def _merge_touching(edits: Sequence[TextEdit]) -> list[TextEdit]:
    merged: list[TextEdit] = []
    for edit in edits:
        if merged and merged[-1].span[1] == edit.span[0]:
            last = merged.pop()
            edit = TextEdit((last.span[0], edit.span[1]), last.text + edit.text)
        merged.append(edit)
    return merged


def _segment_edits(old: str, new: str, *, offset: int, stretches: Sequence[Span]) -> Iterator[TextEdit]:
    """Edits that turn `old` into `new`; the marked stretches of `new` are insertions as they stand."""
    place, end = 0, 0
    for start, stop in [*stretches, (len(new), len(new))]:
        kept = new[end:start]  # what stands between two stretches is the source, but for a first letter
        rest = old[place:] if start == len(new) else old[place : place + len(kept)]
        for edit in _word_edits(rest, kept):
            shift = offset + place
            yield TextEdit((edit.span[0] + shift, edit.span[1] + shift), edit.text)
        place += len(rest)
        if stop > start:
            yield TextEdit((offset + place, offset + place), new[start:stop])
        end = stop


def _word_edits(old: str, new: str) -> Iterator[TextEdit]:
    if old == new:
        return
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    starts = [0]
    for token in before:
        starts.append(starts[-1] + len(token))
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield TextEdit((starts[i], starts[j]), "".join(after[k:m]))


def _place(original: Instance, edits: Sequence[TextEdit]) -> str:
    """Where the longest insertion stands: before the source's first word, after its last, or between."""
    longest = max(edits, key=lambda edit: len(edit.text))
    if not re.search(r"\w", original.text[: longest.span[0]]):
        return "first"
    return "inside" if re.search(r"\w", original.text[longest.span[1] :]) else "last"


def split_copies(text: str, source: str) -> tuple[str | Span, ...]:
    """Split a text into new words and spans of the source: runs of three words and more that stand there.

    Example:
        >>> split_copies("so the soup is hot, I hear", "I hear the soup is hot")
        ('so ', (7, 22), ', I hear')
    """
    words = [match.span() for match in re.finditer(r"\w+", text)]
    first = 0
    while first + COPIED_WORDS <= len(words):
        start = words[first][0]
        for _, end in reversed(words[first + COPIED_WORDS - 1 :]):
            place = source.find(text[start:end])
            if place >= 0:
                before = (text[:start],) if start else ()
                copy = (place, place + end - start)
                return (*before, copy, *split_copies(text[end:], source))
        first += 1
    return (text,) if text else ()
