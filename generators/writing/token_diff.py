"""How a written text differs from its original, token by token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from arts.data.schema import Edit

RULE = "written"  # the rule of an edit that a language model made
_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Change:
    """A run of tokens of the original in whose place other tokens stand.

    Args:
        start: the index of its first token in the original.
        end: the index after its last token.
        new_start: the index of the first new token in the written text.
        new_end: the index after the last one.
    """

    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True)
class TokenDiff:
    """The difference between an original and a text written from it; letter case counts for nothing.

    Args:
        source: the text of the original.
        text: the written text.

    Example:
        >>> diff = TokenDiff("The soup was good.", "The soup was not good.")
        >>> diff.distance, [edit.after for edit in diff.edits]
        (1, ['not '])
    """

    source: str
    text: str

    @cached_property
    def before(self) -> list[re.Match[str]]:
        """The tokens of the original."""
        return [*_TOKEN.finditer(self.source)]

    @cached_property
    def after(self) -> list[re.Match[str]]:
        """The tokens of the written text."""
        return [*_TOKEN.finditer(self.text)]

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What was replaced, put in and left out, in order."""
        old, new = ([token[0].lower() for token in tokens] for tokens in (self.before, self.after))
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        return tuple(Change(*places) for tag, *places in matcher.get_opcodes() if tag != "equal")

    @property
    def distance(self) -> int:
        """The token edit distance along this alignment: tokens replaced, put in or left out."""
        return sum(max(one.end - one.start, one.new_end - one.new_start) for one in self.changes)

    def inserted(self) -> Iterator[tuple[int, int]]:
        """Stream the spans, in characters of the written text, of the new tokens of each change."""
        for change in self.changes:
            if change.new_end > change.new_start:
                yield self.after[change.new_start].start(), self.after[change.new_end - 1].end()

    def replaced(self) -> Iterator[tuple[int, int]]:
        """Stream the spans, in characters of the original, of the old tokens of each change."""
        for change in self.changes:
            if change.end > change.start:
                yield self.before[change.start].start(), self.before[change.end - 1].end()

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """The edits that turn the original into the written text, with its spaces and letter case."""
        edits, old, new = [], 0, 0
        for left, right in self._anchors():
            before, after = self.source[old : left[0]], self.text[new : right[0]]
            if before != after:
                edits.append(_trimmed(old, before, after))
            old, new = left[1], right[1]
        return tuple(edits)

    def place_of(self, start: int, end: int) -> int | None:
        """Where characters of the original stand in the written text, if their tokens are all unchanged.

        Args:
            start: the offset of the first character in the original.
            end: the offset after the last one.

        Returns:
            The offset in the written text; None when a token was changed or the tokens stand apart.
        """
        pairs = [(a, b) for a, b in self._anchors() if a[0] < end and a[1] > start]
        if not pairs or pairs[0][0][0] > start or pairs[-1][0][1] < end:
            return None
        place = pairs[0][1][0] + start - pairs[0][0][0]
        is_whole = self.text[place : place + end - start] == self.source[start:end]
        return place if is_whole else None

    def _anchors(self) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Stream the character spans of each unchanged token in both texts, and last their ends."""
        old = new = 0
        for change in (*self.changes, Change(len(self.before), 0, len(self.after), 0)):
            for a, b in zip(self.before[old : change.start], self.after[new : change.new_start], strict=True):
                if a[0] == b[0]:
                    yield a.span(), b.span()
            old, new = change.end, change.new_end
        yield (len(self.source),) * 2, (len(self.text),) * 2


def _trimmed(start: int, before: str, after: str) -> Edit:
    """An edit without the spaces with which the old and the new words begin and end alike."""
    while before and after and before[0] == after[0] and before[0].isspace():
        start, before, after = start + 1, before[1:], after[1:]
    while before and after and before[-1] == after[-1] and before[-1].isspace():
        before, after = before[:-1], after[:-1]
    return Edit(start, start + len(before), before, after, RULE)
