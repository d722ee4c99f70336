"""Word forms: the form that a Penn Treebank tag names, the article before a word, and its capitals."""

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
_SPELLED_WITH_VOWEL = re.compile(r"[FHLMNRSX](?![a-z])")  # the name of the letter begins with a vowel
_PRONOUNCEABLE = re.compile(r"(?=[A-Z]{4})[^AEIOU]{1,2}[AEIOU]")


@lru_cache(maxsize=1 << 14)
def inflect(phrase: str, tag: str) -> str:
    """A phrase with one word in the form that a Penn Treebank tag names.

    A plural tag (NNS, NNPS) inflects the last word, any other tag the first. Comparatives and superlatives
    that have no form of their own are made with "more" and "most".

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
    """A single word in the form that a Penn Treebank tag names; unchanged when no such form is known."""
    if f"{word} {tag}" in _IRREGULAR:
        return _IRREGULAR[f"{word} {tag}"]
    from lemminflect import getInflection

    forms = getInflection(word, tag=tag, inflect_oov=False)
    if tag in _DEGREES and (not forms or "-" in word):
        return f"{_DEGREES[tag]} {word}"
    forms = forms or getInflection(word, tag=tag)
    return str(forms[0]) if forms else word


def verb_tag(token: Token) -> str:
    """The Penn Treebank tag of a verb, corrected where the verb's form shows that the tagger is wrong.

    For example, "froze" is never VBZ. The tag of a word that is no verb is returned unchanged.
    """
    lemma, form, tag = token.lemma_.lower(), token.lower_, token.tag_
    if not tag.startswith("VB") or inflect(lemma, tag) == form:
        return tag
    return next((other for other in _VERBAL if inflect(lemma, other) == form), tag)


def article(word: str) -> str:
    """The indefinite article, "a" or "an", that goes before a word by its sound.

    The package `inflect` is not used, since it writes "a 8-inch screen" and "a 18-hour day".

    Example:
        >>> [article(word) for word in ("unreliable", "useful", "hour", "HDMI", "one", "SSD", "European")]
        ['an', 'a', 'an', 'an', 'a', 'an', 'a']
        >>> [article(word) for word in ("FAST", "NEW", "LED", "RAM", "MIDI", "UGLY")]
        ['a', 'a', 'an', 'a', 'a', 'an']
    """
    if _CONSONANT_SOUND.match(word):
        return "a"
    if _VOWEL_SOUND.match(word) or (_SPELLED_WITH_VOWEL.match(word) and not _is_word_in_capitals(word)):
        return "an"
    return "a"


def _is_word_in_capitals(text: str) -> bool:
    """Whether a text in capitals is read as a word, as "FAST" and "RAM" are, and not letter by letter."""
    from lemminflect import getAllLemmas

    letters = re.match(r"[A-Z]+", text)
    if letters is None or len(letters[0]) < 2:
        return False
    known = getAllLemmas(letters[0].lower())
    return bool(_PRONOUNCEABLE.match(text)) or bool(known.keys() & {"ADJ", "ADV", "NOUN"})


def match_case(word: str, model: str) -> str:
    """Capitalize a word like another one: all its letters, its first letter, or none.

    Args:
        word: the word.
        model: the word whose capitals are copied.

    Example:
        >>> match_case("terrible", "Great"), match_case("bad", "GOOD"), match_case("bad", "good")
        ('Terrible', 'BAD', 'bad')
    """
    if len(model) > 1 and model.isupper():
        return word.upper()
    if model[:1].isupper():
        return word[:1].upper() + word[1:]
    return word
