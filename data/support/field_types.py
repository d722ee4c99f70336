"""Types for fields of checked records: numbers that are finite and in their range."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

LARGEST_FLOAT32 = (2 - 2**-23) * 2.0**127
LARGEST_SCALE = 1_000_000
LARGEST_SEED = 2**32 - 1  # the largest that numpy and transformers take


def expected(what: str) -> PydanticCustomError:
    """The error of a validator for a value of the wrong kind or range.

    Args:
        what: what was expected instead, for example ``a number over 0``.
    """
    return PydanticCustomError("expected", "expected {what}", {"what": what})


def expected_at(place: str, value: object, what: str) -> PydanticCustomError:
    """The error of a validator for a value inside of what it validates.

    Args:
        place: the rest of the value's path, for example ``[0].filter``.
        value: the value.
        what: what was expected instead.
    """
    return PydanticCustomError("expected", "expected {what}", {"what": what, "at": place, "value": value})


def check_number(value: Any) -> float:
    """A finite number in the range of fp32; a text such as ``1e-3``, which YAML leaves a text, is one, too.

    Raises:
        PydanticCustomError: when it is anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise expected("a number")
    try:
        number = float(value)
    except ValueError as error:
        raise expected("a number") from error
    except OverflowError:
        number = float("inf")
    if not abs(number) <= LARGEST_FLOAT32:
        raise expected(f"a finite number, up to {LARGEST_FLOAT32:.2g}")
    return number


def check_share(value: Any) -> float:
    """A number over 0, up to 1.

    Raises:
        PydanticCustomError: when it is anything else.
    """
    number = check_number(value)
    if not 0 < number <= 1:
        raise expected("a number over 0, up to 1")
    return number


def check_whole(value: Any, *, least: int, most: int | None = None) -> int:
    """A whole number from `least`, up to `most` if that is given.

    Raises:
        PydanticCustomError: when it is anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least or (most and value > most):
        raise expected(f"a whole number from {least}" + (f" to {most}" if most else ""))
    return value


def _number_that(holds: Callable[[float], bool], what: str) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        number = check_number(value)
        if not holds(number):
            raise expected(what)
        return number

    return check


def check_scale(value: Any) -> float:
    """A factor other than 0, from -1,000,000 to 1,000,000.

    Raises:
        PydanticCustomError: when it is anything else.
    """
    number = check_number(value)
    if not number or abs(number) > LARGEST_SCALE:
        raise expected(f"a number other than 0, from -{LARGEST_SCALE:,} to {LARGEST_SCALE:,}")
    return number


Number = Annotated[float, BeforeValidator(check_number)]
Scale = Annotated[float, BeforeValidator(check_scale)]
Share = Annotated[float, BeforeValidator(check_share)]
Positive = Annotated[float, BeforeValidator(_number_that(lambda n: n > 0, "a number over 0"))]
NotNegative = Annotated[float, BeforeValidator(_number_that(lambda n: n >= 0, "a number from 0"))]
Seed = Annotated[int, BeforeValidator(partial(check_whole, least=0, most=LARGEST_SEED))]
Count = Annotated[int, BeforeValidator(partial(check_whole, least=1, most=2**63 - 1))]
