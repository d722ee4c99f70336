"""Which opinion words belong to which aspects of a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from arts.data.schema import Aspect, Edit, Polarity, Sentence
from arts.generators.english.conjunctions import links_of
from arts.generators.english.word_lists import AND, COMMENTS
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.opinions.extraction import KNOWN, SIGN_OF, opinion_terms
from arts.generators.opinions.lexicon import Part

if TYPE_CHECKING:
    from spacy.tokens import Token

COMPANION = 2.6  # farthest adjective that is reversed with the opinion words (see `Analysis.distances`)
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

    def companions(self, aspect: Aspect) -> tuple[OpinionWord, ...]:
        """Adjectives that say the same of an aspect without annotation as its opinion words do.

        They are farther from it than those (which `find` takes for its terms), but no other aspect claims
        them or is nearer. A reversal without them would contradict itself: "The screen is awful - great."
        """
        sign = SIGN_OF[aspect.polarity]
        if aspect.opinions or not sign:
            return ()
        found = []
        for word in self._unclaimed(aspect, COMPANION):
            token = self.analysis.doc[word.head]
            stresses = token.dep_ in ("amod", "advmod") and token.head.i in self.heads(aspect)
            if token.pos_ == "ADJ" and self.analysis.sign(word) == sign and not stresses:
                found.append(word)
        return (*found, *self._comments(sign))

    def _comments(self, sign: int) -> list[OpinionWord]:
        """The "luckily" or "unfortunately" of a sentence with one aspect."""
        if len(self.sentence.aspects) > 1:
            return []
        words = (w for w in self.analysis.opinion_words.values() if w.entry and w.entry.word in COMMENTS)
        return [word for word in words if word.entry and word.entry.sign == sign]

    def around(self, aspect: Aspect) -> tuple[OpinionWord, ...]:
        """The nearest word with an orientation to a neutral aspect without opinion words."""
        for word in self._unclaimed(aspect, KNOWN):
            entry = word.entry
            if entry is None or entry.word in COMMENTS or not self.analysis.sign(word):
                continue
            if entry.replacements or entry.part is Part.NOUN:
                return (word,)
        return ()

    def _unclaimed(self, aspect: Aspect, limit: float) -> list[OpinionWord]:
        """Opinion words up to a distance from an aspect to which no other one is nearer, nearest first."""
        analysis = self.analysis
        claimed = analysis.aspect_tokens.union(*(self.heads(other) for other in self.sentence.aspects))
        own = analysis.distances(aspect.start, aspect.end)
        rivals = [analysis.distances(b.start, b.end) for b in self.sentence.aspects if b is not aspect]
        found = []
        for i, distance in own.items():
            word = analysis.opinion_words.get(i)
            nearest = all(distance <= rival.get(i, math.inf) for rival in rivals)
            if word is not None and i == word.head and i not in claimed and nearest and distance <= limit:
                found.append((distance, i, word))
        return [word for _, _, word in sorted(found, key=lambda item: item[:2])]

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
            if sign and self.analysis.aspect_tokens.isdisjoint(word.tokens):
                signs[word.head] = sign
        for aspect in self.sentence.aspects:
            sign = SIGN_OF[aspect.polarity]
            if sign:
                signs.update((word.head, sign) for word in self.words[span_of(aspect)])
        for token in self.analysis.doc:  # "fast and thin": what is thin is good here
            head = token.head
            joined = token.dep_ == "conj" and token.pos_ == head.pos_ == "ADJ" and head.i in signs
            if joined and token.i not in signs and any(c.lower_ in AND for c in head.children):
                signs[token.i] = signs[head.i]
        return signs

    def governed(self, word: OpinionWord, aspect: Aspect) -> bool:
        """Whether an aspect is an object of an opinion verb: both in "I love the screen and the keyboard"."""
        verb = self.analysis.doc[word.head]
        span = self.analysis.tokens_of(aspect.start, aspect.end)
        if verb.pos_ != "VERB" or span is None or span.start < verb.i:
            return False
        step = span.root
        while step.head not in (step, verb) and step.dep_ not in ("advcl", "parataxis", "relcl"):
            step = step.head
        return bool(step.head == verb and step.dep_ not in ("conj", "advcl", "parataxis"))

    def touched(self, aspect: Aspect, edits: Iterable[Edit]) -> bool:
        """Whether edits reach into an opinion word on an aspect, or the negation of one."""
        analysis = self.analysis
        words = self.words[span_of(aspect)]
        tokens = [analysis.doc[i] for word in words for i in word.tokens]
        tokens += filter(None, (analysis.negator_outside(word) for word in words))
        return any(edit.start < t.idx + len(t) and t.idx < edit.end for edit in edits for t in tokens)

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
