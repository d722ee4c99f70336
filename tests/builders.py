"""Sentences and instances by hand."""

from __future__ import annotations

from arts.data.schema import Aspect, Instance, Polarity, Sentence, Strategy


def aspect(text: str, term: str, polarity: str = "positive") -> Aspect:
    start = text.index(term)
    return Aspect(term, start, start + len(term), Polarity(polarity))


def sentence(id: str, text: str, **terms: str) -> Sentence:
    return Sentence(id, text, tuple(aspect(text, term, polarity) for term, polarity in terms.items()))


def variant(original: Instance, strategy: str, text: str, polarity: str) -> Instance:
    target = aspect(text, original.aspect.term, polarity)
    return Instance(f"{original.id}_{strategy}", original.id, Strategy(strategy), text, target, (target,))
