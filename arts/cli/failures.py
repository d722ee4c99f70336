"""What ends a command: which line is printed about it, and with which exit code the process ends."""

from __future__ import annotations

import platform
import shlex
import sys
import tempfile
import traceback
from importlib.metadata import version

import typer

from arts.cli.messages import Verbosity, tell_error, verbosity
from arts.data.errors import ArtsError, system_fault
from arts.provenance import PACKAGE

BAD_INPUT = 2
OUR_FAULT = 1
UNREAD = 141  # as a process that ends by the signal of a broken pipe


def check_results_are_read() -> None:
    """Raise `ArtsError` if standard output is closed."""
    if sys.stdout is None or sys.stdout.closed:
        raise ArtsError("standard output is closed; expected a terminal, a file or a pipe")


def report_failure(error: BaseException) -> int:
    """Print one line about what has ended a command, and return the exit code.

    The code is 2 for what the user can change: usage, input, the system. Anything else is a bug in this
    package; its trace is written to a file, which the line names, and the code is 1.

    Args:
        error: the exception that has ended the command.
    """
    if isinstance(error, ArtsError):
        tell_error(str(error))
    elif isinstance(error, typer.TyperException):
        return _report_usage(error)
    elif fault := system_fault(error):
        place = getattr(error, "filename2", None) or getattr(error, "filename", None)
        tell_error(f"{_text(place)}: {fault}" if place is not None else fault)
    elif isinstance(error, MemoryError):
        tell_error("there is not enough memory")
    elif isinstance(error, ValueError) and sys.stdout.closed:
        tell_error("standard output was closed before the results were written")
    else:
        return _report_bug(error)
    return BAD_INPUT


def _report_usage(error: typer.TyperException) -> int:
    """Print one line about a command line that cannot be understood, or the help where nothing was asked."""
    context = getattr(error, "ctx", None)
    if context is not None and not sys.argv[1:]:
        typer.echo(error.format_message(), err=True)
        return error.exit_code
    ending = f"; see {context.command_path} --help" if context is not None else ""
    message = error.format_message().replace("Value error, ", "")
    tell_error(message.rstrip(".") + ending)
    return error.exit_code


def _report_bug(error: BaseException) -> int:
    """Write the trace of an unexpected error to a file, and print one line that names it."""
    reason = f"{type(error).__name__}: {error}"
    trace = "".join(traceback.format_exception(error))
    if verbosity() is Verbosity.VERBOSE:
        typer.echo(trace, err=True)
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="arts-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(
                f"{shlex.join(sys.argv)}\n"
                f"{PACKAGE} {version(PACKAGE)}, Python {platform.python_version()}, {platform.platform()}\n\n"
                f"{trace}"
            )
        place = f"with the file {file.name}"
    except OSError as other:
        place = f"with the trace that --verbose shows (it cannot be written: {other.strerror})"
    tell_error(f"this is a bug in arts ({reason}); please report it {place}")
    return OUR_FAULT


def _text(place: object) -> str:
    return place.decode(errors="backslashreplace") if isinstance(place, bytes) else str(place)
