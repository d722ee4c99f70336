"""What columns are called: in files of others, and by users who name them with --columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from arts.data.errors import LabelError, did_you_mean

FIELDS: Mapping[str, tuple[str, ...]] = {  # the field, and its names in other files: lower case, letters only
    "id": ("sentenceid", "textid"),
    "text": ("sentence", "review", "rawwords", "rawtext", "reviewtext", "sentencenormalized", "tweet"),
    "term": ("aspectterm", "aspect", "target", "mention", "opiniontarget", "span"),
    "polarity": ("label", "sentiment", "aspectpolarity", "sentimentpolarity", "termpolarity"),
    "start": ("from", "begin", "startoffset", "startindex", "charstart"),
    "end": ("to", "endoffset", "endindex", "charend"),
    "location": ("span", "offsets", "offset", "charspan", "position"),
    "aspects": ("aspectterms", "targets", "terms", "annotations", "entities"),
    "tokens": ("words", "token"),
    "ordinal": (),
    "unit": (),
    "strategy": (),
    "edits": (),
    "acceptance": (),
}
_LISTS = {"aspects", "tokens", "location", "edits"}  # fields that hold a list; the others hold none
_EXPECTED = "expected FIELD=COLUMN, e.g. text=Sentence,term=Aspect"
NAMEABLE = ("id", "text", "term", "start", "end", "polarity", "aspects", "unit", "strategy")


@dataclass(frozen=True)
class ColumnNames:
    """The names that the columns of a user's file have.

    Args:
        names: the name in the file, keyed by field: ``{"text": "Comment"}``.
    """

    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> ColumnNames:
        """Make column names of texts such as ``text=Comment,term=Topic``.

        Raises:
            LabelError: when a part has no ``=`` or no name, or its field is unknown or named twice.

        Example:
            >>> ColumnNames.parse(["text=Comment, term=Topic"]).names
            {'text': 'Comment', 'term': 'Topic'}
        """
        pairs = []
        for part in ",".join(texts).split(",") if texts else ():
            name, equals, column = part.partition("=")
            if not equals:
                raise LabelError(f'--columns: "{part}"; {_EXPECTED}')
            pairs.append((name, column))
        return cls._of_pairs(pairs)

    @classmethod
    def of(cls, names: Mapping[str, str]) -> ColumnNames:
        """Make column names of a mapping from fields to the names in the file.

        Raises:
            LabelError: when a field is unknown, or a name is empty.
        """
        return cls._of_pairs(names.items())

    @classmethod
    def _of_pairs(cls, pairs: Iterable[tuple[str, str]]) -> ColumnNames:
        names: dict[str, str] = {}
        for name, column in ((str(name).strip(), str(column).strip()) for name, column in pairs):
            if not name or not column:
                raise LabelError(f'--columns: "{name}={column}"; {_EXPECTED}')
            if name not in NAMEABLE:
                known = ", ".join(NAMEABLE)
                raise LabelError(
                    f'--columns: unknown field "{name}".{did_you_mean(name, NAMEABLE)} Known: {known}'
                )
            if name in names:
                raise LabelError(f'--columns: "{name}" is named twice ({names[name]} and {column})')
            names[name] = column
        return cls(names)

    def __str__(self) -> str:
        return ",".join(f"{name}={column}" for name, column in self.names.items())

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a row keyed by field, whatever its columns are called; other columns are dropped.

        Raises:
            ValueError: when the row lacks a column that the user named.
        """
        values = plain_fields(row)
        for name, column in self.names.items():
            if column not in row:
                raise ValueError(f'no column "{column}" (--columns {name}={column}){list_columns(row)}')
            values[name] = row[column]
        return values


