"""Takes the help texts of command-line options from the docstrings of the command functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import docstring_parser
import typer
from typer.models import ParameterInfo

from arts.cli.given_options import noted_options
from arts.cli.option_groups import with_single_options

_CONTEXT = "context_of_command"  # parameter by which Typer hands over the context


def with_help(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give each option of a command the description that the command's docstring has under ``Args``.

    So each command is documented once, for readers of the code and for users of ``--help``. An option
    whose annotation already has a help text keeps it. Choices may be given in capitals.

    Args:
        command: a function that Typer is to call. Its parameters are options or groups of options.

    Returns:
        A function for Typer that calls the command, and notes which options were given for `refuse_given`.
        Its annotations have the help texts, and its docstring ends before ``Args``.
    """
    command = with_single_options(command)
    docstring = docstring_parser.parse(inspect.getdoc(command) or "", docstring_parser.DocstringStyle.GOOGLE)
    hints = get_type_hints(command, include_extras=True)
    texts = {parameter.arg_name: parameter.description or "" for parameter in docstring.params}
    signature = inspect.signature(command)
    for name in signature.parameters:
        if hints[name] is not typer.Context:
            hints[name] = _with_text(hints[name], " ".join(texts.get(name, "").split()))
    parameters = [p.replace(annotation=hints[p.name]) for p in signature.parameters.values()]
    own_context = next((name for name, hint in hints.items() if hint is typer.Context), None)
    if own_context is None:  # Typer gives the context to one parameter only
        parameters.append(
            inspect.Parameter(_CONTEXT, inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
        )
        hints[_CONTEXT] = typer.Context

    @wraps(command)
    def run_with_help(**options: Any) -> Any:
        context = options[own_context] if own_context else options.pop(_CONTEXT)
        with noted_options(context):
            return command(**options)

    run_with_help.__doc__ = docstring.description
    run_with_help.__annotations__ = hints
    run_with_help.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return run_with_help


def _with_text(hint: Any, text: str) -> Any:
    """Add a help text to the annotation of an option.

    Args:
        hint: the annotation: ``Annotated`` with an option of Typer, or a plain type.
        text: the help text.

    Returns:
        An ``Annotated`` type whose option has the help text. An option that already has one keeps it.
    """
    if get_origin(hint) is not Annotated:
        return Annotated[hint, typer.Option(help=text, case_sensitive=False)]
    type_, *metadata = get_args(hint)
    return Annotated[type_, *(_set_help(item, text) for item in metadata)]


def _set_help(item: Any, text: str) -> Any:
    if not isinstance(item, ParameterInfo):
        return item
    item = copy(item)
    item.help = item.help or text
    item.case_sensitive = False
    return item
