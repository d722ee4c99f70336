"""Features of a variant from which the judge tells whether a reader accepts it.

They are cheap: the parse and the opinion words of the original are at hand, and the variant is not parsed.
A feature is a number under a name; a name that is missing stands for 0, and the values of one that comes
twice add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from arts.data.schema import Instance, Strategy
from arts.generators.acceptability.addition_features import addition_features
from arts.generators.acceptability.reversal_features import reversal_features
from arts.generators.acceptability.sentence_features import SentenceFeatures

Feature = tuple[str, float]


class VariantKind(StrEnum):
    """What the judge weighs apart: REVERSAL is what REVTGT and REVNON make, ADDITION what ADDDIFF makes."""

    REVERSAL = "reversal"
    ADDITION = "addition"


def kind_of(strategy: Strategy) -> VariantKind:
    """The kind of the variants that a strategy makes."""
    return VariantKind.ADDITION if strategy is Strategy.ADDDIFF else VariantKind.REVERSAL


def variant_features(sentence: SentenceFeatures, source: Instance, variant: Instance) -> Iterator[Feature]:
    """Stream what a variant changes; `SentenceFeatures.of` has what holds of its original.

    Args:
        sentence: the features of the original's sentence.
        source: the original.
        variant: a variant of it, made by any strategy.
    """
    yield f"strategy {variant.strategy}", 1.0
    if kind_of(variant.strategy) is VariantKind.ADDITION:
        yield from addition_features(source, variant)
    else:
        yield from reversal_features(sentence, source, variant)
