"""A parameter of mergekit's configuration files: a number, a gradient over the layers, or one by filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import numpy as np
from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from arts.data.support.field_types import check_number, check_share, expected, expected_at

_KEYS = {"filter", "value"}


@dataclass(frozen=True)
class ConditionalValue:
    """The values of a parameter for the tensors that a filter selects.

    Args:
        filter: a part of the tensors' names; None for all tensors.
        values: a number, or several that are spread evenly over the layers.
    """

    filter: str | None
    values: tuple[float, ...]


@dataclass(frozen=True)
class ParameterSetting:
    """A parameter, which can differ between tensors.

    Args:
        conditions: values with their filters; the first one whose filter selects a tensor counts.
    """

    conditions: Sequence[ConditionalValue]

    @property
    def smallest(self) -> float:
        """The smallest number that the parameter has anywhere."""
        return min(value for condition in self.conditions for value in condition.values)

    def value(self, tensor: str, depth: float) -> float | None:
        """The parameter's value for a tensor; None when every filter excludes the tensor.

        Args:
            tensor: name of the tensor.
            depth: depth of the tensor's layer, from 0 for the first to 1 for the last.

        Example:
            >>> up = ParameterSetting([ConditionalValue("mlp", (0.0, 0.5, 2.0))])
            >>> up.value("layers.1.mlp.weight", 0.25), up.value("norm.weight", 0.0)
            (0.25, None)
        """
        for condition in self.conditions:
            if condition.filter is None or condition.filter in tensor:
                places = np.linspace(0, 1, len(condition.values))
                return float(np.interp(depth, places, condition.values))
        return None


def read_setting(given: Any, *, check: Callable[[Any], float] = check_number) -> ParameterSetting:
    """Read a parameter that can differ between tensors.

    Args:
        given: a number; a list of numbers; or a dict, or a list of dicts, with the keys ``value`` and
            ``filter``.
        check: returns each number, or raises the error of one that is out of range.

    Raises:
        PydanticCustomError: when it is anything else, or a number is out of range.
    """
    entries = given if isinstance(given, list) else [given]
    if not any(isinstance(entry, dict) for entry in entries):
        return ParameterSetting([ConditionalValue(None, _read_values(given, "", check))])
    conditions = []
    for number, entry in enumerate(entries):
        place = f"[{number}]" if isinstance(given, list) else ""
        if not isinstance(entry, dict) or "value" not in entry or entry.keys() - _KEYS:
            raise expected_at(place, entry, "value: NUMBER, and filter: PART OF A TENSOR'S NAME")
        name = entry.get("filter")
        if not isinstance(name, str | None):
            raise expected_at(f"{place}.filter", name, "a part of the tensors' names")
        values = _read_values(entry["value"], f"{place}.value", check)
        conditions.append(ConditionalValue(None if name == "*" else name, values))
    return ParameterSetting(conditions)


def _read_values(given: Any, place: str, check: Callable[[Any], float]) -> tuple[float, ...]:
    """Read a number, or a list of numbers that are spread over the layers; in a list, some may be 0."""
    if given == []:
        raise expected("a number or several")
    values = []
    is_gradient = isinstance(given, list) and any(given)
    for number, entry in enumerate(given if isinstance(given, list) else [given]):
        try:
            is_zero = type(entry) in (int, float) and entry == 0
            values.append(0.0 if is_gradient and is_zero else check(entry))
        except PydanticCustomError as error:
            where = f"{place}[{number}]" if isinstance(given, list) else place
            raise expected_at(where, entry, str((error.context or {})["what"])) from error
    return tuple(values)


NumberSetting = Annotated[ParameterSetting | None, PlainValidator(read_setting)]
ShareSetting = Annotated[ParameterSetting | None, PlainValidator(partial(read_setting, check=check_share))]
