"""ADDDIFF: adding aspects of the opposite sentiment to a sentence (Xing et al., 2020, section 2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from arts.data.schema import Instance, Polarity, Strategy
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.addition import Addition
from arts.generators.strategies.aspect_clause import AspectClause
from arts.generators.strategies.clause_pool import ClausePool
from arts.generators.strategies.joints import (
    DEFAULT_TEMPLATES,
    TEMPLATES,
    AdddiffTemplate,
    Place,
    Site,
    places_of,
)
from arts.generators.strategies.room import leaves_no_room, speaks_of_everything
from arts.generators.strategies.sentence_shape import SentenceShape, shape_of
from arts.generators.strategies.variants import Reason, build_variant

_DRAWS = 3  # of clauses, for readers may not accept the first ones
_TRIES = 3  # templates for each draw
FEWEST, MOST = 1, 3  # number of aspects to add when it is not given, as in the paper
_WEIGHTS = {
    Place.FIRST: 2.0,
    Place.INSIDE: 8.0,
    Place.LAST: 1.0,
}  # the fewer sentences have a place, the more


def add_different(
    source: Instance,
    opinions: OpinionAssignment,
    *,
    pool: ClausePool,
    rng: Random,
    k: int | None = None,
    templates: Sequence[str] = DEFAULT_TEMPLATES,
    same_side: bool = False,
) -> Iterator[Instance | Reason]:
    """Make variants with added aspects whose sentiment is the opposite of the target's.

    For a neutral target, a random draw decides whether all added aspects are positive or all negative. The
    added aspects are all different, and none is kin of what the sentence mentions.

    As a control, aspects of the target's own sentiment can be added. No contrast is expected then.

    Args:
        source: the original instance.
        opinions: its sentence with the opinion words of the aspects.
        pool: the clauses that fit the sentence.
        rng: draws the clauses, their number and the order of the templates.
        k: the number of aspects to add; by default 1 to 3 are. Fewer are added when too few fit.
        templates: the names, in `TEMPLATES`, of the templates that may be used.
        same_side: whether the added aspects have the target's own sentiment. A neutral target has no side.

    Yields:
        Variants by three of the templates that fit, for each of three draws of clauses; or the reason why
        there is none. Before the variants, `Reason.FEWER` when they add fewer aspects than asked for. The
        last draw is of a single clause unless `k` says otherwise.
    """
    if same_side and source.polarity is Polarity.NEUTRAL:
        yield Reason.NEUTRAL
        return
    polarity = source.polarity if same_side else _other_side(source.polarity, rng)
    count = k or rng.randint(FEWEST, MOST)
    if leaves_no_room(source.text, polarity):
        yield Reason.NO_ROOM
        return
    for draw in range(_DRAWS):
        last = k is None and draw == _DRAWS - 1
        clauses = pool.draw(polarity, count=1 if last else count, rng=rng)
        if not clauses:
            yield Reason.POOL
            return
        if len(clauses) < count and not last:
            yield Reason.FEWER
        yield from _add_clauses(source, opinions, clauses, polarity, templates=templates, rng=rng)


def _other_side(target: Polarity, rng: Random) -> Polarity:
    """The polarity of what is added: the opposite of the target's, drawn where the target is neutral."""
    neutral = target is Polarity.NEUTRAL
    return rng.choice((Polarity.POSITIVE, Polarity.NEGATIVE)) if neutral else target.opposite


def _add_clauses(
    source: Instance,
    opinions: OpinionAssignment,
    clauses: Sequence[AspectClause],
    polarity: Polarity,
    *,
    templates: Sequence[str],
    rng: Random,
) -> Iterator[Instance | Reason]:
    """Make variants by templates that fit, in a random order, at most three."""
    sentence = opinions.sentence
    shape = shape_of(opinions.analysis.doc, sentence, opinions.all_heads)
    names = _fitting(shape, polarity, clauses, templates)
    if not names:
        yield Reason.TEMPLATE
    for name in islice(_order_templates(names, rng), _TRIES):
        addition = Addition(shape, clauses, name, polarity)
        edits, added = addition.edits, addition.aspects
        yield build_variant(source, sentence, strategy=Strategy.ADDDIFF, edits=edits, added=added)


def _fitting(
    shape: SentenceShape, polarity: Polarity, clauses: Sequence[AspectClause], names: Sequence[str]
) -> list[str]:
    """The names of the templates that fit a sentence and what is added to it.

    Where all aspects of the sentence have the other polarity, a contrast is expected: readers stumble over
    claims without one. So templates without contrast fit such a sentence only when none with contrast does. A
    sentence with a contrast already takes a second one only in a sentence of its own. A sentence about
    everything only has room for an exception, which takes a contrast.

    Args:
        shape: the sentence.
        polarity: the polarity of the clauses.
        clauses: the clauses.
        names: the names of the templates that may be used.
    """
    signs = {SIGN_OF[aspect.polarity] for aspect in shape.sentence.aspects} - {0}
    is_one_sided = signs == {-SIGN_OF[polarity]}
    everything = speaks_of_everything(shape.text)
    possible = [n for n in names if _takes(TEMPLATES[n], clauses) and shape.site(TEMPLATES[n]) is not None]
    contrasts = [n for n in possible if TEMPLATES[n].contrasts and is_one_sided]
    if not shape.has_contrast and contrasts:
        return contrasts
    others = [n for n in possible if not TEMPLATES[n].contrasts and not everything]
    return others + [n for n in contrasts if TEMPLATES[n].site is Site.BOUNDARY]


def _takes(template: AdddiffTemplate, clauses: Sequence[AspectClause]) -> bool:
    """Whether clauses can be put as a template has them."""
    if template.nouns and not all(clause.is_attributive for clause in clauses[:2]):
        return False
    long_inside = template.place is Place.INSIDE and template.site is not Site.SENTENCES
    return not long_inside or len(clauses) <= 3


def _order_templates(names: Sequence[str], rng: Random) -> Iterator[str]:
    """Stream templates in a random order, such that neither place nor joint depends on the label.

    Each place comes first as often as the others over a corpus, as far as sentences allow.

    Args:
        names: the names of the templates that fit.
        rng: draws the order.
    """
    groups = places_of(names)
    while groups:
        places = [place for place in Place if place in groups]
        place = rng.choices(places, [_WEIGHTS[place] for place in places])[0]
        name = rng.choice(groups[place])
        yield name
        groups[place].remove(name)
        if not groups[place]:
            del groups[place]
