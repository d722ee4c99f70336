"""The tutorials as programs: their files, their commands, and what these print, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "tutorials"
_BLOCK = re.compile(
    r"^``` ?(?:\{ (?P<classes>[^}]*) \}|(?P<language>\w+))\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_INTERVAL = re.compile(r"± ?[\d.]+|\[[-+\d., ]+\]|p [<=] [\d.]+")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


@dataclass(frozen=True)
class File:
    """A file that the reader writes.

    Args:
        name: its name.
        text: its content.
    """

    name: str
    text: str


@dataclass
class Command:
    """A command that the reader runs.

    Args:
        text: the command line.
        output: what the page says that it prints; None where the page does not say it.
        varies: whether the figures differ from machine to machine.
    """

    text: str
    output: str | None = None
    varies: bool = False

    def prints(self, output: str) -> bool:
        """Whether an output is that of the page, whose … stands for any text.

        Intervals and p-values may be others, and with ``varies`` all numbers.
        """
        pattern = re.sub(r"(\\ )?…(\\ )?", ".*", re.escape(_plain(self.output or "…", self.varies)))
        return re.search(pattern, _plain(output, self.varies), re.S) is not None


def steps(page: Path) -> Iterator[File | Command]:
    """Yield what the reader of a page does, in its order. Blocks of the class ``shown`` are left out."""
    command = None
    for block in _BLOCK.finditer(page.read_text("utf-8")):
        classes = (block["classes"] or f".{block['language']}").split()
        title = re.search(r'title="(.*)"', block["classes"] or "")
        if title:
            yield File(title[1], block["text"])
        elif ".text" in classes and command:
            command.output, command.varies = block["text"].strip(), ".varies" in classes
        elif ".bash" in classes and ".shown" not in classes:
            if command:
                yield command
            command = Command(block["text"].strip())
    if command:
        yield command


def _plain(text: str, varies: bool) -> str:
    """The words of a text, with the same sign for all that may differ."""
    text = re.sub("─+", "─", _INTERVAL.sub("#", text))  # lines are as long as the widest number
    return " ".join((_NUMBER.sub("#", text) if varies else text).split())
