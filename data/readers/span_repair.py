"""Finding a term whose stated span is wrong, and telling what was mended or left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from arts.data.schema import Instance, check_range

NEARBY = (3, 24)  # characters around the stated start within which a lone occurrence is believed
SIMILAR = 0.6  # ratio above which an edited term still counts as the same term


@dataclass
class Notes:
    """What a reader changed or left out: never silently, always counted and named."""

    conflict: int = 0
    repaired: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = []
        if self.conflict:
            parts.append(f"{self.conflict} aspects with polarity conflict left out")
        if self.repaired:
            parts.append(f"{len(self.repaired)} spans repaired ({_first(self.repaired)})")
        if self.left_out:
            reasons = [f"{id}: {reason}" for id, reason in self.left_out.items()]
            parts.append(f"{len(reasons)} rows left out ({_first(reasons)})")
        return "; ".join(parts)


def _first(items: list[str], limit: int = 3) -> str:
    more = f", and {len(items) - limit} more" if len(items) > limit else ""
    return ", ".join(items[:limit]) + more


def occurrences(text: str, term: str) -> list[tuple[int, int]]:
    """Spans of `term` in `text`: as written, else ignoring case, else ignoring white space too.

    Occurrences that are whole words are preferred to those inside a word.

    Example:
        >>> occurrences("Tea, iced tea and teapots", "tea")
        [(10, 13)]
        >>> occurrences('The " tools " menu', '"tools" menu')
        [(4, 18)]
    """
    spaceless = r"\s*".join(re.escape(char) for char in re.sub(r"\s", "", term))
    exact = re.escape(term)
    for pattern, flags in ((exact, 0), (exact, re.IGNORECASE), (spaceless, re.IGNORECASE)):
        spans = [match.span() for match in re.finditer(pattern, text, flags)]
        if spans and term:
            return [span for span in spans if _whole_words(text, span)] or spans
    return []


def _whole_words(text: str, span: tuple[int, int]) -> bool:
    start, end = span
    inside_left = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    inside_right = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not (inside_left or inside_right)


def mend(
    text: str,
    term: str,
    start: int,
    end: int,
    *,
    id: str,
    notes: Notes,
    original: Instance | None = None,
) -> tuple[int, int] | None:
    """The stated span when it holds the term, else that of the term's only occurrence nearby.

    None when there is no such occurrence, or several; `notes` is told of either under `id`. In a variant
    of `original` the term may have been edited too, and offsets may have gone astray: then what stands at
    the stated span is taken, when it is similar, or what `carry` finds.

    Raises:
        SpanError: when the stated span lies outside the text, and it is no variant.
    """
    if original is None:
        check_range(text, term, start, end)
    stated = text[max(start, 0) : max(end, 0)]
    if stated == term:
        return start, end
    span = _only_nearby(text, term, start)
    if span is None and original:
        source = original.aspect
        if _similar(stated, term):
            span = start, start + len(stated)
        else:
            span = carry(original.text, source.start, source.end, text)
    if span is None:
        notes.left_out[id] = (
            f'"{term}" is not at characters {start}-{end} (found "{stated}") '
            f"and occurs {len(occurrences(text, term))} times in the sentence; expected once nearby"
        )
    else:
        notes.repaired.append(id)
    return span


def _only_nearby(text: str, term: str, start: int) -> tuple[int, int] | None:
    """The occurrence nearest to `start`, unless another is about as near."""
    spans = occurrences(text, term)
    for radius in NEARBY:
        near = [span for span in spans if abs(span[0] - start) <= radius]
        if near:
            return near[0] if len(near) == 1 else None
    return None


def _similar(a: str, b: str) -> bool:
    return SequenceMatcher(None, a.lower(), b.lower(), autojunk=False).ratio() >= SIMILAR


def carry(source: str, start: int, end: int, text: str) -> tuple[int, int] | None:
    """Where ``source[start:end]`` ended up in `text`, an edited copy of `source`.

    The term is looked up by its words first and, among several occurrences, the one nearest to where an
    alignment of the two texts puts it is taken; a term that was itself edited is taken as it stands
    there, when it is still similar. None when it is gone.
    """
    term = source[start:end]
    spans = occurrences(text, term)
    if len(spans) == 1:
        return spans[0]
    aligned = _align(source, start, end, text)
    if spans:
        return min(spans, key=lambda span: abs(span[0] - aligned[0]))
    return aligned if _similar(text[slice(*aligned)], term) else None


def _align(source: str, start: int, end: int, text: str) -> tuple[int, int]:
    """The words of `text` that stand where the words of ``source[start:end]`` stood."""
    before = [match.span() for match in re.finditer(r"\w+|[^\w\s]", source)]
    after = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
    matcher = SequenceMatcher(
        None,
        [source[slice(*span)].lower() for span in before],
        [text[slice(*span)].lower() for span in after],
        autojunk=False,
    )
    hit: list[int] = []
    for _, i, j, k, m in matcher.get_opcodes():
        words = [w for w in range(i, j) if before[w][0] < end and before[w][1] > start]
        if words:  # a replaced stretch counts whole, an equal one word by word
            hit += range(k, m) if j - i != m - k else [w - i + k for w in words]
    if not hit:
        position = min(start, len(text))
        return position, position
    return after[hit[0]][0], after[hit[-1]][1]
