"""Checks of the form of a generated text; a variant that fails one is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

CHECKS: Mapping[str, re.Pattern[str]] = {  # what is wrong → its pattern, searched in the text in lower case
    "a doubled negation": re.compile(
        r"\b(?:not|never|no|cannot)\s+(?:\w+\s+)?(?:not|never)\b|n['’]t\s+(?:\w+\s+)?(?:not|never)\b|\bnot\s+no\b"
    ),
    '"a not"': re.compile(r"\ban?\s+not\b"),
    "a doubled word": re.compile(r"\b(?!that\b|had\b|very\b|really\b|so\b)([a-z]{2,})\s+\1\b"),
    "doubled punctuation": re.compile(r"(?<!\.)\.\.(?!\.)|,\s*,|;\s*[;,.]|,\s*[.;!?]|[!?]\s*[,;]"),
    "a left-over marker": re.compile(r"[{}<>|\\]|\[[a-z]+\]|__"),
    "a broken entity": re.compile(r"&(?:amp|quot|apos|lt|gt|nbsp|#x?[0-9a-f]+)\b(?!;)"),
    "an article before a determiner": re.compile(r"\b(?:an?|the)\s+(?:a|an|the|no|some)\b"),
    "a space before punctuation": re.compile(r"\w\s+[,;.!?](?=\s|$)"),
}


def fault(source: str, text: str) -> str | None:
    """Name what is wrong with the form of a generated text and was not already wrong with its original.

    Args:
        source: the text of the original.
        text: the generated text.

    Returns:
        The name of the first check that finds more faults in `text` than in `source`, or "no change" when the
        texts are equal. None when nothing is wrong.

    Example:
        >>> fault("It works.", "It does not not work."), fault("It works.", "It does not work.")
        ('a doubled negation', None)
    """
    if text == source:
        return "no change"
    faults = zip(CHECKS, _counts(text), _counts(source), strict=True)
    return next((name for name, after, before in faults if after > before), None)


@lru_cache(maxsize=256)
def _counts(text: str) -> tuple[int, ...]:
    """The number of faults that each check finds in a text, in the order of `CHECKS`."""
    lower = text.lower()
    return tuple(len(pattern.findall(lower)) for pattern in CHECKS.values())
