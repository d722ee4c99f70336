"""Repair of character spans that do not hold their term, and notes on what readers repaired or left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from arts.data.errors import SpanError
from arts.data.schema import Instance
from arts.data.spans import check_range

NEARBY_RADII = (3, 24)  # distances in characters from the stated start at which a term is looked for
MIN_SIMILARITY = 0.6  # SequenceMatcher's ratio from which two terms count as one, edited

AspectKey = tuple[str, str, int, int]  # the id of a sentence, its text, and the start and end of a span in it
SAME_ASPECT = "the same aspect and polarity as {}"  # why a question that another id asks, too, is left out


@dataclass
class ReadingNotes:
    """What a reader repaired or left out, so that no change to a corpus stays hidden.

    Its text (``str``) sums it up in one line, with the first three ids of each kind.

    Args:
        repaired: the ids of the instances whose span was repaired.
        left_out: why an instance was left out, in words, keyed by the id of the instance.
        conflicts: the ids of the aspects left out because their polarity is ``conflict``, keyed by where
            they stand, so that an aspect in several rows of its sentence is counted once.
        located: the ids of the instances whose file gives no offsets, and whose term was found.
        unescaped: the number of HTML entities that were unescaped, keyed by the id of their unit.
    """

    repaired: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    conflicts: dict[AspectKey, str] = field(default_factory=dict)
    _conflicting_targets: set[AspectKey] = field(default_factory=set)
    located: list[str] = field(default_factory=list)
    unescaped: dict[str, int] = field(default_factory=dict)

    def note_conflict(self, key: AspectKey, id: str, *, is_target: bool) -> None:
        """Note an aspect whose polarity is ``conflict``; of several targets on one span, only the first.

        Args:
            key: where it stands.
            id: what it is called.
            is_target: whether it is asked about, and not only listed beside another one.
        """
        known = self.conflicts.get(key)
        if is_target and known is not None and key in self._conflicting_targets:
            if known != id:
                self.left_out[id] = SAME_ASPECT.format(known)
        elif is_target or known is None:
            self.conflicts[key] = id
        if is_target:
            self._conflicting_targets.add(key)

    @property
    def conflict(self) -> int:
        """The number of aspects left out because their polarity is ``conflict``."""
        return len(self.conflicts)

    @property
    def left_out_ids(self) -> set[str]:
        """The ids of all instances that were left out, for whatever reason."""
        return {*self.left_out, *self.conflicts.values()}

    def __str__(self) -> str:
        parts = []
        if self.conflict:
            parts.append(f"{self.conflict} aspects with polarity conflict left out")
        if self.repaired:
            parts.append(f"{len(self.repaired)} spans repaired ({_first_items(self.repaired)})")
        if self.located:
            parts.append(f"{len(self.located)} terms without offsets found in their sentences")
        if self.unescaped:
            parts.append(
                f"{sum(self.unescaped.values())} HTML entities unescaped ({_first_items([*self.unescaped])})"
            )
        if self.left_out:
            reasons = [f"{id}: {reason}" for id, reason in self.left_out.items()]
            parts.append(f"{len(reasons)} rows left out ({_first_items(reasons)})")
        return "; ".join(parts)


def _first_items(items: list[str], limit: int = 3) -> str:
    """The first `limit` items, separated by commas, and how many more there are."""
    more = f", and {len(items) - limit} more" if len(items) > limit else ""
    return ", ".join(items[:limit]) + more


def term_spans(text: str, term: str) -> list[tuple[int, int]]:
    """The (start, end) character spans of a term in a text.

    The term is searched as it is written. When it does not occur so, case is ignored, and then white space
    too. Occurrences inside a longer word are given only when no occurrence is made of whole words.

    Example:
        >>> term_spans("Tea, iced tea and teapots", "tea")
        [(10, 13)]
        >>> term_spans('The " tools " menu', '"tools" menu')
        [(4, 18)]
    """
    spaceless = r"\s*".join(re.escape(char) for char in re.sub(r"\s", "", term))
    exact = re.escape(term)
    for pattern, flags in ((exact, 0), (exact, re.IGNORECASE), (spaceless, re.IGNORECASE)):
        spans = [match.span() for match in re.finditer(pattern, text, flags)]
        if spans and term:
            return [span for span in spans if _is_whole_words(text, span)] or spans
    return []


def _is_whole_words(text: str, span: tuple[int, int]) -> bool:
    """Whether a span begins and ends between words: "tea" does in "iced tea", and does not in "teapots"."""
    start, end = span
    inside_left = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    inside_right = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not (inside_left or inside_right)


def repair_span(
    text: str,
    term: str,
    *,
    start: int,
    end: int,
    id: str,
    notes: ReadingNotes,
    original: Instance | None = None,
) -> tuple[int, int] | None:
    """Return the stated span if it holds the term, else the span of the term's only occurrence nearby.

    Nearby means: beginning at most 3 characters from `start` or, if none does, at most 24.

    Args:
        text: the sentence.
        term: the words that the span should hold.
        start: the offset of the stated span's first character.
        end: the offset after its last character.
        id: the id of the instance, for `notes`.
        notes: gets the id when the span is repaired or cannot be.
        original: the original instance, when `text` is a variant of it. When the term is not nearby, words
            at the stated span that are similar to it are taken; else `transfer_span` finds the span.

    Returns:
        The (start, end) span. None when neither a single occurrence nearby nor `original` gives one, or when
        the stated span lies outside the text and there is no `original`.
    """
    if original is None and (fault := _fault_of_range(text, term, start, end)):
        notes.left_out[id] = fault
        return None
    stated_term = text[max(start, 0) : max(end, 0)]
    if stated_term == term:
        return start, end
    span = _single_nearby_span(text, term, start)
    if span is None and original:
        source = original.aspect
        if _is_similar(stated_term, term):
            span = start, start + len(stated_term)
        else:
            span = transfer_span(original.text, text, start=source.start, end=source.end)
    if span is None:
        notes.left_out[id] = (
            f'"{term}" is not at characters {start}-{end} (found "{stated_term}") '
            f"and occurs {len(term_spans(text, term))} times in the sentence; expected once nearby"
        )
    else:
        notes.repaired.append(id)
    return span


def _fault_of_range(text: str, term: str, start: int, end: int) -> str:
    """What is wrong with a span that lies outside its text; empty when it lies inside."""
    try:
        check_range(text, term, start=start, end=end)
    except SpanError as error:
        return str(error)
    return ""


def _single_nearby_span(text: str, term: str, start: int) -> tuple[int, int] | None:
    """The span of the term's only occurrence that begins within 3 characters of `start`.

    If none begins there, the only one within 24 characters. None when there is none, or more than one.
    """
    spans = term_spans(text, term)
    for radius in NEARBY_RADII:
        nearby = [span for span in spans if abs(span[0] - start) <= radius]
        if nearby:
            return nearby[0] if len(nearby) == 1 else None
    return None


def _is_similar(a: str, b: str) -> bool:
    """Whether `SequenceMatcher` gives two terms a ratio (0 to 1) of at least 0.6; case is ignored."""
    return SequenceMatcher(None, a.lower(), b.lower(), autojunk=False).ratio() >= MIN_SIMILARITY


def transfer_span(source: str, edited: str, *, start: int, end: int) -> tuple[int, int] | None:
    """Find the span of a term of a text in an edited copy of that text.

    The term is searched for in the copy. Among several occurrences, the one is taken that is nearest to where
    an alignment of the two texts puts the term. When the term does not occur, what the alignment puts in its
    place is taken if it is similar to the term: if the ratio of `difflib.SequenceMatcher`, which is between 0
    and 1 and ignores case here, is at least 0.6.

    Args:
        source: the text.
        edited: the edited copy.
        start: the offset of the term's first character in `source`.
        end: the offset after its last character in `source`.

    Returns:
        The (start, end) span in `edited`, or None when the term is gone.
    """
    term = source[start:end]
    spans = term_spans(edited, term)
    if len(spans) == 1:
        return spans[0]
    aligned = _aligned_span(source, edited, start=start, end=end)
    if spans:
        return min(spans, key=lambda span: abs(span[0] - aligned[0]))
    return aligned if _is_similar(edited[slice(*aligned)], term) else None


def _aligned_span(source: str, edited: str, *, start: int, end: int) -> tuple[int, int]:
    """The span that an alignment of two texts puts in `edited` for the words of ``source[start:end]``.

    Where it puts no words there, the span is empty.
    """
    source_words, edited_words = _word_spans(source), _word_spans(edited)
    matcher = SequenceMatcher(
        None,
        [source[slice(*span)].lower() for span in source_words],
        [edited[slice(*span)].lower() for span in edited_words],
        autojunk=False,
    )
    aligned: list[int] = []  # positions in edited_words
    for _, from_source, to_source, from_edited, to_edited in matcher.get_opcodes():
        words = [
            word
            for word in range(from_source, to_source)
            if source_words[word][0] < end and source_words[word][1] > start
        ]
        if not words:
            continue
        if to_source - from_source != to_edited - from_edited:  # replaced by more or fewer words: all of them
            aligned += range(from_edited, to_edited)
        else:
            aligned += [word - from_source + from_edited for word in words]
    if not aligned:
        position = min(start, len(edited))
        return position, position
    return edited_words[aligned[0]][0], edited_words[aligned[-1]][1]


def _word_spans(text: str) -> list[tuple[int, int]]:
    """The (start, end) character spans of the words and of the single punctuation marks of a text."""
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
