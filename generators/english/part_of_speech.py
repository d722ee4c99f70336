"""Parts of speech, as the lexicon and WordNet tell them apart."""

from __future__ import annotations

from enum import StrEnum


class PartOfSpeech(StrEnum):
    """The part of speech of an opinion word; an idiom has none and stands for itself."""

    ADJ = "ADJ"
    ADV = "ADV"
    VERB = "VERB"
    NOUN = "NOUN"
    IDIOM = "IDIOM"
