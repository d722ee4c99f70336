"""Checks that make the names of models safe to show on a page and to open in a spreadsheet."""

from __future__ import annotations

import re
import unicodedata

from arts.data.errors import ArtsError
from arts.evaluation.report_header import model_name_fault

MAX_NAME_LENGTH = 80  # characters
FORMULA_STARTS = ("=", "+", "-", "@")  # a spreadsheet takes text that begins so for a formula


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
            f"{' '.join(FORMULA_STARTS)} first"
        )
    if fault := model_name_fault(cleaned):
        raise ArtsError(f"the name {fault}")
    return cleaned
