"""Which opinion words belong to which aspects of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from arts.data.schema import Aspect, Polarity, Sentence
from arts.generators.analysis import Analysis, OpinionWord
from arts.generators.conjunctions import links_of
from arts.generators.opinions import SIGN_OF, opinion_terms

if TYPE_CHECKING:
    from spacy.tokens import Token

Span = tuple[int, int]


@dataclass
class Opinions:
    """The opinion words of every aspect of an analysed sentence."""

    analysis: Analysis

    @property
    def sentence(self) -> Sentence:
        """The sentence."""
        return self.analysis.sentence

    @cached_property
    def words(self) -> dict[Span, tuple[OpinionWord, ...]]:
        """The opinion words on each aspect, by its span."""
        aspects = self.sentence.aspects
        return {
            span_of(a): opinion_terms(self.analysis, a, [b for b in aspects if b is not a]) for a in aspects
        }

    @cached_property
    def links(self) -> list[Token]:
        """The conjunctions of the sentence."""
        return links_of(self.analysis.doc)

    @cached_property
    def signs(self) -> dict[int, int]:
        """The orientation of every opinion word that has one, by its head; labels before the lexicon."""
        signs = {}
        for word in self.analysis.opinion_words.values():
            sign = self.analysis.sign(word)
            if sign:
                signs[word.head] = sign
        for aspect in self.sentence.aspects:
            sign = SIGN_OF[aspect.polarity]
            if sign:
                signs.update((word.head, sign) for word in self.words[span_of(aspect)])
        return signs

    def heads(self, aspect: Aspect) -> frozenset[int]:
        """The heads of the opinion words on an aspect."""
        return frozenset(word.head for word in self.words[span_of(aspect)])

    def flipped(self, changed: frozenset[int], *, keep: Aspect | None = None) -> dict[Span, Polarity] | None:
        """The new polarities when the words with these heads are reversed.

        An aspect all of whose words are reversed is reversed with them; None when one would be left with
        words of both kinds, or when `keep` would change.
        """
        result = {}
        for aspect in self.sentence.aspects:
            own = self.heads(aspect)
            if aspect is keep:
                if own & changed:
                    return None
            elif own and own <= changed:
                result[span_of(aspect)] = aspect.polarity.opposite
            elif own & changed and aspect.polarity is not Polarity.NEUTRAL:
                return None
        return result


def span_of(aspect: Aspect) -> Span:
    """An aspect's place, which identifies it in its sentence."""
    return aspect.start, aspect.end
