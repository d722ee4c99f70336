"""Messages to the user on standard error: one line each, none with --quiet except errors."""

from __future__ import annotations

import logging
import sys
from enum import IntEnum

from arts.data.support.printable import printable

MOST_MESSAGE = 1_000  # characters of an error


class Verbosity(IntEnum):
    """How much is said on standard error: QUIET (errors only), NORMAL, or VERBOSE (details of the work)."""

    QUIET = logging.ERROR
    NORMAL = logging.WARNING
    VERBOSE = logging.INFO


class _MessageHandler(logging.Handler):
    """Hands log records to `tell`, so that they never land on the line of a progress bar."""

    def emit(self, record: logging.LogRecord) -> None:
        tell(record.getMessage())


_HANDLER = _MessageHandler()


def set_verbosity(verbosity: Verbosity) -> None:
    """Choose how much is said on standard error; it holds for the whole process."""
    root = logging.getLogger()
    if _HANDLER not in root.handlers:
        root.addHandler(_HANDLER)
    root.setLevel(max(verbosity, Verbosity.NORMAL))  # of other libraries, details are not shown
    logging.getLogger("arts").setLevel(verbosity)
    logging.captureWarnings(True)  # what libraries say to those who program with them
    logging.getLogger("py.warnings").setLevel(
        logging.WARNING if verbosity is Verbosity.VERBOSE else logging.CRITICAL
    )


def verbosity() -> Verbosity:
    """How much is said on standard error."""
    level = logging.getLogger("arts").level
    return Verbosity(level) if level in tuple(Verbosity) else Verbosity.NORMAL


def tell(message: str) -> None:
    """Print a message to standard error, with ``arts:`` before it, unless it is empty or not wanted."""
    if message and verbosity() is not Verbosity.QUIET:
        _print(message)


def tell_error(message: str) -> None:
    """Print an error to standard error in one line, with ``arts: error:`` before it; cut when long."""
    _print(f"error: {shortened(one_line(message))}")


def shortened(text: str, most: int = MOST_MESSAGE) -> str:
    """A text of `most` characters at most: of one that is longer, the middle is left out.

    Example:
        >>> shortened("ValueError: xxxxxxxxxxxxxxxxxxxxxxxx (mine.py, line 1)", most=32)
        'ValueError: xxx … ine.py, line 1)'
    """
    half = most // 2 - 1
    return text if len(text) <= most else f"{text[:half]} … {text[-half:]}"


def one_line(text: str) -> str:
    r"""Put a text on one line, with every character that a terminal might obey written as an escape.

    Example:
        >>> print(one_line("no model\n  of \x1b[2J"))
        no model of \x1b[2J
    """
    return printable(" ".join(filter(None, map(str.strip, text.splitlines()))))


def _print(message: str) -> None:
    sys.stderr.write(f"arts: {one_line(message)}\n")  # a progress bar prints it above itself
