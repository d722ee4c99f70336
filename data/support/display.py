"""How objects show themselves: a short line in the interpreter, lines when printed, a table in notebooks."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from reprlib import Repr

MAX_TEXT = 60  # characters of a sentence in one line

BRIEF = Repr()
BRIEF.maxlevel = 3
BRIEF.maxstring = BRIEF.maxother = 80
BRIEF.maxlist = BRIEF.maxtuple = BRIEF.maxdict = 4


class Displayed:
    """A base class of what is shown by a headline and facts, however large it is."""

    __slots__ = ()

    def headline(self) -> str:
        """What this is, in one line and without the name of its class."""
        raise NotImplementedError

    def facts(self) -> Mapping[str, str]:
        """What else there is to know, each a text, keyed by what it is."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.headline()}>"

    def __str__(self) -> str:
        facts = self.facts()
        width = max(map(len, facts), default=0)
        lines = (f"  {what:{width}}  {text}".rstrip() for what, text in facts.items())
        return "\n".join([self.headline(), *lines])

    def _repr_html_(self) -> str:
        """The headline and the facts as an HTML table, which notebooks show."""
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(what)}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for what, text in self.facts().items()
        )
        title = html.escape(self.headline())
        return f"<table><caption style='text-align:left'>{title}</caption>{rows}</table>"


def shortened(text: str, length: int = MAX_TEXT) -> str:
    """The text, or its beginning and an ellipsis, in `length` characters at most.

    Example:
        >>> shortened("The soup was cold, and so was the waiter.", 20)
        'The soup was cold, …'
    """
    return text if len(text) <= length else f"{text[: length - 1]}…"


def counted(counts: Mapping[str, int] | Sequence[tuple[str, int]]) -> str:
    """Counts of kinds as one text; kinds that do not occur are left out.

    Example:
        >>> counted({"positive": 1200, "negative": 7, "neutral": 0})
        '1,200 positive, 7 negative'
    """
    return ", ".join(f"{count:,} {kind}" for kind, count in dict(counts).items() if count)
