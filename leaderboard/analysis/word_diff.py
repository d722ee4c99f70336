"""The edits that turn an original into its variant: as recorded, or found by comparing the two texts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace

from arts.data.schema import Edit, Instance

BY_COMPARISON = "compared"  # the rule of an edit that was found by comparing the texts
_WORD = re.compile(r"\w+(?:['’-]\w+)*|\s+|.", re.DOTALL)


def edits_of(original: Instance, variant: Instance) -> tuple[Edit, ...]:
    """The edits that turn the text of an original into that of its variant.

    They are the recorded edits if there are any; otherwise, the two texts are compared word by word.
    """
    return variant.edits or word_diff(original.text, variant.text)


def word_diff(before: str, after: str) -> tuple[Edit, ...]:
    """The replacements of words that turn one text into another.

    Returns:
        The edits in the order of the text, without overlaps; their offsets are characters of `before`. Edits
        with only whitespace between them are joined into one.

    Example:
        >>> [(e.before, e.after) for e in word_diff("The soup is good.", "The soup is not good.")]
        [('', 'not ')]
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    edits: list[Edit] = []
    position = 0
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed = "".join(old[i:j])
        if kind != "equal":
            end = position + len(removed)
            edits.append(Edit(position, end, removed, "".join(new[k:m]), BY_COMPARISON))
        position += len(removed)
    return tuple(_join_over_spaces(before, edits))


def _join_over_spaces(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """Join edits that have only whitespace between them.

    Args:
        text: The unedited text.
        edits: The edits in the order of the text.
    """
    joined: list[Edit] = []
    for edit in edits:
        gap = text[joined[-1].end : edit.start] if joined else ""
        if gap.isspace():
            last = joined.pop()
            before, after = last.before + gap + edit.before, last.after + gap + edit.after
            edit = Edit(last.start, edit.end, before, after, BY_COMPARISON)
        joined.append(edit)
    return joined


def trim_edit(edit: Edit) -> Edit:
    """The edit without the unchanged text at its beginning and end; words are dropped only as a whole.

    Example:
        >>> trim_edit(Edit(0, 1, before=".", after=". The beans are watery.", rule="added")).after
        ' The beans are watery.'
    """
    head = _common_prefix_length(edit.before, edit.after)
    before, after = edit.before[head:], edit.after[head:]
    tail = _common_prefix_length(before[::-1], after[::-1])
    return replace(
        edit,
        start=edit.start + head,
        end=edit.end - tail,
        before=before[: len(before) - tail],
        after=after[: len(after) - tail],
    )


def _common_prefix_length(first: str, second: str) -> int:
    """Number of characters of the longest beginning that two texts share without cutting a word."""

    def inside_word(text: str, position: int) -> bool:
        """Whether a position lies between two characters of one word."""
        return 0 < position < len(text) and text[position - 1].isalnum() and text[position].isalnum()

    pairs = enumerate(zip(first, second, strict=False))
    shorter = min(len(first), len(second))
    length = next((position for position, (a, b) in pairs if a != b), shorter)
    while inside_word(first, length) or inside_word(second, length):
        length -= 1
    return length
