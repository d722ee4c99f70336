"""Numbers as values of options: finite and in their range, or refused in one line."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

import typer

LARGEST_SEED = 2**32 - 1  # of NumPy
MOST_PROCESSES = 256  # worker processes or threads
_SHOWN = 40  # characters of a wrong value that a message repeats


def number(
    *, over: float = -math.inf, least: float = -math.inf, most: float = math.inf
) -> Callable[[str | float], float]:
    """A parser of numbers, for an option.

    Args:
        over: what the number has to be larger than.
        least: the smallest number.
        most: the largest number.

    Returns:
        A function that converts a text to a number. It raises `typer.BadParameter` for one that is not finite
        or outside the range, and names the range.
    """
    bounds = [
        *([f"over {over:g}"] if over > -math.inf else []),
        *([f"{least:g} or more"] if least > -math.inf else []),
        *([f"up to {most:g}"] if most < math.inf else []),
    ]
    expected = f"a number {' and '.join(bounds)}" if bounds else "a finite number"

    def parse(text: str | float) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value > over and least <= value <= most):
            raise typer.BadParameter(f'"{_shortened(text)}"; expected {expected}')
        return value

    parse.__name__ = "NUMBER"  # what the help shows
    return parse


def whole_number(*, least: int, most: int | None = None) -> Callable[[str | int], int]:
    """A parser of whole numbers, for an option.

    Args:
        least: the smallest number.
        most: the largest number; None for no limit.

    Returns:
        A function that converts a text to a number. It raises `typer.BadParameter` for one that is not whole
        or outside the range, and names the range.
    """
    expected = f"a whole number from {least} {'up' if most is None else f'to {most}'}"

    def parse(text: str | int) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            raise typer.BadParameter(f'"{_shortened(text)}"; expected {expected}')
        return value

    parse.__name__ = "WHOLE NUMBER"
    return parse


def _shortened(text: object) -> str:
    shown = str(text)
    return f"{shown[:_SHOWN]} ..." if len(shown) > _SHOWN else shown


Seed = Annotated[int, typer.Option(parser=whole_number(least=0, most=LARGEST_SEED))]
Seeds = Annotated[list[int] | None, typer.Option("--seed", parser=whole_number(least=0, most=LARGEST_SEED))]
Processes = Annotated[int, typer.Option(parser=whole_number(least=1, most=MOST_PROCESSES))]
