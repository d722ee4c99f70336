"""Reversing an aspect by a clause of its own, whatever words express the opinion on it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from arts.data.schema import Aspect, Instance, Strategy
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.aspectset import AspectSet
from arts.generators.strategies.exceptions import make_exception
from arts.generators.strategies.predicates import replace_predicate
from arts.generators.strategies.variants import Reason


def reverse_aspect(
    source: Instance,
    opinions: OpinionAssignment,
    aspect: Aspect,
    *,
    strategy: Strategy,
    aspect_set: AspectSet,
    rng: Random,
) -> Iterator[Instance | Reason]:
    """Make variants in which all that is said of an aspect is replaced, or it becomes an exception to a list.

    Args:
        source: the original instance.
        opinions: the opinion words of its sentence.
        aspect: the aspect, which is not neutral: the target of REVTGT, or another aspect for REVNON.
        strategy: the strategy.
        aspect_set: what training sentences say of their aspects.
        rng: draws what is said instead.

    Yields:
        Variants, and reasons where a way to make one failed.
    """
    for make in (replace_predicate, make_exception):
        yield from make(source, opinions, aspect, strategy=strategy, aspect_set=aspect_set, rng=rng)
