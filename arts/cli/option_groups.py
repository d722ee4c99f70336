"""Options that belong together: a dataclass, whose fields a command has as options under one heading."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from copy import copy
from functools import wraps
from typing import Annotated, Any, ClassVar, get_args, get_type_hints


class OptionGroup:
    """Base of the frozen dataclasses that are groups of options.

    Each field is annotated with an option of Typer, and has a default. A command takes the whole group as
    one parameter. In help, the options of a group that another one is derived from come after its own.
    """

    heading: ClassVar[str]  # of the options, in help

    @classmethod
    def owners(cls) -> dict[str, type[OptionGroup]]:
        """The class that each option is declared in, keyed by the option's name, in the order of help."""
        groups = [owner for owner in cls.__mro__ if "heading" in vars(owner)]
        return {name: owner for owner in groups for name in inspect.get_annotations(owner)}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of the options, as `arts.cli.given_options.refuse_given` takes them."""
        return tuple(cls.owners())

    @classmethod
    def parameters(cls) -> Iterator[inspect.Parameter]:
        """Yield a parameter per option, for the signature of a command."""
        hints = get_type_hints(cls, include_extras=True)
        for name, owner in cls.owners().items():
            type_, option = get_args(hints[name])
            option = copy(option)
            option.rich_help_panel = owner.heading
            yield inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=getattr(cls, name),
                annotation=Annotated[type_, option],
            )


def with_single_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that takes each option as a parameter, from a command that takes groups of options.

    Args:
        command: a function with keyword-only parameters; the type of some may be an `OptionGroup`.
    """
    signature, hints = inspect.signature(command), get_type_hints(command, include_extras=True)
    groups = {
        name: hint for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, OptionGroup)
    }
    parameters: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        single = parameter.replace(annotation=hints[name])
        parameters += groups[name].parameters() if name in groups else [single]

    @wraps(command)
    def run_with_groups(**options: Any) -> Any:
        made = {
            name: group(**{option: options.pop(option) for option in group.names()})
            for name, group in groups.items()
        }
        return command(**options, **made)

    run_with_groups.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run_with_groups.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return run_with_groups
