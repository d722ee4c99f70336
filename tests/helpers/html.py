"""HTML as its reader sees it."""

from __future__ import annotations

import re
from html import unescape

TAG = re.compile(r"<sup>.*?</sup>|<del>.*?</del>|<[^>]*>")


def plain(html: str) -> str:
    """What is left of a marked sentence without marks."""
    return unescape(TAG.sub("", html))
