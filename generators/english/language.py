"""Whether a text is English: a cheap check by its letters and function words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from arts.generators.english.word_lists import word_list

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ENTITY = re.compile(r"&#?\w+;")
_MOST_FOREIGN_LETTERS = 0.3  # share of letters that are not Latin from which a text is not English
_FEWEST_WORDS = 3  # number of words from which a text without function words is judged by a dictionary


def is_english(text: str) -> bool:
    """Whether a text seems to be English; a text that is too short to tell does.

    It is not when many of its letters are not Latin, when it has more function words of other languages
    than of English, or when it has none at all and most of its words are in no English dictionary.

    Example:
        >>> is_english("The wine was terrible."), is_english("Un vino terrible."), is_english("Great sushi!")
        (True, False, True)
    """
    text = _ENTITY.sub(" ", text)
    letters = [] if text.isascii() else [letter for letter in text if letter.isalpha()]
    if sum(not _is_latin(letter) for letter in letters) > _MOST_FOREIGN_LETTERS * max(len(letters), 1):
        return False
    words = _WORD.findall(text.replace("’", "'"))
    function_words, others = word_list("English function words"), word_list("foreign function words")
    english = sum(word.lower() in function_words for word in words)
    foreign = sum(word.lower() in others and not _begins_name(words, i) for i, word in enumerate(words))
    if foreign > english:
        return False
    return bool(english) or len(words) < _FEWEST_WORDS or _mostly_known(words)


def _is_latin(letter: str) -> bool:
    """Whether a letter is of the Latin alphabet, with or without accents."""
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")


def _begins_name(words: Sequence[str], position: int) -> bool:
    """Whether the word at a position and the next one look like a name: "El Toro"."""
    following = words[position + 1 : position + 2]
    return words[position][:1].isupper() and bool(following) and following[0][:1].isupper()


def _mostly_known(words: Sequence[str]) -> bool:
    """Whether at least half of the words that are no names are in an English dictionary."""
    from lemminflect import getAllLemmas

    common = [word for word in words if word.islower()] or [word.lower() for word in words]
    return 2 * sum(bool(getAllLemmas(word)) or len(word) < 3 for word in common) >= len(common)
