"""The base class of records that are stored as JSON files, such as reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arts.data.errors import DataError
from arts.data.support.atomic import atomic_file
from arts.data.support.display import BRIEF

Count = Annotated[int, Field(ge=0)]


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
            DataError: when the file cannot be read, or its content does not fit the fields of this class;
                the message names the first field at fault.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise DataError(path, f"cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise DataError(path, f"not {what}: {first_fault(error)}") from error


class _Brief:
    """A value whose `repr` is bounded."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        return repr(self._value) if isinstance(self._value, Record) else BRIEF.repr(self._value)


def first_fault(error: ValidationError) -> str:
    """The first error of a failed validation, as a text with the path of the field."""
    fault = error.errors()[0]
    field = ".".join(str(part) for part in fault["loc"])
    return f"{f'field {field}: ' if field else ''}{fault['msg']}"
