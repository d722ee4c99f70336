"""Why a variant that a language model wrote is refused."""

from __future__ import annotations

from enum import StrEnum


class WritingFault(StrEnum):
    """Why a proposal is refused; its value is the reason in words, as it stands in the quality report."""

    REPLY = "the reply is not the JSON that was asked for"
    EXPLANATION = "there is more in the text than the sentence"
    NO_CHANGE = "the text is the original"
    TERM = "an aspect term is missing or changed"
    AMBIGUOUS = "it cannot be told where an aspect term stands"
    FORM = "the text failed a check of its form"
    LANGUAGE = "the text, or what is new in it, is not English"
    DISTANCE = "more is changed than was asked for"
    OTHERS = "what is said of an aspect that was to stay the same is changed"
    ADDED = "aspects are added that were not asked for"
    NOT_ADDED = "aspects that were to be added are missing, or the sentence has them already"
    ACCEPTANCE = "readers would probably not accept it"
    FLUENCY = "the verifier finds no fluent English that could stand in a review"
    SENTIMENT = "the verifier reads another sentiment towards an aspect"
    UNREAD = "the verifier gave no valid answer"
