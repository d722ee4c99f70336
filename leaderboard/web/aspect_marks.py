"""Aspects as a visitor marks them: words of the sentence, those that a link names, and proposed ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from arts.data.errors import ArtsError
from arts.data.schema import Aspect, Polarity, Sentence

if TYPE_CHECKING:
    from spacy.tokens import Span as SpacySpan

    from arts.generators.opinions.analysis import Analyst

Span = tuple[int, int]  # characters, end exclusive
TypedAspect = tuple[str, str]  # term and polarity of an aspect, as typed


def word_spans(text: str) -> list[Span]:
    """Where the words of a text begin and end, in characters, end exclusive.

    Example:
        >>> word_spans("Wi-Fi, no.")
        [(0, 5), (7, 9)]
    """
    return [match.span() for match in re.finditer(r"\w+(?:[-'’]\w+)*", text)]


def join_words(text: str, words: Sequence[Span]) -> list[Span]:
    """The spans of the phrases that some words of a text form: words with nothing but space between are one.

    Args:
        text: The text.
        words: Spans of words.

    Example:
        >>> join_words("The battery life and size.", [(4, 11), (12, 16), (21, 25)])
        [(4, 16), (21, 25)]
    """
    phrases: list[Span] = []
    for start, end in sorted(words):
        if phrases and not text[phrases[-1][1] : start].strip():
            phrases[-1] = (phrases[-1][0], end)
        else:
            phrases.append((start, end))
    return phrases


def locate_aspects(text: str, typed_aspects: Iterable[TypedAspect]) -> tuple[list[Aspect], list[str]]:
    """Find the aspects that a link names in a text.

    Args:
        text: The text of the sentence.
        typed_aspects: Pairs of term and polarity. A term that is listed twice stands for its first two
            occurrences.

    Returns:
        The aspects, in the order of the text; and why others are left out, as phrases.

    Example:
        >>> [(a.start, a.end) for a in locate_aspects("Good soup.", [("soup", "positive")])[0]]
        [(5, 9)]
    """
    aspects, faults = list[Aspect](), list[str]()
    for term, polarity in typed_aspects:
        try:
            aspects.append(_locate_aspect(text, term.strip(), polarity=Polarity(polarity), others=aspects))
        except ArtsError as error:
            faults.append(str(error))
    return sorted(aspects, key=lambda aspect: aspect.start), faults


def _locate_aspect(text: str, term: str, *, polarity: Polarity, others: Sequence[Aspect]) -> Aspect:
    """Find the first occurrence of a term in a text that overlaps no other aspect.

    An occurrence with the same upper and lower case letters is preferred. The aspect's term is spelled as in
    the text.

    Args:
        text: The text of the sentence.
        term: The term as typed.
        polarity: Polarity of the aspect.
        others: The aspects that were found before.

    Raises:
        ArtsError: The term does not occur in the text, or only inside other aspects.
    """
    pattern = rf"(?<!\w){re.escape(term)}(?!\w)"
    spans = [m.span() for m in re.finditer(pattern, text)]
    spans += [m.span() for m in re.finditer(pattern, text, re.IGNORECASE)]
    if not spans:
        raise ArtsError(f'"{term}" is not in the sentence; an aspect is a word or phrase of it, as written')
    for start, end in spans:
        if all(end <= other.start or other.end <= start for other in others):
            return Aspect(text[start:end], start, end, polarity)
    raise ArtsError(f'"{term}" is inside another aspect, or listed more often than it occurs')


def propose_aspects(text: str, analyst: Analyst) -> list[Aspect]:
    """Aspects that a sentence may have: its noun phrases, with the polarity of their opinion words.

    Args:
        text: The text of the sentence.
        analyst: The parser with the opinion lexicon.

    Returns:
        The aspects, in the order of the text, with the polarity that `opinion_aspects` finds.
    """
    (plain,) = analyst.read([Sentence("", text, ())])
    spans = dict.fromkeys(filter(None, map(_term_span, plain.doc.noun_chunks)))
    return opinion_aspects(text, list(spans), analyst=analyst)


def opinion_aspects(text: str, spans: Sequence[Span], *, analyst: Analyst) -> list[Aspect]:
    """The aspects at some spans of a text, with the polarity of their opinion words.

    Args:
        text: The text of the sentence.
        spans: Where the aspects are.
        analyst: The parser with the opinion lexicon.

    Returns:
        One aspect per span. Its polarity is neutral if the lexicon knows no opinion word of it, or if
        positive and negative ones are equally many.
    """
    from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of

    aspects = tuple(Aspect(text[a:b], a, b, Polarity.NEUTRAL) for a, b in spans)
    (analysis,) = analyst.read([Sentence("", text, aspects)])
    words = OpinionAssignment(analysis).words
    signs = [sum(analysis.sign(word) for word in words[span_of(a)]) for a in aspects]
    return [replace(a, polarity=_polarity_of_sign(sign)) for a, sign in zip(aspects, signs, strict=True)]


def _term_span(chunk: SpacySpan) -> tuple[int, int] | None:
    """Where the nouns in a noun phrase begin and end: "battery life" in "the long battery life".

    Returns:
        Character offsets, end exclusive; None if the head of the phrase is not a noun.
    """
    nouns = [token for token in chunk if token.pos_ in ("NOUN", "PROPN")]
    if not nouns or chunk.root.pos_ not in ("NOUN", "PROPN"):
        return None
    return nouns[0].idx, chunk.root.idx + len(chunk.root)


def _polarity_of_sign(sign: int) -> Polarity:
    """The polarity of a number: positive above zero, negative below zero, neutral at zero."""
    if not sign:
        return Polarity.NEUTRAL
    return Polarity.POSITIVE if sign > 0 else Polarity.NEGATIVE
