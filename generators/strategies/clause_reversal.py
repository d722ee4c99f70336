"""Reversing an aspect by a clause of its own."""

from __future__ import annotations

from collections.abc import Iterator

from arts.data.schema import Instance
from arts.generators.strategies.aspect_reversal import AspectReversal
from arts.generators.strategies.exceptions import make_exception
from arts.generators.strategies.predicates import replace_predicate
from arts.generators.strategies.variants import Reason


def reverse_aspect(reversal: AspectReversal) -> Iterator[Instance | Reason]:
    """Make variants in which all that is said of an aspect is replaced, or it becomes an exception to a list.

    Yields:
        Variants, and reasons where a way to make one failed.
    """
    yield from replace_predicate(reversal)
    yield from make_exception(reversal)
