"""Sentences and instances by hand."""

from __future__ import annotations

import re

from arts.data.schema import Aspect, Instance, Polarity, Sentence, Strategy


def aspect(text: str, term: str, polarity: str = "positive") -> Aspect:
    start = text.index(term)
    return Aspect(term, start, start + len(term), Polarity(polarity))


def sentence(id: str, text: str, **terms: str) -> Sentence:
    return Sentence(id, text, tuple(aspect(text, term, polarity) for term, polarity in terms.items()))


def variant(original: Instance, strategy: str, text: str, polarity: str) -> Instance:
    target = aspect(text, original.aspect.term, polarity)
    return Instance(f"{original.id}_{strategy}", original.id, Strategy(strategy), text, target, (target,))


POLARITIES = {"+": Polarity.POSITIVE, "-": Polarity.NEGATIVE, "0": Polarity.NEUTRAL}


def marked(text: str, id: str = "1") -> Sentence:
    """A sentence from one whose aspects are marked: "The {soup|+} was hot, the {bread|-} stale." """
    plain, aspects = "", []
    for piece in re.split(r"(\{[^}]*\})", text):
        if piece.startswith("{"):
            term, sign = piece[1:-1].split("|")
            aspects.append(Aspect(term, len(plain), len(plain) + len(term), POLARITIES[sign]))
            piece = term
        plain += piece
    return Sentence(id, plain, tuple(aspects))
