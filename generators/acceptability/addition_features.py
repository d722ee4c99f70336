"""Features of a variant by ADDDIFF: how its clauses are added, and what they say."""

from __future__ import annotations

from collections.abc import Iterator

from arts.data.schema import Aspect, Instance
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import AspectSpan


def addition_features(source: Instance, variant: Instance) -> Iterator[tuple[str, float]]:
    """Stream the features of the added clauses.

    Args:
        source: the original.
        variant: the variant.
    """
    kept = {_shifted(aspect, variant) for aspect in source.aspects}
    added = [aspect for aspect in variant.aspects if (aspect.start, aspect.end) not in kept]
    signs = {SIGN_OF[aspect.polarity] for aspect in source.aspects} - {0}
    one_sided = "one-sided" if len(signs) == 1 else "mixed" if signs else "neutral"
    yield f"count {len(added)}", 1.0
    yield f"sentence {one_sided}", 1.0
    for edit in variant.edits:
        joint = edit.rule.removeprefix("added: ")
        yield f"joint {joint}", 1.0
        yield f"joint {joint} {source.polarity}", 1.0
        yield f"joint {joint} {one_sided}", 1.0
        yield f"joint {joint} count {len(added)}", 1.0
    for aspect in added:
        term = aspect.term.lower()
        yield f"term {term}", 1.0
        for opinion in aspect.opinions:
            yield f"opinion {opinion.text.lower()}", 1.0
            yield f"claim {term} {opinion.text.lower()}", 1.0


def _shifted(aspect: Aspect, variant: Instance) -> AspectSpan:
    """The span that an aspect of the original has in a variant, in which nothing of it is edited."""
    shift = sum(len(e.after) - len(e.before) for e in variant.edits if e.end <= aspect.start)
    return aspect.start + shift, aspect.end + shift
