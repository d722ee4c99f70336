"""The options that were given on the command line, so that those without effect are refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import typer

from arts.cli.messages import tell
from arts.data.errors import ArtsError
from arts.data.label_names import LabelNames

_SOURCES = ("COMMANDLINE", "ENVIRONMENT")  # where a value comes from that is not the default
_given: ContextVar[Mapping[str, str]] = ContextVar("given options", default={})  # noqa: B039, never changed


@contextmanager
def noted_options(context: typer.Context) -> Iterator[None]:
    """Note, inside a ``with`` block, which options of a command were given; `refuse_given` reads it.

    Args:
        context: the context of the command.
    """
    names = {
        parameter.name: parameter.opts[0]
        for parameter in context.command.params
        if parameter.name and (source := context.get_parameter_source(parameter.name))
        if source.name in _SOURCES
    }
    token = _given.set(names)
    try:
        yield
    finally:
        _given.reset(token)


def refuse_given(*names: str, when: object, because: str) -> None:
    """Raise `ArtsError` if an option was given that has no effect here, even if its value is the default.

    A command that is called as a function, not from a command line, has no options that were given.

    Args:
        names: names of parameters of the command, such as ``language_model``.
        when: whether the options have no effect; any value, of which the truth counts.
        because: why they have none, as the end of "--language-model has no effect ...", such as ``without
            --rank lm``.

    Raises:
        ArtsError: when one of the options was given, and `when` is true.
    """
    given = [_given.get()[name] for name in names if name in _given.get()]
    if given and when:
        has = "has" if len(given) == 1 else "have"
        raise ArtsError(
            f"{', '.join(given)} {has} no effect {because}; leave {'it' if len(given) == 1 else 'them'} out"
        )


def refuse_repeated(option: str, values: list[str] | None) -> None:
    """Raise `ArtsError` if an option that can be given several times was given one value twice.

    Args:
        option: name of the option's parameter, such as ``column``.
        values: the values of the option; None for none.
    """
    for value, times in Counter(values or ()).items():
        if times > 1:
            raise ArtsError(f"--{option} {value} is given {times} times; expected each value once")


def tell_idle_labels(names: LabelNames) -> None:
    """Say that --labels was given but names only labels that did not occur in what has been read."""
    if names.names and not names.used:
        tell(f"--labels {names}: none of these labels occurs; it changed nothing")
