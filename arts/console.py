"""How every command starts, speaks and ends."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import typer

from arts.data.errors import ArtsError

BAD_INPUT = 2
INTERRUPTED = 130


def run(app: typer.Typer) -> NoReturn:
    """Run a command line: 0 done, 2 bad usage or input (one line), 1 a failure of ours, 130 Ctrl-C."""
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


def command_line(command: Callable[..., Any]) -> typer.Typer:
    """A command line of one command."""
    app = new_app()
    app.command()(command)
    return app


def new_app(**options: Any) -> typer.Typer:
    """An application whose errors are ours to print."""
    return typer.Typer(pretty_exceptions_enable=False, add_completion=False, **options)
