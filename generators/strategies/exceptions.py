"""Reversing an aspect by making it an exception to a list.

"Great pizza and pasta" becomes "Great pizza, but the pasta was dry": the aspect is taken out of the list and
gets a clause of its own, so that nothing else in the list changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from arts.data.schema import Aspect, Edit, Instance
from arts.generators.english.word_lists import word_list
from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of
from arts.generators.strategies.addition import Addition
from arts.generators.strategies.aspect_clause import AspectClause
from arts.generators.strategies.aspect_reversal import AspectReversal
from arts.generators.strategies.clause_mining import is_plural
from arts.generators.strategies.joints import TEMPLATES
from arts.generators.strategies.lists import NOUNS, clauses_of, edits_without, is_doubtful, items_of
from arts.generators.strategies.sentence_shape import shape_of
from arts.generators.strategies.variants import Reason, build_variant

_CONTRASTS, _SENTENCE = ("but", "though"), "though at the end"  # joints of ADDDIFF


def make_exception(reversal: AspectReversal) -> Iterator[Instance | Reason]:
    """Make variants in which an aspect is taken out of a list and gets a clause with the opposite sentiment.

    Yields:
        Variants, and reasons where a way to make one failed.
    """
    opinions, aspect = reversal.opinions, reversal.aspect
    removal = _removal(opinions, aspect)
    if removal is None:
        return
    analysis = opinions.analysis
    shape = shape_of(analysis.doc, opinions.sentence, opinions.all_heads)
    contrast = reversal.rng.choice(_CONTRASTS)
    fits = not shape.has_contrast and shape.site(TEMPLATES[contrast]) is not None
    names = [contrast, _SENTENCE] if fits else [_SENTENCE]
    for predicate in reversal.claims():
        for name in names:
            clause = _clause(opinions, aspect, predicate)
            addition = Addition(shape, [clause], name, clause.polarity)
            yield build_variant(
                reversal.source,
                opinions.sentence,
                strategy=reversal.strategy,
                edits=[*removal, *addition.edits],
                moved={span_of(aspect): _from_end(addition, analysis.doc.text)},
            )


def _from_end(addition: Addition, text: str) -> Aspect:
    """The aspect that a clause mentions, with spans that count from the end of the new text."""
    size = len(text) + sum(len(edit.after) - len(edit.before) for edit in addition.edits)
    aspect = addition.aspects[0]
    opinions = tuple(replace(o, start=o.start - size, end=o.end - size) for o in aspect.opinions)
    return replace(aspect, start=aspect.start - size, end=aspect.end - size, opinions=opinions)


def _clause(opinions: OpinionAssignment, aspect: Aspect, predicate: str) -> AspectClause:
    """The clause that says something of an aspect."""
    span = opinions.analysis.tokens_of(aspect.start, aspect.end)
    assert span is not None
    term, first = aspect.term, span[0]
    if first.is_sent_start and first.pos_ != "PROPN" and term[1:] == term[1:].lower():
        term = term[:1].lower() + term[1:]
    determined = first.pos_ in ("DET", "PRON")
    return AspectClause(
        term,
        predicate,
        aspect.polarity.opposite,
        plural=span.root.tag_ in ("NNS", "NNPS") or is_plural(span.root.text),
        named=determined or all(token.pos_ == "PROPN" for token in span if token.is_alpha),
    )


def _removal(opinions: OpinionAssignment, aspect: Aspect) -> list[Edit] | None:
    """The edits that take an aspect out of its list; None when it is in none, or the rest would not do."""
    analysis = opinions.analysis
    span = analysis.tokens_of(aspect.start, aspect.end)
    if span is None or span.root.pos_ not in NOUNS or span.root.sent.end < len(analysis.doc):
        return None
    if any(token.lower_ in word_list("together") for token in span.root.sent):
        return None
    for head, items in (
        (span.root, items_of(span.root, NOUNS)),
        (span.root.head, clauses_of(span.root)),
    ):
        place = next((n for n, item in enumerate(items) if item.head == head), None)
        if len(items) < 2 or place is None or is_doubtful(items):
            continue
        item, own = range(items[place].start, items[place].end), range(span.start, span.end)
        covers = item.start <= own.start and own.stop <= item.stop
        if not covers or any(i in analysis.aspect_tokens and i not in own for i in item):
            continue
        edits = edits_without(items, place, first=own.start)
        if edits is not None:
            return edits
    return None
