"""The command-line application: how every command starts, reports an error and ends."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any, NoReturn

import typer

from arts.data.errors import ArtsError

COMMANDS = "arts.commands"  # the group of entry points that commands register in
BAD_INPUT = 2
INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command that the arguments name: every entry point of the group `arts.commands` is one."""
    app = new_app(
        no_args_is_help=True,
        help="The aspect-robustness benchmark for aspect-based sentiment analysis.",
    )
    for command in entry_points(group=COMMANDS):
        app.command(command.name)(command.load())
    run(app)


def run(app: typer.Typer) -> NoReturn:
    """Run a command line and exit: 0 done, 2 bad usage or bad input, 1 a failure of ours, 130 Ctrl-C."""
    if "" not in sys.path:  # as with python -m: a user's own module in the current folder can be named
        sys.path.insert(0, "")
    logging.basicConfig(level=logging.WARNING, format="arts: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # tables hold → and ±, whatever the locale says
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except ArtsError as error:
        typer.echo(f"arts: error: {error}", err=True)
        sys.exit(BAD_INPUT)
    except SystemExit as done:
        if done.code == INTERRUPTED:  # typer's answer to Ctrl-C
            typer.echo("arts: interrupted; the same command goes on from here", err=True)
        raise
    sys.exit(0)


def run_command(command: Callable[..., Any]) -> NoReturn:
    """Run a single command, for `python -m arts.COMMAND`."""
    run(command_app(command))


def command_app(command: Callable[..., Any]) -> typer.Typer:
    """An application of a single command."""
    app = new_app()
    app.command()(command)
    return app


def tell(message: str) -> None:
    """Print a message to standard error, if there is one."""
    if message:
        typer.echo(f"arts: {message}", err=True)


def new_app(**options: Any) -> typer.Typer:
    """An application whose errors are ours to print."""
    return typer.Typer(pretty_exceptions_enable=False, add_completion=False, **options)
