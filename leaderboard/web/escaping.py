"""Escaping of text for Markdown, so that names from visitors and reports are shown as they are."""

from __future__ import annotations

import re

from arts.data.support.printable import printable
from arts.leaderboard.store.display_names import hide_folders

_MARKUP = re.compile(r"([\\`*{}\[\]()<>#+!|~:$&]|(?<!\w)[-_]|_(?!\w)|(?<=\d)\.(?=\s))")
_ADDRESS = re.compile(r"(?i)(?<=http)(?=s?://)|(?<=www)(?=\.)|(?<=\w)(?=@)|(?<=:)(?=material/|streamlit:)")
WORD_JOINER = (
    "\u2060"  # invisible; without it, an address becomes a link, although its characters are escaped
)


def escape_markdown(text: str) -> str:
    r"""The text as Markdown that shows it as it is: no markup, no link, no invisible character.

    Example:
        >>> escape_markdown("my_model *")
        'my_model \\*'
        >>> escape_markdown("a\u202eb")
        'a\\\\u202eb'
    """
    return _MARKUP.sub(r"\\\1", _ADDRESS.sub(WORD_JOINER, printable(text)))


def error_markdown(error: Exception) -> str:
    """The message of an error as Markdown, without the folders of the files that it names."""
    return escape_markdown(hide_folders(str(error)))
