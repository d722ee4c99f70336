"""Where a token stands: its neighbours, what depends on it, and the ends of its clause."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from arts.generators.english.word_lists import word_list

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS = ("nsubj", "nsubjpass", "expl", "csubj")
PREDICATES = ("acomp", "attr", "oprd")


def next_token(token: Token) -> Token:
    """The token after this one; of the last token, itself."""
    return token.nbor() if token.i + 1 < len(token.doc) else token


def previous_token(token: Token) -> Token:
    """The token before this one; of the first token, itself."""
    return token.nbor(-1) if token.i else token


def has_dependent(token: Token, labels: Container[str]) -> bool:
    """Whether a token has a dependent with one of these dependency labels."""
    return any(child.dep_ in labels for child in token.children)


def ends_clause(token: Token, *, marks: Container[str] | None = None) -> bool:
    """Whether a token is the last one of its text, or stands before a punctuation mark.

    Args:
        token: a word.
        marks: the punctuation marks that end a clause; by default every mark does.
    """
    if token.i + 1 == len(token.doc):
        return True
    following = token.nbor()
    return following.is_punct if marks is None else following.text in marks


def prepend_word(word: str, token: Token, *, lower_names: bool = False) -> str:
    """The text of a token with a word before it, which takes over the capital of a sentence's beginning.

    Args:
        word: the word to put before the token, in lower case.
        token: the token.
        lower_names: whether a proper noun loses its capital, too.
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
    """Whether an adjective or adverb says how something is done: "works great", not "tastes great".

    Args:
        word: the adjective or adverb.
        verbs: the parts of speech that its head may have, of "VERB" and "AUX".
    """
    verb = word.head
    return word.dep_ == "advmod" and verb.pos_ in verbs and verb.lemma_ not in word_list("copulas")
