"""HTML entities in corpora, such as ``&quot;``: they are unescaped, and offsets are mapped.

An entity that was escaped again, such as ``&amp;quot;``, is unescaped as often.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass

_ENTITY = re.compile(r"&(?:amp;){0,3}(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


@dataclass(frozen=True)
class UnescapedText:
    """A text without HTML entities, and where the characters of the escaped text stand in it.

    Args:
        text: the text.
        ends: the offset after each entity in the escaped text, in order.
        shifts: how many characters fewer the text has up to there.
    """

    text: str
    ends: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def offset(self, escaped: int) -> int:
        """Where the character at an offset of the escaped text stands in the text.

        Example:
            >>> unescape("Fish &amp; chips").offset(11)
            7
        """
        position = bisect_right(self.ends, escaped)
        return escaped - self.shifts[position - 1] if position else escaped


def unescape(escaped: str) -> UnescapedText:
    """Unescape the HTML entities of a text; those without semicolon, as in "R&amp", are left as they are.

    Example:
        >>> unescape("Fish &amp; chips for &quot;two&quot;").text
        'Fish & chips for "two"'
        >>> unescape("the &amp;quot;best&amp;quot; fish &amp;amp; chips").text
        'the "best" fish & chips'
    """
    parts, ends, shifts = [], list[int](), list[int]()
    last = shift = 0
    for match in _ENTITY.finditer(escaped) if "&" in escaped else ():
        plain = _plain(match.group())
        if plain == match.group() or not plain or "\ud800" <= plain[:1] <= "\udfff":
            continue  # no entity that HTML knows
        parts += [escaped[last : match.start()], plain]
        last = match.end()
        shift += last - match.start() - len(plain)
        ends.append(last)
        shifts.append(shift)
    return UnescapedText("".join([*parts, escaped[last:]]), tuple(ends), tuple(shifts))


def _plain(entity: str) -> str:
    """What an entity stands for, however often it was escaped."""
    plain = html.unescape(entity)
    return plain if plain == entity or not _ENTITY.fullmatch(plain) else _plain(plain)
