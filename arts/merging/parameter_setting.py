"""A parameter of mergekit's configuration files: a number, a gradient over the layers, or one by filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from arts.data.errors import DataError, did_you_mean

_LARGEST = float(np.finfo(np.float32).max)
_KEYS = ("filter", "value")


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


def read_setting(path: Path, given: Any, *, where: str, is_share: bool) -> ParameterSetting:
    """Read a parameter that can differ between tensors.

    Args:
        path: the file, for errors.
        given: a number; a list of numbers; or a dict, or a list of dicts, with the keys ``value`` and
            ``filter``.
        where: the place of the parameter in the file, for errors.
        is_share: whether all numbers are to be between 0 and 1.

    Raises:
        DataError: when it is anything else, or a number is out of range.
    """
    entries = given if isinstance(given, list) else [given]
    if not any(isinstance(entry, dict) for entry in entries):
        return ParameterSetting([ConditionalValue(None, _read_values(path, given, where, is_share=is_share))])
    conditions = []
    for number, entry in enumerate(entries):
        place = f"{where}[{number}]" if isinstance(given, list) else where
        if not isinstance(entry, dict):
            raise DataError(path, f"{place} is {entry!r}; expected filter and value, as in the others")
        for key in entry.keys() - set(_KEYS):
            guess = did_you_mean(str(key), _KEYS)
            raise DataError(path, f'unknown key "{key}" in {place}.{guess} Known: {", ".join(_KEYS)}')
        name = entry.get("filter")
        if not isinstance(name, str | None):
            raise DataError(path, f"{place}.filter is {name!r}; expected a part of the tensors' names")
        values = _read_values(path, entry.get("value"), f"{place}.value", is_share=is_share)
        conditions.append(ConditionalValue(None if name == "*" else name, values))
    return ParameterSetting(conditions)


def read_number(path: Path, given: Any, *, where: str) -> float:
    """Read a number that is the same for all tensors.

    Args:
        path: the file, for errors.
        given: the number.
        where: the place of the number in the file, for errors.

    Raises:
        DataError: when it is no number, not finite, or out of the range of fp32.
    """
    try:
        if isinstance(given, bool):
            raise TypeError
        number = float(given)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(path, f"{where} is {given!r}; expected a number") from error
    if not abs(number) <= _LARGEST:
        raise DataError(path, f"{where} is {given!r}; expected a finite number, up to {_LARGEST:.2g}")
    return number


def _read_values(path: Path, given: Any, where: str, *, is_share: bool) -> tuple[float, ...]:
    """Read a number, or a list of numbers that are spread over the layers."""
    if given == []:
        raise DataError(path, f"{where} is an empty list; expected a number or several")
    entries = given if isinstance(given, list) else [given]
    values = tuple(read_number(path, entry, where=where) for entry in entries)
    for value in values:
        if is_share and not 0 <= value <= 1:
            raise DataError(path, f"{where} is {value!r}; expected a number from 0 to 1")
    return values
