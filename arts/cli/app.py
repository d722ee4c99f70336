"""The command-line application: how every command starts, reports errors and exits."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any, NoReturn

import typer

from arts.cli.help_texts import with_help
from arts.data.errors import ArtsError

COMMANDS = "arts.commands"  # the group of entry points in which commands are registered
BAD_INPUT = 2
INTERRUPTED = 130


def main() -> NoReturn:
    """Run ``arts COMMAND``; the commands are the entry points in the group `arts.commands`."""
    app = new_app(
        no_args_is_help=True,
        help="The aspect-robustness benchmark for aspect-based sentiment analysis.",
    )
    for command in entry_points(group=COMMANDS):
        app.command(command.name)(with_help(command.load()))
    run(app)


def run(app: typer.Typer) -> NoReturn:
    """Run an application and exit.

    The exit code is 0 when all went well, 2 for bad usage or bad input, 1 for a bug, and 130 after Ctrl-C.
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
            tell("interrupted; the same command goes on from here")
        raise
    sys.exit(0)


def run_command(command: Callable[..., Any]) -> NoReturn:
    """Run a single command and exit, for ``python -m arts.COMMAND``."""
    run(command_app(command))


def command_app(command: Callable[..., Any]) -> typer.Typer:
    """An application with a single command."""
    app = new_app()
    app.command()(with_help(command))
    return app


def tell(message: str) -> None:
    """Print a message to standard error; nothing when it is empty."""
    if message:
        typer.echo(f"arts: {message}", err=True)


def new_app(**options: Any) -> typer.Typer:
    """An empty application, with typer's own error messages and completion turned off."""
    return typer.Typer(pretty_exceptions_enable=False, add_completion=False, **options)
