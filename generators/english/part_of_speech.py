"""The parts of speech that the opinion lexicon and WordNet distinguish."""

from __future__ import annotations

from enum import StrEnum


class PartOfSpeech(StrEnum):
    """Part of speech of an opinion word: adjective, adverb, verb, noun, or IDIOM for a phrase ("5 stars")."""

    ADJ = "ADJ"
    ADV = "ADV"
    VERB = "VERB"
    NOUN = "NOUN"
    IDIOM = "IDIOM"
