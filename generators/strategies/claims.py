"""What can be said of an aspect: adjectives that training sentences use of it, else general ones."""

from __future__ import annotations

from random import Random

from arts.data.schema import Aspect
from arts.generators.english.word_lists import ordered_lines
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.strategies.aspect_clause import domain_of, similar_terms, singular
from arts.generators.strategies.aspectset import AspectSet

_MOST = 2  # number of adjectives


def claims_of(aspect: Aspect, aspect_set: AspectSet, *, domain: str, rng: Random) -> list[str]:
    """Adjectives with the opposite of an aspect's sentiment that can be said of it, at most two.

    Args:
        aspect: the aspect, which is not neutral.
        aspect_set: what training sentences say of their aspects.
        domain: the id of the aspect's sentence, which tells the domain.
        rng: draws them.
    """
    wanted = aspect.polarity.opposite
    names = similar_terms(singular(aspect.term.lower().split()[-1]))
    clauses = aspect_set.clauses_in(domain_of(domain), wanted)
    said = sorted({clause.predicate for clause in clauses if not clause.verbal and clause.key in names})
    positive = SIGN_OF[wanted] > 0
    general = ordered_lines("general praise") if positive else ordered_lines("general blame")
    words = [*rng.sample(said, min(len(said), _MOST - 1)), *rng.sample(general, _MOST)]
    return list(dict.fromkeys(words))[:_MOST]
