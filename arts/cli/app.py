"""The command-line application: it starts commands, reports errors, and sets the exit code."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any, NoReturn, TextIO

import typer

from arts.cli.command_line import CommandLine, common_options, show_version
from arts.cli.failures import BAD_INPUT, UNREAD, check_results_are_read, report_failure
from arts.cli.help_texts import with_help
from arts.cli.interruption import (
    INTERRUPTED,
    prompt_interruption,
    starting_over_after_interrupts,
    tell_interrupted,
)
from arts.cli.messages import Verbosity, set_verbosity, tell

__all__ = [
    "BAD_INPUT",
    "all_commands",
    "command_app",
    "main",
    "run",
    "run_command",
    "starting_over_after_interrupts",
    "tell",
    "typed_command",
]

COMMANDS = "arts.commands"  # the group of entry points in which commands are registered
HELP_WIDTH = 80  # columns that help has at least: in fewer, names of options are cut
# Bars of other libraries, beside which ours could not be read; and the current folder is not put first on the
# path of processes that this one starts.
_ENVIRONMENT = {
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "PYTHONSAFEPATH": "1",
    "TQDM_DISABLE": "1",
}


def main() -> NoReturn:
    """Run the console script ``arts COMMAND`` and exit.

    The commands are the functions that packages register as entry points in the group ``arts.commands``.
    """
    run(all_commands)


def all_commands() -> typer.Typer:
    """Create the application of all commands."""
    app = new_app(
        no_args_is_help=True,
        add_completion=True,
        help="The aspect-robustness benchmark for aspect-based sentiment analysis.",
    )
    app.callback()(show_version)
    for command in entry_points(group=COMMANDS):
        app.command(command.name, cls=CommandLine)(common_options(with_help(command.load())))
    return app


def run(make_app: Callable[[], typer.Typer]) -> NoReturn:
    """Run a command-line application, and exit with its exit code.

    The code is 0 on success, 2 for bad usage or bad input, 1 for a bug in this package, 130 after Ctrl-C, and
    141 when the reader of the results or of the errors has gone.

    Args:
        make_app: creates the application.
    """
    os.environ.update(_ENVIRONMENT)
    if shutil.get_terminal_size().columns < HELP_WIDTH:
        os.environ.setdefault("TERMINAL_WIDTH", str(HELP_WIDTH))  # Typer's, for help
    set_verbosity(Verbosity.NORMAL)
    sys.stderr = sys.stderr or _nowhere()  # it may be closed
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # tables contain → and ±, which not every locale can encode
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with prompt_interruption():
        sys.exit(_exit_code(make_app))


def _exit_code(make_app: Callable[[], typer.Typer]) -> int:
    """Run an application, report what has ended it, and return the exit code."""
    try:
        code = _result_code(make_app)
        if code == INTERRUPTED:
            tell_interrupted()
    except BrokenPipeError:  # such as that of `head`, which has enough
        code = UNREAD
        sys.stdout = sys.stderr = _nowhere()
    return int(code)


def _nowhere() -> TextIO:
    """A stream that nobody reads, open until the process ends."""
    return open(os.devnull, "w", encoding="utf-8")


def _result_code(make_app: Callable[[], typer.Typer]) -> int:
    """Run an application, report an error that has ended it, and return the exit code."""
    try:
        check_results_are_read()
        code = make_app()(standalone_mode=False) or 0
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (SystemExit, GeneratorExit, BrokenPipeError):
        raise
    except BaseException as error:  # also what libraries in Rust raise, which is no Exception
        code = report_failure(error)
    return int(code)


def run_command(command: Callable[..., Any]) -> NoReturn:
    """Run one command function and exit; this is what ``python -m arts.COMMAND`` does."""
    run(lambda: command_app(command))


def command_app(command: Callable[..., Any]) -> typer.Typer:
    """Create an application whose only command is this function."""
    app = new_app()
    app.command(cls=CommandLine)(common_options(with_help(command)))
    return app


def new_app(**options: Any) -> typer.Typer:
    """Create an application without commands, with ``-h`` for help and without Typer's tracebacks.

    Args:
        options: keyword arguments of `typer.Typer`.
    """
    return typer.Typer(
        **{
            "pretty_exceptions_enable": False,
            "add_completion": False,
            "context_settings": {"help_option_names": ["-h", "--help"]},
            **options,
        }
    )


def typed_command(name: str) -> str:
    """The command line of this process as text, written as if ``arts NAME`` had started it.

    Args:
        name: name of the command. It is added if `sys.argv` lacks it, as after ``python -m arts.NAME``.
    """
    arguments = sys.argv[1:]
    return shlex.join(["arts", *arguments] if arguments[:1] == [name] else ["arts", name, *arguments])
