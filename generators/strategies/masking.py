"""Masking: the aspect term is replaced by a word without content that fits its place in the sentence.

The sentence stays grammatical, so that a model that reads on stumbles over nothing: "thing" or "things" where
the noun has a determiner, "stuff" or "things" where it has other words before it, a pronoun where it stands
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from arts.data.schema import Aspect, Edit, Instance
from arts.generators.opinions.analysis import Analysis
from arts.generators.strategies.edits import (
    EditError,
    apply,
    match_surroundings,
    repair_articles,
    shift_aspect,
)

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_NOUNS = ("NOUN", "PROPN")
_DETERMINERS = ("DET", "NUM")  # with possessives, which are pronouns
_SUBJECTS = ("nsubj", "nsubjpass")


class Unmasked(StrEnum):
    """Why a term is not masked."""

    TOKENS = "the term is not whole words"
    NOUN = "the term is not a noun"
    PART = "the term is part of a longer name"
    AGAIN = "the term is mentioned again"


def mask_aspects(analysis: Analysis) -> Iterator[tuple[Instance, Instance | Unmasked]]:
    """Mask the target of each original of a sentence.

    Args:
        analysis: the sentence.

    Yields:
        Each original, with the original whose term is masked or the reason why it cannot be. Other aspects
        keep their terms; those that overlap the target are left out.
    """
    for source in analysis.sentence.instances():
        yield source, _mask(source, analysis)


def _mask(source: Instance, analysis: Analysis) -> Instance | Unmasked:
    target = source.aspect
    span = analysis.doc.char_span(target.start, target.end)
    if span is None:
        return Unmasked.TOKENS
    root = span.root
    if root.pos_ not in _NOUNS or _is_infinitive(span):
        return Unmasked.NOUN
    if _continues(span):
        return Unmasked.PART
    word = _mask_word(span, root)
    word = word.capitalize() if target.term[0].isupper() and span[0].is_sent_start else word
    edit = Edit(target.start, target.end, target.term, word, "masked")
    edits = match_surroundings(source.text, repair_articles(source.text, (edit,)))
    text = apply(source.text, edits)
    if re.search(rf"\b{re.escape(target.term)}\b", text, re.IGNORECASE):
        return Unmasked.AGAIN
    start = target.start + sum(len(e.after) - len(e.before) for e in edits if e.end <= target.start)
    (after,) = (e.after for e in edits if e.rule == edit.rule)
    masked = replace(target, term=after, start=start, end=start + len(after), opinions=())
    others = [shifted for aspect in source.aspects if (shifted := _shift(aspect, edits, text)) is not None]
    aspects = tuple(sorted([masked, *others], key=lambda aspect: (aspect.start, aspect.end)))
    return replace(source, text=text, aspect=masked, aspects=aspects, edits=edits)


def _continues(span: Span) -> bool:
    """Whether the term is a part of a longer name, as "battery" is of "battery life"."""
    root = span.root
    following = span.doc[span.end] if span.end < len(span.doc) else None
    return (
        root.dep_ in ("compound", "nmod", "amod", "poss", "nummod")
        or (following is not None and following.text.startswith("-"))
        or (span.start > 0 and span.doc[span.start - 1].text.endswith("-"))
    )


def _is_infinitive(span: Span) -> bool:
    """Whether the term may be a verb that the parser takes for a noun, as in "easy to setup"."""
    return span.start > 0 and span.doc[span.start - 1].lower_ == "to" and span.root.pos_ == "NOUN"


def _mask_word(span: Span, root: Token) -> str:
    """The word that takes the place of a term: of its number, with or without words before it."""
    plural = root.tag_ == "NNS"
    before = [token for token in root.lefts if token.i < span.start]
    before += [token for token in span.doc[: span.start][-1:] if token.pos_ in ("ADJ", *_DETERMINERS)]
    if any(token.pos_ in _DETERMINERS or token.dep_ == "poss" for token in before):
        return "things" if plural else "thing"
    if any(token.pos_ in ("ADJ", "VERB", *_NOUNS) for token in before):
        return "things" if plural else "stuff"
    if not plural:
        return "it"
    return "they" if root.dep_ in _SUBJECTS else "them"


def _shift(aspect: Aspect, edits: tuple[Edit, ...], text: str) -> Aspect | None:
    """An aspect with its span in the masked text; None where the mask is in it."""
    try:
        return shift_aspect(aspect, edits, text=text)
    except EditError:
        return None
