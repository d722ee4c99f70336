"""WordNet's antonyms, where its data is installed."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_list

_TAGS = {PartOfSpeech.ADJ: "a", PartOfSpeech.ADV: "r", PartOfSpeech.VERB: "v", PartOfSpeech.NOUN: "n"}
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


@lru_cache(maxsize=1 << 12)
def antonyms(lemma: str, pos: PartOfSpeech | None) -> tuple[str, ...]:
    """Direct antonyms of the most frequent senses that occur in running text; none without WordNet.

    Only single words that SemCor has seen count, since WordNet also lists what nobody says, and only pairs
    that a prefix tells apart ("responsive", "unresponsive"): the others are antonyms in one sense among many.
    Only adjectives, adverbs, verbs and nouns have antonyms.
    """
    if pos not in _TAGS or not available():
        return ()
    names = []
    for synset in _wordnet().synsets(lemma, pos=_TAGS[pos])[:_SENSES]:
        for sense in synset.lemmas():
            if sense.name().lower() == lemma:
                names += [a.name() for a in sense.antonyms() if a.count() > 0]
    return tuple(dict.fromkeys(name for name in names if _differ_by_prefix(lemma, name)))


def _differ_by_prefix(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return any(long == prefix + short for prefix in word_list("negative prefixes"))
