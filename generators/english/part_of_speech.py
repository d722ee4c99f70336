"""The parts of speech that the opinion lexicon and WordNet distinguish."""

from __future__ import annotations

from enum import StrEnum


class PartOfSpeech(StrEnum):
    """The part of speech of an opinion word, or IDIOM for an expression that has none."""

    ADJ = "ADJ"
    ADV = "ADV"
    VERB = "VERB"
    NOUN = "NOUN"
    IDIOM = "IDIOM"
