"""Sentences and instances by hand."""

from __future__ import annotations

import re

from arts.data.corpus_registry import load_corpus
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


def marked_sentence(text: str, id: str = "1") -> Sentence:
    """A sentence from one whose aspects are marked: "The {soup|+} was hot, the {bread|-} stale." """
    plain, aspects = "", []
    for piece in re.split(r"(\{[^}]*\})", text):
        if piece.startswith("{"):
            term, sign = piece[1:-1].split("|")
            aspects.append(Aspect(term, len(plain), len(plain) + len(term), POLARITIES[sign]))
            piece = term
        plain += piece
    return Sentence(id, plain, tuple(aspects))


TOY = [
    sentence(str(n), text, **terms)
    for n, (text, terms) in enumerate(
        [
            ("The soup was good.", {"soup": "positive"}),
            ("The soup was bad.", {"soup": "negative"}),
            ("The staff was kind and the bar was bad.", {"staff": "positive", "bar": "negative"}),
            ("The staff was rude, but the soup was good.", {"staff": "negative", "soup": "positive"}),
            ("We got a table.", {"table": "neutral"}),
        ]
        * 4
    )
]


class Unseen:
    """The sample without its test split, which may not be looked at."""

    def __init__(self):
        sample = load_corpus("sample")
        self.name, self.train, self.dev = sample.name, sample.train, sample.dev

    @property
    def test(self):
        raise AssertionError("the test split was looked at")
