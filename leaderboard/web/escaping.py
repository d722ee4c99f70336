"""Escaping of text for Markdown, so that names from visitors and reports are shown as they are."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~:$-])")


def escape_markdown(text: str) -> str:
    r"""The text with a backslash before every character that Markdown would interpret.

    Example:
        >>> escape_markdown("my_model *")
        'my\\_model \\*'
    """
    return _MARKUP.sub(r"\\\1", text)
