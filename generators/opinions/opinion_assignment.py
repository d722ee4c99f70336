"""Which opinion words of a sentence are about which of its aspects.

Opinion words have signs here: 1 positive, -1 negative, 0 unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from arts.data.schema import Aspect, Edit, Polarity, Sentence
from arts.generators.english.conjunctions import links_of
from arts.generators.english.constructions import is_beside, is_said_of
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_list
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.opinions.extraction import LONGEST_KNOWN, SIGN_OF, drop_dependent_words, opinion_terms

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

LONGEST_COMPANION = 2.6  # distance up to which an adjective is reversed together with the opinion words
_COMMENTS = word_list("comments")

AspectSpan = tuple[int, int]  # the character span (start, end) of an aspect term; unique in its sentence


def span_of(aspect: Aspect) -> AspectSpan:
    """The character span of an aspect term, which identifies the aspect in its sentence."""
    return aspect.start, aspect.end


@dataclass
class OpinionAssignment:
    """The opinion words of every aspect of a sentence.

    Args:
        analysis: the analysis of the sentence.
    """

    analysis: Analysis

    @property
    def sentence(self) -> Sentence:
        """The sentence with its aspects."""
        return self.analysis.sentence

    @cached_property
    def words(self) -> dict[AspectSpan, tuple[OpinionWord, ...]]:
        """The opinion words on each aspect, keyed by the aspect's character span (start, end)."""
        aspects = self.sentence.aspects
        return {
            span_of(a): opinion_terms(self.analysis, a, others=[b for b in aspects if b is not a])
            for a in aspects
        }

    def heads(self, aspect: Aspect) -> frozenset[int]:
        """The syntactic heads of the opinion words on an aspect, as token indices."""
        return self._heads[span_of(aspect)]

    @cached_property
    def _heads(self) -> dict[AspectSpan, frozenset[int]]:
        """The heads of the opinion words on each aspect, keyed by its span."""
        return {span: frozenset(word.head for word in words) for span, words in self.words.items()}

    @cached_property
    def all_heads(self) -> frozenset[int]:
        """The syntactic heads of the opinion words on all aspects, as token indices."""
        return frozenset().union(*self._heads.values())

    def companions(self, aspect: Aspect) -> tuple[OpinionWord, ...]:
        """Words to reverse together with the opinion words on an aspect.

        They have the sign of the aspect's polarity. If they stayed, the variant would contradict itself, as
        the "great" in "The screen is awful - great."

        Returns:
            Adjectives that are opinion words on no aspect and nearer to no other aspect; then, if the
            sentence has only one aspect, words such as "luckily" that comment on the whole sentence. Empty
            for a neutral aspect and for one with annotated opinion terms.
        """
        sign = SIGN_OF[aspect.polarity]
        if aspect.opinions or not sign:
            return ()
        words = []
        for word in self._free_words(aspect, LONGEST_COMPANION):
            token = self.analysis.doc[word.head]
            stresses = token.dep_ in ("amod", "advmod") and token.head.i in self.heads(aspect)
            if token.pos_ == "ADJ" and self.analysis.sign(word) == sign and not stresses:
                words.append(word)
        return (*words, *self._comments(sign))

    def _comments(self, sign: int) -> list[OpinionWord]:
        """The words with this sign that comment on the whole sentence: "luckily", "unfortunately".

        The list is empty if the sentence has several aspects.
        """
        if len(self.sentence.aspects) > 1:
            return []
        words = self.analysis.opinion_words.values()
        return [w for w in words if w.entry and w.entry.word in _COMMENTS and w.entry.sign == sign]

    def nearest_free_word(self, aspect: Aspect) -> tuple[OpinionWord, ...]:
        """The opinion word to reverse for an aspect that has none: the nearest one that belongs to no aspect.

        Only words with a known sign count. They must be nouns or have replacements in the lexicon, and must
        not comment on the whole sentence, as "luckily" does. Words that are farther away than
        `LONGEST_KNOWN`, or nearer to another aspect, do not count.

        Returns:
            A tuple with that word; an empty one when there is no such word.
        """
        for word in self._free_words(aspect, LONGEST_KNOWN):
            entry = word.entry
            if entry is None or entry.word in _COMMENTS or not self.analysis.sign(word):
                continue
            if entry.replacements or entry.pos is PartOfSpeech.NOUN:
                return (word,)
        return ()

    def _free_words(self, aspect: Aspect, limit: float) -> list[OpinionWord]:
        """The opinion words that belong to no aspect and are not nearer to another one, the nearest first.

        Args:
            aspect: the aspect from which distances are measured.
            limit: the largest distance, as `Analysis.distances` measures it.
        """
        analysis = self.analysis
        claimed = analysis.aspect_tokens.union(*(self.heads(other) for other in self.sentence.aspects))
        own = analysis.distances(aspect.start, aspect.end)
        rivals = [analysis.distances(b.start, b.end) for b in self.sentence.aspects if b is not aspect]
        words = []
        for i, distance in own.items():
            word = analysis.opinion_words.get(i)
            nearest = all(distance <= rival.get(i, math.inf) for rival in rivals)
            if word is not None and i == word.head and i not in claimed and nearest and distance <= limit:
                words.append((distance, i, word))
        return [word for _, _, word in sorted(words, key=lambda item: item[:2])]

    @cached_property
    def links(self) -> list[Token]:
        """The conjunctions of the sentence that say whether opinions agree, such as "and" and "but"."""
        return links_of(self.analysis.doc)

    @cached_property
    def signs(self) -> dict[int, int]:
        """The sign of every opinion word with a known sign, keyed by the token index of its syntactic head.

        A word on an aspect that is not neutral has the sign of the aspect's label. Any other word has the
        sign that `Analysis.sign` gives. Where no word is found on an aspect, its own head stands for one. An
        adjective of unknown sign gets that of an adjective to which "and" joins it: "thin" is positive in
        "fast and thin".
        """
        signs = {}
        for word in self.analysis.opinion_words.values():
            sign = self.analysis.sign(word)
            if sign and self.analysis.aspect_tokens.isdisjoint(word.tokens):
                signs[word.head] = sign
        for aspect in self.sentence.aspects:
            sign = SIGN_OF[aspect.polarity]
            if sign:
                signs.update((word.head, sign) for word in self.words[span_of(aspect)])
                if not self.words[span_of(aspect)]:
                    span = self.analysis.tokens_of(aspect.start, aspect.end)
                    signs.update({} if span is None else {span.root.i: sign})
        for token in self.analysis.doc:
            head = token.head
            is_conjunct = token.dep_ == "conj" and token.pos_ == head.pos_ == "ADJ" and head.i in signs
            if (
                is_conjunct
                and token.i not in signs
                and any(c.lower_ in word_list("and") for c in head.children)
            ):
                signs[token.i] = signs[head.i]
        return signs

    def governs(self, word: OpinionWord, aspect: Aspect) -> bool:
        """Whether an opinion word is a verb that has the aspect as an object.

        In "I love the screen and the keyboard", "love" has both aspects as objects.
        """
        verb = self.analysis.doc[word.head]
        span = self.analysis.tokens_of(aspect.start, aspect.end)
        if verb.pos_ != "VERB" or span is None or span.start < verb.i:
            return False
        step = span.root
        while step.head not in (step, verb) and step.dep_ not in ("advcl", "parataxis", "relcl"):
            step = step.head
        return bool(step.head == verb and step.dep_ not in ("conj", "advcl", "parataxis"))

    def is_direct(self, word: OpinionWord, aspect: Aspect) -> bool:
        """Whether an opinion word is said of the aspect itself, by its place in the sentence.

        Those of annotated opinion terms always count as such; in a sentence with one aspect, every word that
        agrees with its polarity does.
        """
        span = self.analysis.tokens_of(aspect.start, aspect.end)
        if aspect.opinions or span is None:
            return bool(aspect.opinions)
        if any(is_said_of(self.analysis.doc[i], token) for i in (word.head, *word.tokens) for token in span):
            return True
        if is_beside(self.analysis.doc[word.start : word.end], span):
            return True
        head = self.analysis.doc[word.head]
        alone = len(self.sentence.aspects) == 1 and self.analysis.sign(word) == SIGN_OF[aspect.polarity]
        return alone and head.sent == span.root.sent

    def words_of_only_aspect(self, aspect: Aspect) -> tuple[OpinionWord, ...]:
        """The opinion words of its sentence, for the only aspect of a text to which none is assigned.

        Returns:
            The words with the sign of its polarity; none when a word has the other sign, or another aspect
            is there.
        """
        span = self.analysis.tokens_of(aspect.start, aspect.end)
        sign = SIGN_OF[aspect.polarity]
        if len(self.sentence.aspects) > 1 or aspect.opinions or span is None or not sign:
            return ()
        words = {w.head: w for w in self.analysis.opinion_words.values()}
        signed = [w for w in words.values() if self.analysis.sign(w) and self._is_free(w, span.root.sent)]
        if any(self.analysis.sign(word) != sign for word in signed):
            return ()
        return drop_dependent_words(self.analysis, signed)

    def _is_free(self, word: OpinionWord, sentence: Span) -> bool:
        """Whether an opinion word lies in a sentence and outside the aspect terms."""
        is_outside = self.analysis.aspect_tokens.isdisjoint(word.tokens)
        return sentence.start <= word.head < sentence.end and is_outside

    def touches(self, edits: Iterable[Edit], aspect: Aspect) -> bool:
        """Whether an edit changes a character of an opinion word on an aspect, or of its negation."""
        analysis = self.analysis
        words = self.words[span_of(aspect)]
        tokens = [analysis.doc[i] for word in words for i in word.tokens]
        tokens += filter(None, (analysis.negator_outside(word) for word in words))
        return any(edit.start < t.idx + len(t) and t.idx < edit.end for edit in edits for t in tokens)

    def new_polarities(
        self, changed: frozenset[int], *, keep: Aspect | None = None
    ) -> dict[AspectSpan, Polarity] | None:
        """The polarities of the aspects that change when opinion words are reversed.

        An aspect is reversed when all its opinion words are.

        Args:
            changed: the token indices of the syntactic heads of the reversed words.
            keep: an aspect that must not change.

        Returns:
            The new polarities, keyed by the character span (start, end) of the aspect. None when a word on
            `keep` is reversed, or when only some of the words on another aspect are, unless that aspect is
            neutral.
        """
        polarities = {}
        for aspect in self.sentence.aspects:
            own = self.heads(aspect)
            if aspect is keep:
                if own & changed:
                    return None
            elif own and own <= changed:
                polarities[span_of(aspect)] = aspect.polarity.opposite
            elif own & changed and aspect.polarity is not Polarity.NEUTRAL:
                return None
        return polarities
