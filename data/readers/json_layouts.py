"""Layouts of JSON files that hold rows: an array, or a table in one of the orientations of pandas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arts.data.readers.field_names import list_columns, plain_names


def listed_rows(value: Any) -> list[Any] | None:
    """The rows that a JSON value lists; None when it lists none.

    It is an array, the only value of an object (``{"data": [...]}``), or columns: an object of lists, or of
    objects by row, as pandas writes them; or the object of columns and data of its orientations ``split`` and
    ``table``.

    Raises:
        ValueError: when the columns have different rows.

    Example:
        >>> listed_rows({"text": {"0": "Good soup."}, "term": {"0": "soup"}})
        [{'text': 'Good soup.', 'term': 'soup'}]
        >>> listed_rows({"columns": ["text", "term"], "index": [0], "data": [["Good soup.", "soup"]]})
        [{'text': 'Good soup.', 'term': 'soup'}]
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not value:
        return None
    columns = list(value.values())
    if len(columns) == 1 and isinstance(columns[0], list):
        return columns[0]
    if value.keys() == {"schema", "data"} and isinstance(value["data"], list):
        return value["data"]
    if value.keys() >= {"columns", "data"}:
        return _split_rows(value["columns"], value["data"])
    if all(isinstance(column, dict) for column in columns) and _are_columns(value):
        return _joined(value, {name: list(column) for name, column in value.items()})
    if any(isinstance(cell, dict) for column in columns if isinstance(column, list) for cell in column):
        return None
    if all(isinstance(column, list) for column in columns):
        return _joined(value, {name: range(len(column)) for name, column in value.items()})
    return None


def _are_columns(value: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether an object of objects is a table by column, not records by id."""
    keys = [key for column in value.values() for key in column]
    return "text" in plain_names(value) or (bool(keys) and all(key.isdecimal() for key in keys))


def _joined(value: Mapping[str, Any], keys: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of columns, each joined by the key that its cells have there."""
    first, rows = next(iter(keys.items()))
    for name, others in keys.items():
        if set(others) != set(rows):
            different = sorted(map(str, set(others) ^ set(rows)))
            raise ValueError(
                f'the columns "{first}" and "{name}" have {len(rows)} and {len(others)} rows; expected the '
                f"same, but only one has {', '.join(different[:3])}{list_columns(value)}"
            )
    return [{name: column[row] for name, column in value.items()} for row in rows]


def _split_rows(columns: Any, data: Any) -> list[dict[str, Any]]:
    """The rows of the orientation ``split``: the names of the columns, and the cells by row."""
    texts = isinstance(columns, list) and all(isinstance(name, str) for name in columns)
    if not texts or not isinstance(data, list) or len(set(columns)) < len(columns):
        raise ValueError(f"columns are {columns!r:.60}; expected different names, and data as a list of rows")
    for number, row in enumerate(data, 1):
        if not isinstance(row, list) or len(row) != len(columns):
            raise ValueError(f"row {number} of data is {row!r:.60}; expected {len(columns)} cells")
    return [dict(zip(columns, row, strict=True)) for row in data]
