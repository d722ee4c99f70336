"""WordNet's antonyms, where its data is installed."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from arts.generators.opinions.lexicon import Part

_POS = {Part.ADJ: "a", Part.ADV: "r", Part.VERB: "v", Part.NOUN: "n"}
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non")
_SENSES = 3  # most frequent senses whose antonyms are believed


@cache
def available() -> bool:
    """Whether NLTK finds WordNet (``nltk.download("wordnet")`` or ``NLTK_DATA``)."""
    try:
        _wordnet().ensure_loaded()
    except LookupError:
        return False
    return True


def _wordnet() -> Any:
    from nltk.corpus import wordnet

    return wordnet


def _prefixed(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return any(long == prefix + short for prefix in _PREFIXES)


@lru_cache(maxsize=1 << 12)
def antonyms(lemma: str, part: Part) -> tuple[str, ...]:
    """Direct antonyms of the most frequent senses that occur in running text; none without WordNet.

    Only single words that SemCor has seen count, since WordNet also lists what nobody says, and only pairs
    that a prefix tells apart ("responsive", "unresponsive"): the others are antonyms in one sense among many.
    """
    if not available():
        return ()
    found = []
    for synset in _wordnet().synsets(lemma, pos=_POS[part])[:_SENSES]:
        for sense in synset.lemmas():
            if sense.name().lower() == lemma:
                found += [a.name() for a in sense.antonyms() if a.count() > 0 and _prefixed(lemma, a.name())]
    return tuple(dict.fromkeys(found))
