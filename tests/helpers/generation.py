"""Variants of a marked sentence."""

from __future__ import annotations

from helpers.sentences import marked_sentence

from arts.data.schema import Instance, Polarity, Sentence, Strategy
from arts.generators.generator import GenerationOptions, Generator, Outcome
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.aspectset import AspectClause, AspectSet
from arts.generators.strategies.variants import Reason

POSITIVE, NEGATIVE, NEUTRAL = Polarity

POOL = AspectSet(
    tuple(
        sorted(
            [
                AspectClause("keyboard", "comfortable", POSITIVE),
                AspectClause("speakers", "loud", POSITIVE, plural=True),
                AspectClause("Windows", "stable", POSITIVE, named=True),
                AspectClause("lid", "sturdy", POSITIVE),
                AspectClause("battery", "weak", NEGATIVE),
                AspectClause("fans", "noisy", NEGATIVE, plural=True),
                AspectClause("Windows", "slow", NEGATIVE, named=True),
                AspectClause("hinge", "flimsy", NEGATIVE),
                AspectClause("webcam", "grainy", NEGATIVE),
            ]
        )
    )
)


def outcomes(analyst: Analyst, text: str, strategy: Strategy, **options: object) -> list[Outcome]:
    generator = Generator(POOL, GenerationOptions((strategy,), min_acceptance=0, **options), analyst)  # type: ignore[arg-type]
    ((_, found),) = generator.outcomes([marked_sentence(text)])
    return found


def first(analyst: Analyst, text: str, strategy: Strategy, **options: object) -> Instance | Reason:
    """What becomes of the first aspect."""
    outcome = outcomes(analyst, text, strategy, **options)[0]
    return outcome.reason or outcome.candidates[0]


def token(analyst: Analyst, text: str, word: str):
    (analysis,) = analyst.read([Sentence("1", text, ())])
    return next(t for t in analysis.doc if t.text == word)
