"""The normal form of a sentence: its words, whatever their case, spacing, punctuation and Unicode form."""

from __future__ import annotations

import re
import unicodedata

from arts.data.readers.entities import unescape

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u00b4`\u2032\uff07", "'"))
_SPELLED_OUT = (  # what a contraction is short for; 's is taken for "is", also where it is a possessive
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\b(?:can't|cannot)\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'s\b"), " is"),
    (re.compile(r"'d\b"), " would"),
)
_WORD = re.compile(r"[^\W_]+")


def normal_words(text: str) -> tuple[str, ...]:
    """The words of a text in normal form; two texts are the same sentence when these are equal.

    HTML entities are unescaped, accents removed and contractions spelled out. A text without any word, such
    as a row of symbols, stands for itself.

    Example:
        >>> normal_words("The  CAF\u00c9\u2019s fish &amp; chips weren\u2019t bad !")
        ('the', 'cafe', 'is', 'fish', 'chips', 'were', 'not', 'bad')
    """
    folded = unicodedata.normalize("NFKD", unescape(text).text.translate(_APOSTROPHES)).casefold()
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    for contraction, words in _SPELLED_OUT if "'" in plain or "cannot" in plain else ():
        plain = contraction.sub(words, plain)
    return tuple(_WORD.findall(plain)) or (text.strip(),)
