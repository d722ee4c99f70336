"""The numbers that a command line gives for a merge, checked like those of a configuration file."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from pydantic import BeforeValidator

from arts.data.support.checked_fields import check_content
from arts.data.support.field_types import check_number, check_whole, expected
from arts.merging.mergekit_schema import MergeParameters

_MAX_THREADS = 256
_SHARD_SIZES = 0.001, 1e6  # GB


def _check_shard_size(value: Any) -> float:
    number = check_number(value)
    if not _SHARD_SIZES[0] <= number <= _SHARD_SIZES[1]:
        raise expected(f"a number of GB from {_SHARD_SIZES[0]:g} to {_SHARD_SIZES[1]:,.0f}")
    return number


ShardSize = Annotated[float, BeforeValidator(_check_shard_size)]
ThreadCount = Annotated[int, BeforeValidator(partial(check_whole, least=1, most=_MAX_THREADS))]


class CommandSettings(MergeParameters):
    """The parameters of a merge, as in a file, and the limits that only a command line sets.

    Args:
        max_shard_size: largest size of a weights file, in GB.
        threads: number of threads.
    """

    max_shard_size: ShardSize = 5.0
    threads: ThreadCount = 1


def check_command_settings(**given: Any) -> CommandSettings:
    """Check the numbers of a command line.

    Args:
        given: the values, keyed by the names of the fields in a file; those that are None are left out.

    Raises:
        FieldError: when one is out of its range.
    """
    return check_content(CommandSettings, {name: value for name, value in given.items() if value is not None})
