"""Lists written as Python text, in a line or a cell: parsed within bounds, so that none is too much."""

from __future__ import annotations

import ast
import re
from typing import Any

MAX_LENGTH = 1_000_000  # characters
MAX_ITEMS = 1_000
MAX_DEPTH = 4  # brackets in brackets
_STRINGS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_PLAIN = re.compile(r"(?:[\[\](){}:,\s]|(?<![\d-])-?\d{1,6}(?!\d)|None)*")


def parse_list(text: str, *, expected: str) -> list[Any]:
    """The list or tuple that a text spells, of texts, whole numbers, lists and dictionaries.

    Args:
        text: the text.
        expected: the end of the error message: what was expected.

    Raises:
        ValueError: when the text is anything else, is longer than 1,000,000 characters, or lists more than
            1,000 items.

    Example:
        >>> parse_list("[([1], [3, 4], 'POS')]", expected="")
        [([1], [3, 4], 'POS')]
    """
    fault = ValueError(f"{text[:60]!r} is no {expected}")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a list of {len(text):,} characters; expected at most {MAX_LENGTH:,}")
    brackets = _STRINGS.sub(" ", text)
    depth = deepest = 0
    for character in brackets:
        depth += (character in "[({") - (character in "])}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH or not _PLAIN.fullmatch(brackets):
        raise fault
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise fault from error
    if not isinstance(value, list | tuple):
        raise fault
    if len(value) > MAX_ITEMS:
        raise ValueError(f"a list of {len(value):,} items; expected at most {MAX_ITEMS:,} a sentence")
    return list(value)
