"""Antonyms, kinds and parts from WordNet, where NLTK has its data."""

from __future__ import annotations

import hashlib
from contextlib import closing
from functools import cache, lru_cache
from typing import Any

from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_list

_TAGS = {PartOfSpeech.ADJ: "a", PartOfSpeech.ADV: "r", PartOfSpeech.VERB: "v", PartOfSpeech.NOUN: "n"}
_SENSES = 3  # number of senses, the most frequent ones, whose antonyms are used
_NOUN_SENSES = 2  # number of senses of a noun, the most frequent ones, that it is taken to have
_STEPS = 3  # number of steps up from a sense in which a more general one is looked for
_SHALLOWEST = 5  # depth below "entity" from which a sense is concrete enough to say something


@cache
def available() -> bool:
    """Whether NLTK finds the data of WordNet, e.g. after ``nltk.download("wordnet")``.

    The environment variable ``NLTK_DATA`` can name another folder where NLTK looks for it.
    """
    try:
        _wordnet().ensure_loaded()
    except LookupError:
        return False
    return True


@cache
def data_label() -> str | None:
    """The version and the SHA-256 of the data of WordNet that NLTK finds, as one text; None without data.

    The checksum is that of the contents of the files, whether they are in a folder or in a ZIP file.
    """
    if not available():
        return None
    digest = hashlib.sha256()
    for name in sorted(_wordnet().fileids()):
        with closing(_wordnet().open(name)) as reader:  # closes its stream when it is deleted
            digest.update(f"{name} {hashlib.sha256(reader.stream.read()).hexdigest()}\n".encode())
    return f"WordNet {_wordnet().get_version()}, SHA-256 {digest.hexdigest()}"


def _wordnet() -> Any:
    from nltk.corpus import wordnet

    return wordnet


@lru_cache(maxsize=1 << 12)
def antonyms(lemma: str, pos: PartOfSpeech | None) -> tuple[str, ...]:
    """The antonyms that WordNet gives for a word and that differ from it by a negative prefix.

    "unresponsive" is one for "responsive". Antonyms without such a prefix are left out, since most hold for
    only one sense among many. Rare words, which the corpus SemCor does not have, are left out as well. Only
    the three most frequent senses of the word are used.

    Args:
        lemma: the base form of the word, in lower case.
        pos: its part of speech, or None when it is unknown.

    Returns:
        The antonyms, without repetition. Empty when there is none, `pos` is IDIOM or None, or WordNet is not
        installed.
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
    """Whether one word is the other with a negative prefix, as "unresponsive" is "responsive" with "un"."""
    short, long = sorted((a, b), key=len)
    return any(long == prefix + short for prefix in word_list("negative prefixes"))


@lru_cache(maxsize=1 << 14)
def noun_senses(noun: str) -> frozenset[str]:
    """The names of the most frequent senses of a noun in WordNet; empty when WordNet is not installed."""
    return frozenset(sense.name() for sense in _senses_of_noun(noun))


@lru_cache(maxsize=1 << 14)
def kinds_above(noun: str) -> frozenset[str]:
    """The names of the senses that a noun is a kind of: "dish" is among those for "pizza".

    Only the nearest ones that are not too general, as "artifact" is, are given.
    """
    found: set[str] = set()
    level = _senses_of_noun(noun)
    for _ in range(_STEPS):
        level = [above for sense in level for above in sense.hypernyms() if above.min_depth() >= _SHALLOWEST]
        found.update(sense.name() for sense in level)
    return frozenset(found)


@lru_cache(maxsize=1 << 14)
def wholes_of(noun: str) -> frozenset[str]:
    """The names of the senses that a noun is a part of: "keyboard" is among those for "key"."""
    return frozenset(whole.name() for sense in _senses_of_noun(noun) for whole in sense.part_holonyms())


def _senses_of_noun(noun: str) -> list[Any]:
    """The most frequent senses of a noun; none when WordNet is not installed."""
    return list(_wordnet().synsets(noun, pos="n")[:_NOUN_SENSES]) if available() else []
