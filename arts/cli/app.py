"""The command-line application: it starts commands, reports errors, and sets the exit code."""

from __future__ import annotations

import logging
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Any, NoReturn

import typer

from arts.cli.help_texts import with_help
from arts.data.errors import ArtsError

COMMANDS = "arts.commands"  # the group of entry points in which commands are registered
BAD_INPUT = 2
INTERRUPTED = 130


def main() -> NoReturn:
    """Run the console script ``arts COMMAND`` and exit.

    The commands are the functions that packages register as entry points in the group ``arts.commands``.
    """
    app = new_app(
        no_args_is_help=True,
        help="The aspect-robustness benchmark for aspect-based sentiment analysis.",
    )
    for command in entry_points(group=COMMANDS):
        app.command(command.name)(with_help(command.load()))
    run(app)


def run(app: typer.Typer) -> NoReturn:
    """Run a command-line application, and exit with its exit code.

    The code is 0 on success, 2 for bad usage or bad input, 1 for a bug in this package, and 130 after Ctrl-C.
    """
    if "" not in sys.path:  # so that --model can name a module in the current folder, as with python -m
        sys.path.insert(0, "")
    logging.basicConfig(level=logging.WARNING, format="arts: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # tables contain → and ±, which not every locale can encode
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except ArtsError as error:
        tell(f"error: {error}")
        sys.exit(BAD_INPUT)
    except SystemExit as done:
        if done.code == INTERRUPTED:  # after Ctrl-C
            tell(f"interrupted; {getattr(done, 'then', 'the same command goes on from here')}")
        raise
    sys.exit(0)


class _Interruption(SystemExit):
    """The end of a command that Ctrl-C has ended, with what the same command does then."""

    then = "nothing was written; the same command starts over"


@contextmanager
def starting_over_after_interrupts() -> Iterator[None]:
    """Say of a ``with`` block that Ctrl-C ends that the same command does not go on from there."""
    try:
        yield
    except KeyboardInterrupt:
        raise _Interruption(INTERRUPTED) from None


def run_command(command: Callable[..., Any]) -> NoReturn:
    """Run one command function and exit; this is what ``python -m arts.COMMAND`` does."""
    run(command_app(command))


def command_app(command: Callable[..., Any]) -> typer.Typer:
    """Create an application whose only command is this function."""
    app = new_app()
    app.command()(with_help(command))
    return app


def tell(message: str) -> None:
    """Print a message to standard error, with ``arts:`` before it; do nothing if the message is empty."""
    if message:
        typer.echo(f"arts: {message}", err=True)


def new_app(**options: Any) -> typer.Typer:
    """Create an application without commands; Typer's tracebacks and shell completion are turned off.

    Args:
        options: keyword arguments of `typer.Typer`.
    """
    return typer.Typer(pretty_exceptions_enable=False, add_completion=False, **options)


def typed_command(name: str) -> str:
    """The command line of this process as text, written as if ``arts NAME`` had started it.

    Args:
        name: name of the command. It is added if `sys.argv` lacks it, as after ``python -m arts.NAME``.
    """
    arguments = sys.argv[1:]
    return shlex.join(["arts", *arguments] if arguments[:1] == [name] else ["arts", name, *arguments])
