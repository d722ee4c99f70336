"""Which aspects a sentence mentions or implies, so that nothing is added about them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from arts.generators.english.word_lists import word_groups, word_list, word_pairs
from arts.generators.english.wordnet import kinds_above, noun_senses, wholes_of
from arts.generators.strategies.aspect_clause import similar_terms, singular

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


@lru_cache(maxsize=64)
def mentioned_words(text: str) -> frozenset[str]:
    """The words of a text in lower case and in the singular, and the aspects that they imply.

    Example:
        >>> "price" in mentioned_words("It is overpriced.")
        True
    """
    words = {singular(word) for word in _WORD.findall(text.lower())}
    words |= {word.removesuffix("'s") for word in words}
    implied = {aspect for word in words for aspect in _implied().get(word, ())}
    if "$" in text or "£" in text or "€" in text:
        implied.add("price")
    return frozenset(words | implied)


@cache
def _implied() -> dict[str, tuple[str, ...]]:
    """The aspects that words imply, keyed by the word: "overpriced" implies "price"."""
    implied: dict[str, list[str]] = {}
    for aspect, words in word_pairs("implied aspects").items():
        for word in words.split():
            implied.setdefault(word, []).append(aspect)
    return {word: tuple(aspects) for word, aspects in implied.items()}


@dataclass
class KinIndex:
    """The terms of an AspectSet that are kin of a word, found once for each word.

    Args:
        terms: the terms.
    """

    terms: frozenset[str]
    _by_word: dict[tuple[str, bool], frozenset[str]] = field(default_factory=dict)

    def kin(self, word: str, *, noun: bool) -> frozenset[str]:
        """The terms that name what a word names, or that are a kind or a part of it.

        Args:
            word: a word in lower case and in the singular.
            noun: whether it is a noun, whose kinds and parts WordNet knows.
        """
        if (word, noun) not in self._by_word:
            found = (term for term in self.terms if are_kin(term, word, noun=noun))
            self._by_word[word, noun] = frozenset(found)
        return self._by_word[word, noun]

    def kin_of_all(self, words: Iterable[str], nouns: Iterable[str]) -> frozenset[str]:
        """The terms that are kin of one of the words, of which some are nouns."""
        nouns = frozenset(nouns)
        return frozenset().union(*(self.kin(word, noun=word in nouns) for word in words))


@cache
def implied_by(predicate: str, key: str) -> frozenset[str]:
    """The aspects that a predicate implies beside that of its own term: "overpriced" implies the price.

    Args:
        predicate: the predicate.
        key: the word that identifies the aspect of the term.
    """
    return frozenset(_implied().get(predicate, ())) - similar_terms(key)


def are_kin(text: str, word: str, *, noun: bool = True) -> bool:
    """Whether a term and a word name the same, or one is a kind or a part of the other.

    Args:
        text: the term.
        word: the word, in lower case and in the singular.
        noun: whether the word is a noun.

    Example:
        >>> are_kin("monitor", "screen"), are_kin("wine list", "wine"), are_kin("fan", "screen")
        (True, True, False)
    """
    term = tuple(singular(part) for part in text.lower().replace("-", " ").split())
    head = term[-1]
    if word in term or word in similar_terms(head):
        return True
    if any({head, word} <= group for group in word_groups("kindred aspects")):
        return True
    if word in word_list("wholes") or word in word_list("no aspects of their own"):
        return False
    if word in word_list("food") and head in word_list("food and drink"):
        return True
    if not noun:
        return False
    own, other = noun_senses(head), noun_senses(word)
    if kinds_above(head) & other or kinds_above(word) & own:
        return True
    return bool(wholes_of(head) & other or wholes_of(word) & own)
