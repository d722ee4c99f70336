"""Where a token stands in its sentence: its neighbours, its dependents, and the end of its clause."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from arts.generators.english.word_lists import word_list

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS = ("nsubj", "nsubjpass", "expl", "csubj")
PREDICATES = ("acomp", "attr", "oprd")


def next_token(token: Token) -> Token:
    """The token after a token; for the last token of a text, that token."""
    return token.nbor() if token.i + 1 < len(token.doc) else token


def previous_token(token: Token) -> Token:
    """The token before a token; for the first token of a text, that token."""
    return token.nbor(-1) if token.i else token


def has_dependent(token: Token, labels: Container[str]) -> bool:
    """Whether a token has a direct dependent with one of the given dependency labels."""
    return any(child.dep_ in labels for child in token.children)


def ends_clause(token: Token, *, marks: Container[str] | None = None) -> bool:
    """Whether a token is the last one of its text, or stands before a punctuation mark.

    Args:
        token: the token.
        marks: the punctuation marks that count; by default every mark does.
    """
    if token.i + 1 == len(token.doc):
        return True
    following = token.nbor()
    return following.is_punct if marks is None else following.text in marks


def prepend_word(word: str, token: Token, *, lower_names: bool = False) -> str:
    """Put a word before a token, and return the text of both.

    At the beginning of a sentence, the capital moves to the new first word: "Easy" → "Not easy".

    Args:
        word: the word to put before the token, in lower case.
        token: the token.
        lower_names: whether a proper noun at the beginning of a sentence loses its capital, too.
    """
    text = token.text
    if (
        token.is_sent_start
        and text[:1].isupper()
        and not text.isupper()
        and (lower_names or token.pos_ != "PROPN")
    ):
        return f"{word.capitalize()} {text[:1].lower()}{text[1:]}"
    return f"{word} {text}"


def describes_action(word: Token, verbs: Container[str]) -> bool:
    """Whether an adjective or adverb says how something is done.

    "great" does in "works great", and does not in "tastes great".

    Args:
        word: the adjective or adverb.
        verbs: the kinds of verb that it may modify: "VERB", or "VERB" and "AUX" (tags of spaCy).
    """
    verb = word.head
    return word.dep_ == "advmod" and verb.pos_ in verbs and verb.lemma_ not in word_list("copulas")


def is_correlated(token: Token) -> bool:
    """Whether "not only" or "not just" stands before a token in its sentence, so that a "but" adds to it."""
    before = token.doc[token.sent.start : token.i]
    return any(t.lower_ in ("only", "just") and previous_token(t).lower_ in word_list("not") for t in before)


def finite_verb(verb: Token) -> Token:
    """The first auxiliary of a verb, which has its tense and number, or the verb itself."""
    return next((child for child in verb.children if child.dep_ in ("aux", "auxpass")), verb)
