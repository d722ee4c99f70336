"""What others wrote, made safe to show on a page and to open in a spreadsheet."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import ArtsError
from arts.data.support.printable import printable
from arts.evaluation.report_header import model_name_fault

if TYPE_CHECKING:
    import pandas as pd

MAX_NAME_LENGTH = 80  # characters
MAX_FACT_LENGTH = 200  # characters of what a report says of its model
FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "＝",
    "＋",
    "－",
    "＠",
)  # what a spreadsheet takes for a formula
_FOLDERS = re.compile(r"(?<![\w/\\:.])(?:[A-Za-z]:)?[/\\](?:[^\s/\\:\"',;()]+[/\\])+")


def clean_name(name: str) -> str:
    r"""The name of a model on one line, with single spaces and without control characters.

    Raises:
        ArtsError: The name is empty, has more than 80 characters, contains < or >, begins with =, +, - or @,
            as a formula does in a spreadsheet, or looks like the name of another model.

    Example:
        >>> clean_name("  My\tmodel, v2 ")
        'My model, v2'
    """
    spaced = " ".join(unicodedata.normalize("NFC", name).split())
    cleaned = "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
    if not cleaned:
        raise ArtsError("no name; expected what the board should call the model")
    if len(cleaned) > MAX_NAME_LENGTH:
        raise ArtsError(f"a name of {len(cleaned)} characters; expected {MAX_NAME_LENGTH} at most")
    if cleaned.startswith(FORMULA_STARTS) or re.search(r"[<>]", cleaned):
        raise ArtsError(
            f'the name "{cleaned}" holds markup or begins like a formula; expected no < or >, and none of '
            f"= + - @ first"
        )
    if fault := model_name_fault(cleaned):
        raise ArtsError(f"the name {fault}")
    return cleaned


def hide_folders(text: str) -> str:
    """The text with the last part only of each absolute path: nobody need know where files lie.

    Example:
        >>> hide_folders("/srv/board/results/x.json, line 1: not valid JSON")
        'x.json, line 1: not valid JSON'
    """
    for folder in (Path.cwd(), Path.home(), tempfile.gettempdir()):  # whose names may hold spaces
        text = text.replace(f"{folder}/", "/_/")
    return _FOLDERS.sub("", text)


def display_fact(text: str) -> str:
    """What a report says of its model as the board keeps it: printable, without folders, cut off if long."""
    shown = printable(hide_folders(text))
    return shown if len(shown) <= MAX_FACT_LENGTH else f"{shown[:MAX_FACT_LENGTH]}…"


def guard_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with an apostrophe before each text that a spreadsheet takes for a formula."""

    def guarded(value: object) -> object:
        is_formula = isinstance(value, str) and value.lstrip().startswith(FORMULA_STARTS)
        return f"'{value}" if is_formula else value

    return frame.map(guarded).rename(index=guarded, columns=guarded)
