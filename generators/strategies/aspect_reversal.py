"""What is needed to reverse an aspect by a clause of its own, and what can be said of it instead."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from arts.data.schema import Aspect, Instance, Strategy
from arts.generators.english.word_lists import ordered_lines
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.aspect_clause import aspect_key, domain_of, similar_terms
from arts.generators.strategies.aspectset import AspectSet

_MOST = 2  # number of adjectives


@dataclass(frozen=True)
class AspectReversal:
    """An aspect to reverse, whatever words express the opinion on it.

    Args:
        source: the original instance.
        opinions: the opinion words of its sentence.
        aspect: the aspect, which is not neutral: the target of REVTGT, or another aspect for REVNON.
        strategy: the strategy.
        aspect_set: what training sentences say of their aspects.
        rng: draws what is said instead.
    """

    source: Instance
    opinions: OpinionAssignment
    aspect: Aspect
    strategy: Strategy
    aspect_set: AspectSet
    rng: Random

    def claims(self) -> list[str]:
        """Adjectives with the opposite sentiment that can be said of the aspect, at most two.

        The first is one that training sentences use of it, if there is one; the others go with anything.
        """
        wanted = self.aspect.polarity.opposite
        names = similar_terms(aspect_key(self.aspect.term))
        clauses = self.aspect_set.clauses_in(domain_of(self.source.id), wanted)
        said = sorted({clause.predicate for clause in clauses if not clause.verbal and clause.key in names})
        positive = SIGN_OF[wanted] > 0
        general = ordered_lines("general praise") if positive else ordered_lines("general blame")
        words = [*self.rng.sample(said, min(len(said), _MOST - 1)), *self.rng.sample(general, _MOST)]
        return list(dict.fromkeys(words))[:_MOST]
