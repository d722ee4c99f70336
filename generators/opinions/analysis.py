"""The analysis of a sentence for the generators: its parse, its opinion words and its negations."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from arts.data.schema import Sentence
from arts.data.support.spacy_parser import load_parser, parse_texts, parser_vocabulary
from arts.generators.english.negation.detect import negator_of
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_list
from arts.generators.opinions.dependency_distance import DependencyTree
from arts.generators.opinions.lexicon import ANY_POSSESSIVE, Lexicon, LexiconEntry, PhraseIndex
from arts.generators.opinions.lexicon_lookup import entry_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


@dataclass(frozen=True, slots=True)
class OpinionWord:
    """A word or phrase of a sentence that expresses an opinion.

    Args:
        start: the index of its first token.
        end: the index after its last token.
        head: the index of its syntactic head: the token of it that depends on the rest of the sentence.
        entry: its entry in the opinion lexicon. None for an adjective, a negated verb or a word of an
            annotated opinion term that the lexicon does not have.
    """

    start: int
    end: int
    head: int
    entry: LexiconEntry | None

    @property
    def tokens(self) -> range:
        """The indices of the tokens of the word or phrase."""
        return range(self.start, self.end)


class Analyst:
    """Parses sentences and looks their words up in the opinion lexicon.

    Args:
        lexicon: the opinion lexicon; by default the one in the package.
    """

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or Lexicon.load()
        self.phrases = self.lexicon.phrases(load_parser().tokenizer)

    def read(
        self, sentences: Iterable[Sentence], vocabulary: Container[str] = frozenset()
    ) -> Iterator[Analysis]:
        """Stream the analyses of sentences, in the order of the sentences.

        Args:
            sentences: the sentences.
            vocabulary: the lower-case words that reviews of the domain use, which are preferred as
                replacements.
        """
        for doc, sentence in parse_texts((sentence.text, sentence) for sentence in sentences):
            yield Analysis(doc, sentence, self.lexicon, self.phrases, vocabulary)


@dataclass
class Analysis:
    """A parsed sentence, and what the opinion lexicon says of its words.

    Args:
        doc: the parse.
        sentence: the sentence with its aspects.
        lexicon: the opinion lexicon.
        phrases: the entries of the lexicon that have several tokens, as `Lexicon.phrases` gives them.
        vocabulary: the lower-case words that reviews of the domain use, which are preferred as replacements.
        reversible: whether an opinion word can be reversed, for those of which it was asked.
    """

    doc: Doc
    sentence: Sentence
    lexicon: Lexicon
    phrases: PhraseIndex
    vocabulary: Container[str] = frozenset()
    reversible: dict[OpinionWord, bool] = field(default_factory=dict)
    _negators: dict[int, Token | None] = field(default_factory=dict)
    _distances: dict[tuple[int, int], dict[int, float]] = field(default_factory=dict)
    _spans: dict[tuple[int, int], Span | None] = field(default_factory=dict)

    @cached_property
    def opinion_words(self) -> dict[int, OpinionWord]:
        """The words and phrases of the sentence that are in the opinion lexicon, keyed by token index.

        A phrase stands under each of its tokens. Where a phrase and a single word overlap, only the phrase is
        listed.
        """
        words: dict[int, OpinionWord] = {}
        for phrase in self._phrases_of_lexicon():
            words.update(dict.fromkeys(phrase.tokens, phrase))
        for token in self.doc:
            if token.i not in words:
                entry = entry_of(token, self.lexicon)
                if entry and not _is_judged_noun(token, entry):
                    words[token.i] = OpinionWord(token.i, token.i + 1, token.i, entry)
        return words

    @cached_property
    def aspect_tokens(self) -> frozenset[int]:
        """The indices of the tokens of all aspect terms of the sentence."""
        spans = (self.tokens_of(aspect.start, aspect.end) for aspect in self.sentence.aspects)
        return frozenset(token.i for span in spans if span is not None for token in span)

    @cached_property
    def nouns(self) -> frozenset[str]:
        """The nouns and names of the sentence, in lower case."""
        return frozenset(token.lower_ for token in self.doc if token.pos_ in ("NOUN", "PROPN"))

    @cached_property
    def lower_words(self) -> list[str]:
        """Each token in lower case."""
        return [token.lower_ for token in self.doc]

    @cached_property
    def _tree(self) -> DependencyTree:
        return DependencyTree(self.doc)

    def distances(self, start: int, end: int) -> dict[int, float]:
        """The distances of words from the aspect with this character span, keyed by token index.

        They are lengths of paths in the dependency tree, as `DependencyTree.distances` measures them. Words
        farther than `dependency_distance.REACH` are left out.

        Args:
            start: the offset of the first character of the aspect term.
            end: the offset after its last character.
        """
        if (start, end) not in self._distances:
            span = self.tokens_of(start, end)
            tokens = range(span.start, span.end) if span is not None else ()
            self._distances[start, end] = self._tree.distances(tokens, self.aspect_tokens)
        return self._distances[start, end]

    @cached_property
    def contracts(self) -> bool:
        """Whether the sentence is written with contractions, such as "isn't" or "it's"."""
        return any(token.lower_ in word_list("contractions") for token in self.doc)

    def negator(self, token: Token) -> Token | None:
        """The word that negates a token; None when nothing does.

        Nothing is negated in "never better" and "could not be better", which are superlatives in meaning.
        """
        if token.i not in self._negators:
            negator = negator_of(token) or self._negator_of_partner(token)
            if negator is not None and (_is_superlative(token, negator) or _is_amazement(negator)):
                negator = None
            self._negators[token.i] = negator
        return self._negators[token.i]

    def _negator_of_partner(self, token: Token) -> Token | None:
        """The word that negates an adjective through another one joined to it; None when nothing does.

        In "not light and slim" it is "not" for "slim", since both adjectives are positive.
        """
        head = token.head
        if token.dep_ != "conj" or token.pos_ != "ADJ" or head.pos_ != "ADJ":
            return None
        signs = [entry.sign for entry in (entry_of(t, self.lexicon) for t in (token, head)) if entry]
        agree = len(signs) == 2 and (0 in signs or signs[0] == signs[1])
        return self.negator(head) if agree else None

    def negator_outside(self, word: OpinionWord) -> Token | None:
        """The word that negates an opinion word and is not one of its tokens; None when nothing does."""
        negator = self.negator(self.doc[word.head])
        return None if negator is None or negator.i in word.tokens else negator

    def sign(self, word: OpinionWord) -> int:
        """The sign of an opinion word in its sentence: 1 positive, -1 negative, 0 unknown.

        A negation reverses the sign of the lexicon, and so do "less" and "least". "too" makes a word of
        unknown sign negative: "too large".
        """
        head = self.doc[word.head]
        degree = {child.lower_ for child in head.children if child.dep_ in ("advmod", "npadvmod")}
        sign = word.entry.sign if word.entry else 0
        if "too" in degree and head.pos_ in ("ADJ", "ADV") and sign <= 0:
            sign = -1
        if degree & {"less", "least"}:
            sign = -sign
        return sign if self.negator_outside(word) is None else -sign

    def knows(self, text: str) -> bool:
        """Whether every word of a text is in the opinion lexicon or in the vocabulary of the spaCy model."""
        vocabulary, forms = parser_vocabulary(), self.lexicon.forms
        return all(word in forms or word in vocabulary for word in text.lower().replace("-", " ").split())

    def tokens_of(self, start: int, end: int) -> Span | None:
        """The tokens that a character span touches; None when it touches none.

        Args:
            start: the offset of the span's first character.
            end: the offset after its last character.
        """
        if (start, end) not in self._spans:
            first = max(bisect_right(self._token_starts, start) - 1, 0)
            last = bisect_left(self._token_starts, end)
            self._spans[start, end] = self.doc[first:last] if first < last else None
        return self._spans[start, end]

    @cached_property
    def sentence_starts(self) -> list[int]:
        """For each token, the index of the first token of its sentence, as the parser divides the text."""
        return [sentence.start for sentence in self.doc.sents for _ in range(len(sentence))]

    @cached_property
    def _token_starts(self) -> list[int]:
        """The character offset at which each token begins."""
        return [token.idx for token in self.doc]

    def _phrases_of_lexicon(self) -> Iterator[OpinionWord]:
        """Stream the phrases of the lexicon in the sentence from left to right; they do not overlap."""
        position = 0
        while position < len(self.doc):
            phrase = self._phrase_at(position)
            if phrase:
                yield phrase
                position = phrase.end
            else:
                position += 1

    @cached_property
    def _forms(self) -> list[tuple[str, str]]:
        """Two forms of each token to look up, in lower case: its text and its lemma.

        For a possessive ("my"), the second is `ANY_POSSESSIVE`, which stands for any possessive in a phrase.
        """
        return [
            (token.lower_, ANY_POSSESSIVE if token.tag_ == "PRP$" else token.lemma_.lower())
            for token in self.doc
        ]

    def _phrase_at(self, start: int) -> OpinionWord | None:
        """The longest phrase of the lexicon that begins at the token with this index, or None."""
        forms = self._forms
        pairs = {
            (first, second)
            for first in forms[start]
            for following in forms[start + 1 : start + 2]
            for second in following
        }
        phrases = [phrase for pair in pairs & self.phrases.keys() for phrase in self.phrases[pair]]
        for words, entry in sorted(phrases, key=lambda phrase: (-len(phrase[0]), phrase[0], phrase[1].pos)):
            end = start + len(words)
            if (
                end <= len(forms)
                and all(word in form for word, form in zip(words, forms[start:end], strict=True))
                and self.aspect_tokens.isdisjoint(range(start, end))
                and not _precedes_particle(self.doc, end)
            ):
                return OpinionWord(start, end, self.doc[start:end].root.i, entry)
        return None


def _precedes_particle(doc: Doc, end: int) -> bool:
    """Whether the token at `end` is a particle of the token before it: "down" in "slow down"."""
    return end < len(doc) and doc[end].dep_ == "prt" and doc[end].head.i == end - 1


def _is_judged_noun(token: Token, entry: LexiconEntry) -> bool:
    """Whether a noun that an adjective stands right before is in the lexicon as an adjective.

    "quality" is one: in "a quality screen" it is the opinion, in "a better quality screen" only "better" is.
    """
    before = token.nbor(-1) if token.i else None
    return bool(entry.pos is PartOfSpeech.ADJ and token.pos_ == "NOUN" and before and before.pos_ == "ADJ")


def _is_amazement(negator: Token) -> bool:
    """Whether a negation is that of "I can't believe how fast it is", which says that it is fast."""
    return negator.head.lemma_ == "believe" and any(
        child.lower_ in ("can", "ca", "could") for child in negator.head.children
    )


def _is_superlative(token: Token, negator: Token) -> bool:
    """Whether a comparative under a negation is a superlative in meaning.

    In "never better" it is; there `token` is "better" and `negator` is "never".
    """
    if token.tag_ not in ("JJR", "RBR"):
        return False
    modals = (child.lower_ for child in negator.head.children if child.dep_ == "aux")
    return negator.lower_ in word_list("never") or any(modal in ("could", "can", "ca") for modal in modals)
