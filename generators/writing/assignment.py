"""What a language model is asked to write: an original, and what each of its aspects must become."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from arts.data.schema import Aspect, Instance, Polarity, Strategy

PLACES = ("before everything else", "inside, between the parts of the text", "after everything else")
MOST_ADDED = 3  # aspects that are added, where their number is drawn


@dataclass(frozen=True, slots=True)
class Goal:
    """What an aspect of the original must become.

    Args:
        aspect: the aspect, in the original.
        polarity: its polarity in the variant.
        stronger: whether the opinion stays on its side, and is to be put more strongly.
    """

    aspect: Aspect
    polarity: Polarity
    stronger: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether what is said of the aspect stays as it is."""
        return self.polarity is self.aspect.polarity and not self.stronger


@dataclass(frozen=True, slots=True)
class Assignment:
    """What to write for one original by one strategy.

    Args:
        source: the original.
        strategy: the strategy.
        goals: what each aspect must become, in the order of the aspects.
        number: the number of aspects to add.
        place: where they are to stand; empty where none are added.
        added: the polarity of those.
    """

    source: Instance
    strategy: Strategy
    goals: tuple[Goal, ...]
    number: int = 0
    place: str = ""
    added: Polarity = Polarity.NEUTRAL

    @classmethod
    def of(cls, source: Instance, strategy: Strategy, *, seed: int, k: int | None) -> Assignment | None:
        """The assignment for an original, by the rules of the v2 sets.

        Args:
            source: the original.
            strategy: the strategy.
            seed: random seed of the number and the place of what is added.
            k: the number of aspects to add; None draws 1 to 3.

        Returns:
            None where nothing can be asked for: of a neutral target, and by REVNON without another aspect
            that is not neutral.
        """
        if source.polarity is Polarity.NEUTRAL:
            return None
        if strategy is Strategy.ADDDIFF:
            rng = Random(f"{seed} {strategy} {source.id} written")
            kept = tuple(Goal(aspect, aspect.polarity) for aspect in source.aspects)
            number = k or rng.randint(1, MOST_ADDED)
            return cls(source, strategy, kept, number, rng.choice(PLACES), source.polarity.opposite)
        goals = _reversal_goals(source, strategy)
        return cls(source, strategy, goals) if any(not goal.is_kept for goal in goals) else None


def _reversal_goals(source: Instance, strategy: Strategy) -> tuple[Goal, ...]:
    """What each aspect becomes when the target, or all others, are reversed."""
    target, opposite = source.aspect, source.polarity.opposite
    own = (target.start, target.end)
    if strategy is Strategy.REVTGT:
        return tuple(Goal(a, opposite if (a.start, a.end) == own else a.polarity) for a in source.aspects)
    agree = any((a.start, a.end) != own and a.polarity is source.polarity for a in source.aspects)
    return tuple(
        Goal(a, a.polarity)
        if (a.start, a.end) == own or a.polarity is Polarity.NEUTRAL
        else Goal(a, opposite, stronger=not agree)
        for a in source.aspects
    )
