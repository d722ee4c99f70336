"""Checks of a generated sentence's form; a variant that fails one is not handed out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

CHECKS: Mapping[str, re.Pattern[str]] = {  # of the sentence in lower case
    "a doubled negation": re.compile(
        r"\b(?:not|never|no|cannot)\s+(?:\w+\s+)?(?:not|never)\b|n['’]t\s+(?:\w+\s+)?(?:not|never)\b|\bnot\s+no\b"
    ),
    '"a not"': re.compile(r"\ban?\s+not\b"),
    "a doubled word": re.compile(r"\b(?!that\b|had\b|very\b|really\b|so\b)([a-z]{2,})\s+\1\b"),
    "doubled punctuation": re.compile(r"(?<!\.)\.\.(?!\.)|,\s*,|;\s*[;,.]|,\s*[.;!?]|[!?]\s*[,;]"),
    "a left-over marker": re.compile(r"[{}<>|\\]|\[[a-z]+\]|__"),
    "an article before a determiner": re.compile(r"\b(?:an?|the)\s+(?:a|an|the|no|some)\b"),
    "a space before punctuation": re.compile(r"\w\s+[,;.!?](?=\s|$)"),
}


def fault(source: str, text: str) -> str | None:
    """The first thing wrong with `text` that is not already wrong with its `source`; None when it is sound.

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
    lower = text.lower()
    return tuple(len(pattern.findall(lower)) for pattern in CHECKS.values())
