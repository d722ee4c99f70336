"""Terminals of any width."""

from __future__ import annotations

import io
import re
from collections import Counter

from arts.cli.tables import show

NUMBER = re.compile(r"(?:(?<!\w)[+-])?\d[\d,]*(?:\.\d+)?(?:e[+-]\d+)?")


class Terminal(io.StringIO):
    """A standard output that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def printed(monkeypatch, *parts, width: int | None = None) -> str:
    """What `show` writes on a terminal of so many columns; None: on what is not a terminal."""
    output = io.StringIO() if width is None else Terminal()
    with monkeypatch.context() as patched:
        for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TERM"):
            patched.delenv(name, raising=False)
        patched.setenv("NO_COLOR", "1")
        patched.setenv("COLUMNS", str(width or 20))
        patched.setattr("sys.stdout", output)
        show(*parts)
    return re.sub(r"\x1b\[[0-9;]*m", "", output.getvalue())


def numbers(text: str) -> Counter[str]:
    """How often each number occurs in a text, as it is written."""
    return Counter(NUMBER.findall(text))
