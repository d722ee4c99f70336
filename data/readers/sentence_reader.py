"""What all readers of corpora share: the aspects of a sentence, placed in its text, or left out and named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.polarity_labels import parse_gold_polarity
from arts.data.readers.entities import UnescapedText, unescape
from arts.data.readers.span_repair import ReadingNotes, repair_span, term_spans
from arts.data.schema import Aspect, Instance, Opinion, sentence_id

Offsets = tuple[int, int] | None  # start and end in the text as the file has it; None where it gives none
_NO_TERM = ("", "null", "none", "nan", "noaspectterm")  # how files write that an aspect has no term
UNLABELLED = "-100"  # the label that PyABSA writes for an aspect without one
_WHOLE = re.compile(r"[+-]?\d{1,18}(\.0+)?")


@dataclass(frozen=True)
class SentenceReader:
    """Reads the aspects of one sentence.

    HTML entities are unescaped, and offsets mapped. A span that does not hold its term is repaired
    (`repair_span`); a term without offsets is looked for. What cannot be placed is left out and named.

    Args:
        escaped: the sentence as it is in the file.
        unit: the id of the unit that the sentence belongs to.
        notes: gets what is repaired or left out.
        labels: what labels that do not name a polarity stand for.
    """

    escaped: str
    unit: str
    notes: ReadingNotes
    labels: LabelNames = NO_NAMES

    @cached_property
    def _unescaped(self) -> UnescapedText:
        unescaped = unescape(self.escaped)
        if unescaped.ends:
            self.notes.unescaped[self.unit] = len(unescaped.ends)
        return unescaped

    @property
    def text(self) -> str:
        """The sentence, without HTML entities."""
        return self._unescaped.text

    def aspect(
        self,
        term: object,
        polarity: object,
        *,
        id: str,
        offsets: Offsets,
        noted_as: str = "",
        original: Instance | None = None,
        opinions: Iterable[Opinion | str] = (),
        ordinal: int = 0,
    ) -> Aspect | None:
        """An aspect of the sentence; None when it is left out.

        Args:
            term: its term as the file has it; ``NULL`` or nothing for an aspect that no word names.
            polarity: its label; nothing for an aspect that is not labelled, which is left out.
            id: its id, which is empty where it has none.
            offsets: where the file says that it stands.
            noted_as: what it is called in the notes. Default: `id`.
            original: the original instance, when the sentence is a variant of it.
            opinions: its opinion terms; one without offsets, or that is not where it should be, is left out.
            ordinal: without offsets, which occurrence of the term is meant, from 1; 0 for the only one.

        Raises:
            ValueError: when the label stands for no polarity.
        """
        noted_as = noted_as or id
        if not isinstance(term, str | None):
            raise ValueError(f"field term is {term!r:.60}; expected text")
        words = unescape(term or "").text
        if words.strip().lower() in _NO_TERM and not self._holds(words, offsets):
            self.notes.left_out[noted_as] = "NULL: an aspect without a term"
            return None
        if self._is_unlabelled(polarity):
            self.notes.left_out[noted_as] = "no label"
            return None
        label = parse_gold_polarity(polarity, self.labels)
        notes = ReadingNotes() if label is None else self.notes
        span = self._span(words, offsets, id=noted_as, original=original, ordinal=ordinal, notes=notes)
        if label is None:
            key = (self.text, *span) if span else (words, *(offsets or (0, 0)))
            self.notes.note_conflict((sentence_id(self.unit), *key), noted_as, is_target=noted_as == id)
            return None
        if span is None:
            return None
        return Aspect(self.text[slice(*span)], *span, label, self._opinions(opinions, noted_as), id)

    def _is_unlabelled(self, polarity: object) -> bool:
        """Whether an aspect has no label, and none that `labels` gives a name."""
        text = "" if polarity is None else str(polarity).strip()
        return text in ("", UNLABELLED) and text not in self.labels.names

    def _opinions(self, opinions: Iterable[Opinion | str], noted_as: str) -> tuple[Opinion, ...]:
        """The opinion terms of an aspect that stand in the sentence; the others are left out and named."""
        placed = []
        for position, opinion in enumerate(opinions):
            if isinstance(opinion, str):
                words, span = opinion, self._located(opinion, 0) or (0, 0)
            else:
                words, span = opinion.text, (opinion.start, opinion.end)
            found = self.text[slice(*span)] if min(span) >= 0 else ""
            if found and (found == words or isinstance(opinion, str)):
                placed.append(Opinion(found, *span))
            else:
                reason = f'the opinion term "{words}" is not where it should be, or not once, in the sentence'
                self.notes.left_out[f"{noted_as}, opinion {position}"] = reason
        return tuple(placed)

    def opinion(self, words: str, start: int, end: int) -> Opinion:
        """An opinion term at offsets of the file."""
        return Opinion(unescape(words).text, *self._mapped((start, end), unescape(words).text))

    def _holds(self, term: str, offsets: Offsets) -> bool:
        """Whether the sentence has a term that looks like none, as the bread "nan" does."""
        if offsets:
            return bool(term) and self.escaped[max(offsets[0], 0) : max(offsets[1], 0)] == term
        return bool(term.strip()) and term in self.text

    def _mapped(self, offsets: tuple[int, int], term: str) -> tuple[int, int]:
        """The span in the text without entities; some files give it so already."""
        start, end = offsets
        as_unescaped = end <= len(self.text) and self.text[max(start, 0) : max(end, 0)] == term
        if not self._unescaped.ends or as_unescaped:
            return offsets
        return self._unescaped.offset(start), self._unescaped.offset(end)

    def _span(
        self,
        term: str,
        offsets: Offsets,
        *,
        id: str,
        original: Instance | None,
        ordinal: int,
        notes: ReadingNotes,
    ) -> tuple[int, int] | None:
        """Where the term stands; None when it is left out."""
        if offsets:
            start, end = self._mapped(offsets, term)
            return repair_span(self.text, term, start=start, end=end, id=id, notes=notes, original=original)
        span = self._located(term, ordinal)
        if span:
            notes.located.append(id)
        else:
            count = len(term_spans(self.text, term))
            notes.left_out[id] = (
                f'"{term}" has no offsets and occurs {count} times in the sentence; expected once'
            )
        return span

    def _located(self, term: str, ordinal: int) -> tuple[int, int] | None:
        """The span of the only occurrence of a term, or of the one that `ordinal` counts."""
        spans = term_spans(self.text, term)
        if ordinal:
            return spans[ordinal - 1] if ordinal <= len(spans) else None
        return spans[0] if len(spans) == 1 else None


def parse_offset(value: object, name: str) -> int | None:
    """A character offset; None for an empty value.

    Raises:
        ValueError: when the value is no whole number.

    Example:
        >>> parse_offset("4", "start"), parse_offset(7.0, "start"), parse_offset("", "start")
        (4, 7, None)
    """
    text = "" if value is None else str(value).strip()
    if text.lower() in _NO_TERM:
        return None
    if isinstance(value, bool) or not _WHOLE.fullmatch(text):
        raise ValueError(f"field {name} is {value!r:.60}; expected a character offset")
    return int(text.partition(".")[0])
