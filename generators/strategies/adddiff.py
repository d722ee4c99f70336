"""ADDDIFF: adding aspects of the opposite sentiment to a sentence (Xing et al., 2020, section 2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from random import Random

from arts.data.schema import Instance, Polarity, Strategy
from arts.generators.english.word_lists import word_list
from arts.generators.opinions.analysis import Analysis
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.addition import Addition
from arts.generators.strategies.aspect_clause import (
    AspectClause,
    aspect_key,
    domain_of,
    similar_terms,
    singular,
)
from arts.generators.strategies.aspectset import AspectSet
from arts.generators.strategies.joints import (
    DEFAULT_TEMPLATES,
    TEMPLATES,
    AdddiffTemplate,
    Place,
    Site,
    places_of,
)
from arts.generators.strategies.kinship import implied_by, mentioned_words
from arts.generators.strategies.room import leaves_no_room, speaks_of_everything
from arts.generators.strategies.sentence_shape import SentenceShape
from arts.generators.strategies.variants import Reason, build_variant

FEWEST, MOST = 1, 3  # number of aspects to add when it is not given, as in the paper
_WEIGHTS = {
    Place.FIRST: 1.4,
    Place.INSIDE: 8.0,
    Place.LAST: 1.0,
}  # the fewer sentences have a place, the more


def add_different(
    source: Instance,
    opinions: OpinionAssignment,
    *,
    aspect_set: AspectSet,
    rng: Random,
    k: int | None = None,
    templates: Sequence[str] = DEFAULT_TEMPLATES,
) -> Iterator[Instance | Reason]:
    """Make variants with added aspects whose sentiment is the opposite of the target's.

    For a neutral target, a random draw decides whether all added aspects are positive or all negative. The
    added aspects are all different, and none is kin of what the sentence mentions.

    Args:
        source: the original instance.
        opinions: its sentence with the opinion words of the aspects.
        aspect_set: the clauses to draw from.
        rng: draws the clauses, their number and the order of the templates.
        k: the number of aspects to add; by default 1 to 3 are. Fewer are added when too few fit.
        templates: the names, in `TEMPLATES`, of the templates that may be used.

    Yields:
        One variant per template that fits the sentence, or the reason why there is none. Before the variants,
        `Reason.FEWER` when they add fewer aspects than asked for.
    """
    sentence, target = opinions.sentence, source.aspect.polarity
    polarity = target.opposite
    if target is Polarity.NEUTRAL:
        polarity = rng.choice((Polarity.POSITIVE, Polarity.NEGATIVE))
    count = k or rng.randint(FEWEST, MOST)
    if leaves_no_room(sentence.text, polarity):
        yield Reason.NO_ROOM
        return
    clauses = draw_clauses(aspect_set, opinions.analysis, polarity, count=count, rng=rng)
    if not clauses:
        yield Reason.POOL
        return
    if len(clauses) < count:
        yield Reason.FEWER
    shape = _shape(opinions.analysis.doc, sentence, opinions.all_heads)
    names = _fitting(shape, polarity, clauses, templates)
    if not names:
        yield Reason.TEMPLATE
    for name in _order_templates(names, rng):
        addition = Addition(shape, clauses, name, polarity)
        edits, added = addition.edits, addition.aspects
        yield build_variant(source, sentence, strategy=Strategy.ADDDIFF, edits=edits, added=added)


def draw_clauses(
    aspect_set: AspectSet, analysis: Analysis, polarity: Polarity, *, count: int, rng: Random
) -> list[AspectClause]:
    """Draw clauses on aspects that a sentence neither mentions nor implies, and that are not kin.

    Args:
        aspect_set: the clauses to draw from.
        analysis: the sentence.
        polarity: the polarity of the clauses.
        count: the number of clauses; fewer are drawn when fewer fit.
        rng: draws an aspect, each with the same probability, and then one of its clauses.
    """
    text, kin = analysis.sentence.text, aspect_set.kin
    words = mentioned_words(text)
    nouns = {singular(noun) for noun in analysis.nouns}
    taken = kin.kin_of_all(words, nouns)
    calm = count > 2 and "!" not in text
    groups: dict[str, list[AspectClause]] = {}
    for clause in aspect_set.clauses_in(domain_of(analysis.sentence.id), polarity):
        if clause.term in taken or not words.isdisjoint(_says(clause.term, clause.predicate)):
            continue
        if not (calm and clause.predicate in word_list("strong")):
            groups.setdefault(_topic(clause.term), []).append(clause)
    drawn: list[AspectClause] = []
    for group in rng.sample(sorted(groups), len(groups)):
        if len(drawn) == count:
            break
        others = mentioned_words(" ".join(clause.term for clause in drawn))
        taken, predicates = kin.kin_of_all(others, others), {clause.predicate for clause in drawn}
        free = [c for c in groups[group] if c.term not in taken and c.predicate not in predicates]
        if free:
            drawn.append(rng.choice(free))
    return drawn


@cache
def _says(term: str, predicate: str) -> frozenset[str]:
    """The word by which a clause evaluates, and the aspects that it implies beside its own."""
    return implied_by(predicate, aspect_key(term)) | {predicate.split()[-1]}


@cache
def _topic(term: str) -> str:
    """One word for all terms that name the same aspect."""
    return min(similar_terms(aspect_key(term)))


_shape = lru_cache(maxsize=1)(SentenceShape)  # the same for all aspects of a sentence


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
