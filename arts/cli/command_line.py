"""What all command lines have in common: options of every command, and which command lines are refused."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from arts.cli.messages import Verbosity, set_verbosity
from arts.data.errors import ArtsError
from arts.provenance import PACKAGE


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"arts {version(PACKAGE)}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing but results and errors; show no progress.")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Also print details of the work, and the trace of a bug.")
]
_COMMON = {"print_version": Version, "quiet": Quiet, "verbose": Verbose}


def show_version(print_version: Version = False) -> None:
    """Take the options that stand before the name of a command."""


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command has, which the command itself does not see.

    Args:
        command: a function that Typer is to call. Its parameters are options.
    """
    signature = inspect.signature(command)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=hint)
        for name, hint in _COMMON.items()
    ]

    @wraps(command)
    def run_with_common_options(*, print_version: bool, quiet: bool, verbose: bool, **options: Any) -> Any:
        if quiet and verbose:
            raise ArtsError("--quiet and --verbose exclude each other; give one")
        set_verbosity(Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL)
        return command(**options)

    run_with_common_options.__annotations__ = {**command.__annotations__, **_COMMON}
    run_with_common_options.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *more]
    )
    return run_with_common_options


class CommandLine(TyperCommand):
    """A command that uses every word of its command line, or refuses it.

    Other command lines take the last of two values of an option that has one, and empty texts for names.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of a command line.

        Raises:
            ArtsError: when an option has an empty value, or one that has only one value is given twice.
        """
        values, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter, count in Counter(order).items():
            name = parameter.opts[0]
            if count > 1 and not (getattr(parameter, "multiple", False) or parameter.nargs == -1):
                raise ArtsError(f"{name} is given {count} times; it takes one value")
            value = values.get(parameter.name)
            if "" in (value if isinstance(value, list | tuple) else [value]):
                raise ArtsError(f"{name} is empty; expected a value")
        return super().parse_args(ctx, args)
