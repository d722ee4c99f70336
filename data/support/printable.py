"""Text of others as a terminal or a page can show it: no character acts, hides or cannot be written."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""The text with an escape in the place of each character that cannot be shown as it is.

    Such are the beginning of a terminal's escapes, line ends, invisible characters, changes of the direction
    of writing, and the halves of characters in names of files that are not UTF-8.

    Example:
        >>> printable("a\x1b[31m red id")
        'a\\x1b[31m red id'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
