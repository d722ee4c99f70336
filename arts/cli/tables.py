"""Tables on the terminal, in which a figure is never cut and never broken over two lines.

What is not a terminal gets tables and sentences of any width. On a terminal, names are wrapped until the
table fits; where that is not enough, each row becomes a block of lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from arts.data.support.printable import printable

FULL_WIDTH = 1_000_000  # characters per line, if the output is not a terminal
MIN_NAME_WIDTH = 12
MAX_NAME_LINES = 3  # a table whose names would take more is shown in blocks
INDENT = "  "
GAP = 2  # spaces between columns
_NAME_PARTS = re.compile(  # a line may end after each
    r".+?(?:[\s/_;@+=-]+|(?:(?<!\d)[.,:]|[.,:](?!\d))\s*|$)"
)
_WORDS = re.compile(r".+?(?:\s+|$)")


def show(*parts: RenderableType) -> None:
    """Print tables and texts on standard output, one below the other."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = FULL_WIDTH
    console.print(Group(*parts), crop=False)


def sentence(text: str, style: str = "") -> Text:
    """A text to be printed below a table; it is wrapped between words."""
    return Text(printable(text), style=style, overflow="fold")


@dataclass
class FigureTable:
    """A table for the terminal, which takes the form that fits its width.

    The columns are names (aligned to the left; they may wrap) or figures (aligned to the right; they never
    do). The first column is of names.

    Args:
        title: text above the table.
        headings: headings of the columns.
        names: headings of the columns of names, besides the first.
        caption: text below the table.
    """

    title: str
    headings: Sequence[str]
    names: Sequence[str] = ()
    caption: str = ""
    _rows: list[tuple[str, int, tuple[str, ...]]] = field(default_factory=list)  # style, section, cells
    _section: int = 0

    def add_row(self, *cells: str, style: str = "") -> None:
        """Add a row of as many cells as there are headings, in a style of Rich; a cell may be empty."""
        self._rows.append((style, self._section, tuple(printable(cell) for cell in cells)))

    def add_section(self) -> None:
        """Separate the rows above from those that follow by a line."""
        self._section += 1

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the title, the table in the form that fits, and the caption."""
        if self.title:
            yield sentence(self.title, "bold")
        widths = self._column_widths(options.max_width)
        if widths:
            yield self._grid(widths)
        else:
            yield from self._blocks(options.max_width)
        if self.caption:
            yield sentence(self.caption, "dim italic")
        if widths or self.caption:
            yield Text()

    @property
    def has_rows(self) -> bool:
        """Whether a row was added."""
        return bool(self._rows)

    def _is_name(self, column: int) -> bool:
        return column == 0 or self.headings[column] in self.names

    def _column_widths(self, room: int) -> list[int]:
        """The width of each column in the full form; empty if that needs more than `room` characters."""
        least, most = [], []
        for k, heading in enumerate(self.headings):
            longest = max((cell_len(cells[k]) for *_, cells in self._rows), default=0)
            word = max(map(cell_len, heading.split()), default=0)
            lines = max(MIN_NAME_WIDTH, -(-longest // MAX_NAME_LINES))
            least.append(max(word, min(longest, lines) if self._is_name(k) else longest))
            most.append(max(longest, cell_len(heading)))
        spare = room - GAP * (len(least) - 1) - sum(least)
        if spare < 0:
            return []
        widths = list(least)
        by_need = sorted(range(len(least)), key=lambda k: most[k] - least[k])
        for columns_left, k in zip(range(len(least), 0, -1), by_need, strict=True):
            more = min(most[k] - least[k], spare // columns_left)
            widths[k] += more
            spare -= more
        return widths

    def _grid(self, widths: Sequence[int]) -> Table:
        """The full form: a line of cells per row, and more lines where names are wrapped."""
        grid = Table(box=SIMPLE_HEAD, padding=(0, 0, 0, 1), pad_edge=False, show_edge=False)
        for k, (heading, width) in enumerate(zip(self.headings, widths, strict=True)):
            justify: Literal["left", "right"] = "left" if self._is_name(k) else "right"
            grid.add_column(Text(heading), justify=justify, width=width, overflow="fold")
        for _, rows in groupby(self._rows, key=lambda row: row[1]):
            for style, _, cells in rows:
                lines = (
                    "\n".join(wrapped(cell, width)) if self._is_name(k) else cell
                    for k, (cell, width) in enumerate(zip(cells, widths, strict=True))
                )
                grid.add_row(*map(Text, lines), style=style)
            grid.add_section()
        return grid

    def _blocks(self, room: int) -> Iterator[Text]:
        """The narrow form: for each row its name, and below it a line per figure."""
        figures = [k for k in range(1, len(self.headings)) if not self._is_name(k)]
        heading_width = max((cell_len(self.headings[k]) for k in figures), default=0)
        figure_width = max((cell_len(cells[k]) for *_, cells in self._rows for k in figures), default=0)
        beside = len(INDENT) + heading_width + GAP + figure_width <= room
        for style, _, cells in self._rows:
            yield from _lines(wrapped(f"{self.headings[0]} {cells[0]}".strip(), room), style or "bold")
            for k, (heading, cell) in enumerate(zip(self.headings, cells, strict=True)):
                if k == 0 or not cell:
                    continue
                if k in figures and beside:
                    figure = INDENT + set_cell_size(heading, heading_width + GAP)
                    yield from _lines([figure + " " * (figure_width - cell_len(cell)) + cell])
                elif k in figures:
                    yield from _lines([INDENT + heading, *_indented(wrapped(cell, room - 4, _WORDS), 2)])
                else:
                    yield from _lines(_indented(wrapped(f"{heading}: {cell}", room - 2)))
            yield Text()


def wrapped(text: str, width: int, parts: re.Pattern[str] = _NAME_PARTS) -> list[str]:
    """Wrap a text into lines of at most `width` columns, if possible where one of its parts ends.

    A part that is longer than a line is cut, unless the parts are words.

    Args:
        text: a name, or figures with spaces between them.
        width: columns per line.
        parts: matches a part of the text, with the characters that separate it from the next.

    Example:
        >>> wrapped("bert.encoder.layer.10.output", 14)
        ['bert.encoder.', 'layer.10.', 'output']
    """
    lines = [""]
    for part in parts.findall(text):
        if cell_len(lines[-1] + part.rstrip()) <= width:
            lines[-1] += part
        elif cell_len(part.rstrip()) <= width or parts is _WORDS:
            lines.append(part)
        else:
            lines += chop_cells(part, max(width, 2))
    return [line.rstrip() for line in lines if line.strip()] or [""]


def _indented(lines: Iterable[str], times: int = 1) -> list[str]:
    return [INDENT * times + line for line in lines]


def _lines(lines: Iterable[str], style: str = "") -> Iterator[Text]:
    """Yield lines of text that the console prints as they are, also where they are too long for it."""
    yield from (Text(line, style=style, no_wrap=True, overflow="ignore") for line in lines)
