"""The base class of records that are stored as JSON files, such as reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from arts.data.errors import DataError
from arts.data.support.atomic import atomic_file
from arts.data.support.display import BRIEF
from arts.data.support.json_text import parse_json

GREATEST = 2**63 - 1  # a whole number that tables and other programs can hold
MOST_BYTES = 1 << 26  # of a file with a record
SHOWN = 100  # characters of the path of a field that an error shows


def _checked_numbers(value: Any) -> Any:
    """A JSON value; ValueError if a number in it, however deep, is not finite or has more than 64 bits."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for item in items:
        _checked_numbers(item)
    if isinstance(value, int | float) and not -GREATEST <= value <= GREATEST:  # not true of NaN, either
        raise ValueError(f"a number is not finite, or not between -{GREATEST} and {GREATEST}")
    return value


Integer = Annotated[int, Field(ge=-GREATEST, le=GREATEST)]
Count = Annotated[int, Field(ge=0, le=GREATEST)]
JsonValue = Annotated[Any, AfterValidator(_checked_numbers)]


class Record(BaseModel):
    """A JSON record with declared, typed fields; it refuses unknown fields and cannot be changed.

    The record of a whole file declares its version, as in ``schema_version: Literal["1.0"] = "1.0"``. When
    the meaning of a field changes, the version must change too. Files of another version are refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Yield the fields for `repr`, with an ellipsis in values that are long."""
        for name, value in super().__repr_args__():
            yield name, _Brief(value)

    def write_json(self, path: Path) -> None:
        """Write the record to a JSON file, which appears when it is complete, or not at all."""
        with atomic_file(path) as partial:
            partial.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read_json(cls, path: Path, what: str) -> Self:
        """Read a record from a JSON file.

        Args:
            path: the file.
            what: what the record is, for the error message, e.g. ``a report of schema 1.0``.

        Raises:
            DataError: when the file cannot be read, or as `parse` does.
        """
        try:
            with path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise DataError(path, f"cannot be read: {error.strerror}") from error
        return cls.parse(content, path, what=what)

    @classmethod
    def parse(cls, content: bytes, source: object, *, what: str) -> Self:
        """Make a record of JSON whose values have the types of its fields; no text is taken for a number.

        Args:
            content: the JSON, in UTF-8.
            source: the file's path, or another name for where the JSON came from, for the error message.
            what: what the record is, for the error message, e.g. ``a report of schema 1.0``.

        Raises:
            DataError: when the content is larger than 64 MiB, is no JSON within the bounds of `parse_json`,
                or does not fit the fields of this class; the message names the first field at fault.
        """
        if len(content) > MOST_BYTES:
            raise DataError(source, f"not {what}: a file of more than {MOST_BYTES >> 20} MiB")
        checked = json.dumps(parse_json(content, source))
        try:
            return cls.model_validate_json(checked, strict=True)
        except ValidationError as error:
            raise DataError(source, f"not {what}: {first_fault(error)}") from error


class _Brief:
    """A value whose `repr` is bounded."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        return repr(self._value) if isinstance(self._value, Record) else BRIEF.repr(self._value)


def first_fault(error: ValidationError) -> str:
    """The first error of a failed validation, as a text with the path of the field."""
    fault = error.errors(include_context=False, include_input=False, include_url=False)[0]
    field = ".".join(str(part) for part in fault["loc"])
    shown = field if len(field) <= SHOWN else f"{field[:SHOWN]}…"
    return f"{f'field {shown}: ' if field else ''}{fault['msg']}"
