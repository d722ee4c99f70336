"""Foreign content as a checked record: what is wrong with it is one line with the path of the field."""

from __future__ import annotations

import reprlib
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from arts.data.errors import ArtsError, DataError, did_you_mean
from arts.data.support.field_types import expected

Content = TypeVar("Content", bound=BaseModel)

_KINDS = {  # what pydantic expected, keyed by its name of the fault
    "string_type": "a text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "none_required": "null",
}
_repr = reprlib.Repr()
_repr.maxlevel, _repr.maxstring, _repr.maxother, _repr.maxlong = 3, 60, 60, 20


class FieldError(ArtsError):
    """A field of a record has a value that cannot be used.

    Args:
        field: the path of the field, for example ``models[0].parameters.density``; empty for the whole.
        fault: what is wrong with it, as the rest of a sentence; or, without a field, a sentence.
    """

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field} {fault}".strip())
        self.field, self.fault = field, fault


class KnownFields(BaseModel):
    """A record of foreign content that refuses unknown keys, with the most similar known one."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    unsupported: ClassVar[tuple[str, ...]] = ()  # keys that others know, and this package does not
    form: ClassVar[str] = "keys and values"  # what is expected instead of something without keys

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, content: Any) -> Any:
        if not isinstance(content, dict | cls):
            raise expected(cls.form)
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in content if isinstance(content, dict) else ():
            if key not in known:
                context = {"key": key, "known": ", ".join(known), "is_unsupported": key in cls.unsupported}
                raise PydanticCustomError("unknown_key", "unknown key", context)
        return content


def check_content(record: type[Content], content: Any) -> Content:
    """Make a record of foreign content.

    Args:
        record: the class of the record.
        content: what a file or a command line holds, as Python values.

    Raises:
        FieldError: when it does not fit the record; the message names the first field at fault.
    """
    try:
        return record.model_validate(content)
    except ValidationError as error:
        raise _field_error(error.errors()[0]) from error


def check_file_content(record: type[Content], content: Any, source: object) -> Content:
    """Make a record of what a file holds, as `check_content` does.

    Raises:
        DataError: when it does not fit the record; the message names the file and the first field at fault.
    """
    try:
        return check_content(record, content)
    except FieldError as error:
        raise DataError(source, str(error)) from error


def check_fields(instance: object) -> None:
    """Check those fields of a dataclass that are annotated with a type of `arts.data.support.field_types`.

    Raises:
        FieldError: when one has a value out of its range.
    """
    record = _record_of_dataclass(cast(Any, type(instance)))
    given = {name: getattr(instance, name) for name in record.model_fields}
    check_content(record, {name: value for name, value in given.items() if value is not None})


@cache
def _record_of_dataclass(kind: type) -> type[BaseModel]:
    """A record with those fields of a dataclass whose types have validators; each may be left out."""
    fields: dict[str, Any] = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        for part in get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,):
            if get_origin(part) is Annotated:
                fields[name] = (part, None)
    return create_model(kind.__name__, **fields)


def short_repr(value: Any) -> str:
    """A value as a short text for a message; nothing, true and false as YAML and JSON write them."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return _repr.repr(value)


def _field_error(fault: ErrorDetails) -> FieldError:
    """The error that says what pydantic found."""
    context = fault.get("ctx", {})
    field = (_path(fault["loc"]) + str(context.get("at", ""))).removeprefix(".")
    if fault["type"] == "unknown_key":
        return _unknown_key_error(field, **context)
    if fault["type"] == "missing":
        return FieldError(field, "is missing")
    value = short_repr(context["value"] if "at" in context else fault["input"])
    what = context.get("what") or _KINDS.get(fault["type"]) or fault["msg"].removeprefix("Input should be ")
    return FieldError(field, f"is {value}; expected {what}")


def _unknown_key_error(field: str, *, key: Any, known: str, is_unsupported: bool) -> FieldError:
    """The error that names an unknown key in a field, or one that others know."""
    name = short_repr(key).strip("'\"")
    if is_unsupported:
        return FieldError("", f'"{name}" is not supported here; expected {known}')
    where = f" in {field}" if field else ""
    guess = did_you_mean(str(key), known.split(", "))
    return FieldError("", f'unknown key "{name}"{where}.{guess} Known: {known}')


def _path(location: tuple[int | str, ...]) -> str:
    """The path of a field as one writes it: ``models[0].parameters``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")
