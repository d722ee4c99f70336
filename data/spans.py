"""Whether a span, a start and an end in a text, holds what it should."""

from __future__ import annotations

from arts.data.errors import SpanError


def check_range(text: str, term: str, *, start: int, end: int) -> None:
    """Raise `SpanError` unless a span has at least one character and lies inside a text.

    Args:
        text: the sentence.
        term: the words that the span should hold; used only in the error message.
        start: the offset of the span's first character.
        end: the offset after its last character.
    """
    if not 0 <= start < end <= len(text):
        raise SpanError(
            f'span {start}-{end} of "{term}" lies outside the sentence of {len(text)} characters; '
            "expected 0 <= from < to <= length"
        )


def check_span(text: str, term: str, *, start: int, end: int) -> None:
    """Raise `SpanError` unless a span of a text holds a term: ``text[start:end] == term``.

    Args:
        text: the sentence.
        term: the words that the span should hold.
        start: the offset of the span's first character.
        end: the offset after its last character.
    """
    check_range(text, term, start=start, end=end)
    if text[start:end] != term:
        raise SpanError(
            f'"{term}" is not at characters {start}-{end} of the sentence '
            f'(found "{text[start:end]}"); expected text[from:to] == term'
        )
