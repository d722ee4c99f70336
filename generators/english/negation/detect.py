"""Detecting negation: which word of a sentence, if any, negates a given word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from arts.generators.english.clauses import PREDICATES, SUBJECTS, has_dependent, next_token
from arts.generators.english.word_lists import word_list

if TYPE_CHECKING:
    from spacy.tokens import Token

_NOT = word_list("not")
_NO = word_list("no")
_WITHOUT = word_list("without")
NEGATORS = _NOT | _NO | _WITHOUT | word_list("never") | word_list("barely")
_IDIOMS_WITH_NO = word_list("idioms with no")
_LONGEST_STEP = 9  # largest distance in tokens from a word to its head, for the head's negation to affect it
_MOST_STEPS = 4  # heads to climb from a word in search of its negation


def negator_of(token: Token) -> Token | None:
    """The word that negates a token; None when nothing does.

    It is looked for beside the token, then beside the words that the token depends on, as far as their
    negation affects the token: "is n't *good*", "no good *food*", "did n't have a *great* time", "do n't
    think it is *good*", "without *problems*".
    """
    for step in _heads_reaching(token):
        negator = _negating_child(step, token) or _negative_subject(step)
        if negator is not None:
            return negator
        if step.dep_ == "pobj" and step.head.lower_ in _WITHOUT:
            return step.head
    return None


def _heads_reaching(token: Token) -> Iterator[Token]:
    """The token, and then the words that it depends on whose negation would negate it, nearest first."""
    yield token
    for _ in range(_MOST_STEPS):
        head = token.head
        if head is token or abs(head.i - token.i) > _LONGEST_STEP or not _lies_in_negation(token):
            return
        token = head
        yield token


def _lies_in_negation(token: Token) -> bool:
    """Whether a negation of the word that a token depends on also negates the token.

    It does for "good" in "is n't good", and does not for "crashes" in "is n't fast and crashes".
    """
    head, label = token.head, token.dep_
    follows_verb = head.i < token.i and head.pos_ in ("VERB", "AUX")
    if label == "conj":
        return _shares_negation(token)
    if label == "ccomp":
        return head.lemma_ in word_list("verbs of thinking") and head.i < token.i
    if label in ("prep", "pobj"):
        return head.pos_ not in ("VERB", "AUX") or head.lemma_ == "be"
    if label == "dobj":
        return head.pos_ in ("VERB", "AUX")
    if label == "xcomp":
        return bool(head.i < token.i)
    if label in ("advmod", "npadvmod"):
        return follows_verb
    return label in ("amod", "acl", "pcomp", "compound", *PREDICATES)


def _shares_negation(conjunct: Token) -> bool:
    """Whether a negation of the first conjunct negates this one too.

    It negates "quiet" in "is n't fast or quiet", and does not negate "crashes" in "is n't fast and crashes".
    """
    if has_dependent(conjunct, (*SUBJECTS, "aux", "auxpass", "neg")):
        return False
    return any(child.dep_ == "cc" and child.lower_ in ("or", "nor") for child in conjunct.head.children)


def _negating_child(head: Token, word: Token) -> Token | None:
    """The direct dependent of `head` that negates it and stands before `word`; None when there is none."""
    for child in head.children:
        if (
            child.lower_ in NEGATORS
            and child.dep_ in ("neg", "det", "advmod", "preconj")
            and child.i < word.i
        ):
            if child.lower_ in _NO and (head.lower_ in _IDIOMS_WITH_NO or child.dep_ not in ("det", "neg")):
                continue
            if child.lower_ in _NOT and next_token(child).lower_ in word_list("not negated by not"):
                continue
            return child
    return None


def _negative_subject(verb: Token) -> Token | None:
    """The "no" before a verb's subject, as in "no charger is included"; None when there is none.

    None also for "no" in an idiom, such as "no doubt", and for "no other": "no other place is as good".
    """
    for child in verb.children:
        if child.dep_ in ("nsubj", "nsubjpass") and child.lower_ not in _IDIOMS_WITH_NO:
            determiners = [c for c in child.children if c.lower_ in _NO and c.dep_ == "det"]
            if determiners and not any(c.lower_ == "other" for c in child.children):
                return determiners[0]
    return None
