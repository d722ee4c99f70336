"""Word forms: inflecting a replacement like the word it replaces, articles, capitals."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from arts.generators.english.word_lists import word_pairs

if TYPE_CHECKING:
    from spacy.tokens import Token

_DEGREES = {"JJR": "more", "RBR": "more", "JJS": "most", "RBS": "most"}
_IRREGULAR = word_pairs("irregular forms")
_VERBAL = ("VBD", "VBZ", "VBG", "VBN", "VBP")
_BASE_TAGS = {"NN", "JJ", "RB", "VB", "VBP", "NNP", "UH", "IN", "DT"}
_VOWEL_SOUND = re.compile(r"[aeiou]|8|11\b|18\b|hour|honest|honou?r|heir", re.IGNORECASE)
_CONSONANT_SOUND = re.compile(
    r"eu|u(ni([^nm]|m[^p])|s[aeu]|til|biq|ser|ten|rin)|one\b|once\b|ou(i|ija)", re.IGNORECASE
)
_SPELLED_WITH_VOWEL = re.compile(r"[FHLMNRSX](?![a-z])")


@lru_cache(maxsize=1 << 14)
def inflect(phrase: str, tag: str) -> str:
    """`phrase` with its first word in the form that a Penn Treebank tag names.

    Degrees without a form of their own are made with "more" and "most". A nominal tag inflects the last
    word, any other the first.

    Example:
        >>> inflect("run smoothly", "VBZ"), inflect("tasty", "JJS"), inflect("flimsy thing", "NNS")
        ('runs smoothly', 'tastiest', 'flimsy things')
        >>> inflect("comfortable", "JJR"), inflect("be", "VBZ")
        ('more comfortable', 'is')
    """
    if tag in _BASE_TAGS and f"{phrase} {tag}" not in _IRREGULAR:
        return phrase
    words = phrase.split(" ")
    position = -1 if tag in ("NNS", "NNPS") else 0
    words[position] = _inflect_word(words[position], "NNS" if tag == "NNPS" else tag)
    return " ".join(words)


def _inflect_word(word: str, tag: str) -> str:
    if f"{word} {tag}" in _IRREGULAR:
        return _IRREGULAR[f"{word} {tag}"]
    from lemminflect import getInflection

    forms = getInflection(word, tag=tag, inflect_oov=False)
    if tag in _DEGREES and (not forms or "-" in word):
        return f"{_DEGREES[tag]} {word}"
    forms = forms or getInflection(word, tag=tag)
    return str(forms[0]) if forms else word


def verb_tag(token: Token) -> str:
    """The tag of a verb, corrected where its form contradicts the tagger's ("it froze" is no VBZ)."""
    lemma, form, tag = token.lemma_.lower(), token.lower_, token.tag_
    if not tag.startswith("VB") or inflect(lemma, tag) == form:
        return tag
    return next((other for other in _VERBAL if inflect(lemma, other) == form), tag)


def article(word: str) -> str:
    """The indefinite article that goes before a word, by its sound.

    The package `inflect` is not used, since it writes "a 8-inch screen" and "a 18-hour day".

    Example:
        >>> [article(word) for word in ("unreliable", "useful", "hour", "HDMI", "one", "SSD", "European")]
        ['an', 'a', 'an', 'an', 'a', 'an', 'a']
    """
    if _CONSONANT_SOUND.match(word):
        return "a"
    if _VOWEL_SOUND.match(word) or _SPELLED_WITH_VOWEL.match(word):
        return "an"
    return "a"


def match_case(word: str, model: str) -> str:
    """`word` with the capitals of `model`: of all letters, of the first one, or of none.

    Example:
        >>> cased_like("terrible", "Great"), cased_like("bad", "GOOD"), cased_like("bad", "good")
        ('Terrible', 'BAD', 'bad')
    """
    if len(model) > 1 and model.isupper():
        return word.upper()
    if model[:1].isupper():
        return word[:1].upper() + word[1:]
    return word