def plain_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row keyed by field: a name of `FIELDS`, or one of its names in other files.

    Example:
        >>> plain_fields({"Sentence": "Good soup.", "Aspect Term": "soup", "from": 5, "page": 7})
        {'text': 'Good soup.', 'term': 'soup', 'start': 5}
    """
    values: dict[str, Any] = {}
    for name, candidates in _columns_by_field(tuple(row)):
        for column in candidates:
            value = row[column]
            if isinstance(value, list | Mapping) == (name in _LISTS) or column == name:
                values[name] = value
                break
    return values


def plain_names(columns: Iterable[str]) -> set[str]:
    """The fields that columns may hold, whatever is in them.

    Example:
        >>> sorted(plain_names(["Sentence", "Aspect Term", "page"]))
        ['term', 'text']
    """
    return {name for name, _ in _columns_by_field(tuple(columns))}


def written_list(row: Mapping[str, Any]) -> str | None:
    """The text of a row that may be a list of its aspects, written into a cell; None when it has none."""
    columns = dict(_columns_by_field(tuple(row))).get("aspects", ())
    cells = (row[column] for column in columns)
    return next((cell for cell in cells if isinstance(cell, str) and cell.strip().startswith("[")), None)


@lru_cache(maxsize=256)
def _columns_by_field(columns: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For each field, the columns that may hold it, the most certain first."""
    by_spelling: dict[str, str] = {}
    for column in columns:
        by_spelling.setdefault(_spelling(column), column)
    found = []
    for name, others in FIELDS.items():
        exact = (name,) if name in columns else ()
        candidates = (*exact, *(by_spelling[other] for other in (name, *others) if other in by_spelling))
        if candidates:
            found.append((name, candidates))
    return tuple(found)


def _spelling(column: object) -> str:
    """A column's name in lower case, its letters alone."""
    return re.sub(r"[\W_]", "", str(column)).lower()


def missing_field(name: str, row: Mapping[str, Any]) -> ValueError:
    """The error for a row without a field: it has the columns that there are, and the nearest known layout.

    Example:
        >>> str(missing_field("text", {"id": "1", "texte": "Bonne soupe."}))[:72]
        "missing field 'text' (or sentence, review); the columns are: id, texte. "
    """
    if name == "term" and row.keys() & {"triples", "triplets"}:
        return ValueError(
            "unknown layout: triples as tags of words (GTS, Span-ASTE); nearest known: ASTE in .txt, a "
            "sentence a line with #### and a list of tuples"
        )
    if _seem_values(row):
        return ValueError(
            f"the first line seems to be data{list_columns(row)}; a header is needed, such as "
            "id,text,term,start,end,polarity"
        )
    others = ", ".join(FIELDS[name][:2])
    also = f" (or {others})" if others else ""
    fitting = (
        column for column, value in row.items() if isinstance(value, list | Mapping) <= (name in _LISTS)
    )
    free = {str(column).lower(): str(column) for column in fitting if not _is_known(str(column))}
    similar = get_close_matches(name, free, n=1) or list(free)[:1]
    unknown = " None of them is known." if not plain_names(map(str, row)) else ""
    hint = f"{unknown} Do they have other names, --columns {name}={free[similar[0]]}?" if similar else ""
    per_sentence = any(isinstance(value, list) for value in row.values()) and "term" not in plain_fields(row)
    layout = (
        "sentence (id, text, aspects)" if per_sentence else "aspect (id, text, term, start, end, polarity)"
    )
    return ValueError(
        f"missing field '{name}'{also}{list_columns(row)}.{hint} Nearest known layout: a row per {layout}"
    )


def list_columns(row: Mapping[str, Any]) -> str:
    """The part of an error message that lists the columns of a row, at most twelve."""
    columns = [str(column)[:40] for column in row]
    more = f", and {len(columns) - 12} more" if len(columns) > 12 else ""
    return f"; the columns are: {', '.join(columns[:12]) or '(none)'}{more}"


def _seem_values(columns: Iterable[object]) -> bool:
    """Whether no column has a known name, and one is a number, long, or has three words or more."""
    names = [str(column) for column in columns]
    return not any(map(_is_known, names)) and any(
        name.isdigit() or len(name) > 40 or len(name.split()) > 2 for name in names
    )


def _is_known(column: str) -> bool:
    return any(_spelling(column) in (name, *others) for name, others in FIELDS.items())


NO_COLUMNS = ColumnNames()
