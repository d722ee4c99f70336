"""Constructions in which an opinion word is said of a noun or verb itself: "good soup"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from arts.generators.english.clauses import PREDICATES, next_token, previous_token
from arts.generators.english.word_lists import word_list

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_MOST_STEPS = 6  # heads to climb from a word or noun
_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_OBJECTS = ("dobj", "oprd")
_WISHING = word_list("verbs of wishing")
_MODALS = word_list("modals")


def is_said_of(word: Token, noun: Token) -> bool:
    """Whether a word evaluates a noun (or a verb) by its place in the sentence.

    It does so as a modifier ("good soup"), as a predicate ("the soup is good", "the soup is a good one"), as
    a verb with the noun as subject or object ("I love the soup"), or as an adverb of a verb ("boots fast").
    Conjunctions are followed on both sides: "the soup and the bread are fresh and tasty".

    Args:
        word: the syntactic head of an opinion word.
        noun: the syntactic head of an aspect term.
    """
    places = list(_places(noun))
    return any(_relates(first, place) for first in _conjuncts(word) for place in places)


def _conjuncts(word: Token) -> Iterator[Token]:
    """A word and those to which "and" or a comma joins it, as far as its own conjunctions go."""
    yield word
    for _ in range(_MOST_STEPS):
        if word.dep_ != "conj":
            return
        word = word.head
        yield word


def _places(noun: Token) -> Iterator[Token]:
    """A noun, and the words for which it stands: "quality" in "the quality of the soup"."""
    for _ in range(_MOST_STEPS):
        yield noun
        head = noun.head
        if noun.dep_ in ("conj", "compound", "nmod", "poss") and head != noun:
            noun = head
        elif noun.dep_ == "pobj" and head.lower_ in ("of", "on", "in", "with", "for") and head.dep_ == "prep":
            noun = head.head
        else:
            return


def _relates(word: Token, noun: Token) -> bool:
    """Whether a word evaluates a noun directly, without any conjunction between them."""
    if word == noun:
        return False
    head = word.head
    if head == noun and word.dep_ in ("amod", "advmod", "acomp", "compound", "relcl", "nmod", "oprd", "attr"):
        return True
    if noun.dep_ == "pobj" and noun.head.head == word:
        return noun.head.lower_ in ("with", "by", "about", "for", "of", "in", "at", "to")
    if noun.head == word:
        return noun.dep_ in (*_SUBJECTS, *_OBJECTS, "xcomp", "pobj", "ccomp", "prep")
    if word.dep_ in ("amod", "compound") and head.dep_ in (*PREDICATES, *_OBJECTS):
        return _is_subject(noun, head.head)
    if word.dep_ in (*PREDICATES, "advmod", "npadvmod", "xcomp", "prep"):
        return _is_subject(noun, head) or (noun.dep_ in ("xcomp", "dobj") and noun.head == head)
    return False


def _is_subject(noun: Token, verb: Token) -> bool:
    """Whether a noun is the subject of a verb, also of one to which the verb is joined, or its antecedent."""
    for _ in range(_MOST_STEPS):
        if noun.head == verb and noun.dep_ in _SUBJECTS:
            return True
        if verb.dep_ == "relcl" and verb.head == noun:
            return True
        if verb.dep_ not in ("conj", "xcomp", "aux", "ccomp") or verb.head == verb:
            return False
        verb = verb.head
    return False


def is_beside(word: Span, noun: Span) -> bool:
    """Whether a word stands right before a noun phrase, or behind it after a form of "be"."""
    if word.end <= noun.start:
        between = word.doc[word.end : noun.start]
        return len(between) <= 3 and all(t.pos_ in ("ADJ", "NOUN", "PROPN", "ADV", "DET") for t in between)
    between = word.doc[noun.end : word.start]
    is_linked = len(between) == 0 or any(t.lemma_ in word_list("copulas") for t in between)
    return is_linked and all(t.pos_ in ("AUX", "VERB", "ADV", "DET", "ADJ") for t in between)


def is_hypothetical(word: Token) -> bool:
    """Whether a word says what might be or what somebody wants: "I wish it were fast", "could be better"."""
    finite = False
    for step in (word, *word.ancestors):
        if step.pos_ in ("VERB", "AUX") and step != word:
            looks_for = step.lemma_ == "look" and any(c.lower_ == "for" for c in step.children)
            if looks_for or (step.lemma_.lower() in _WISHING and step.dep_ != "amod"):
                return True
        if not finite and any(child.dep_ == "aux" and child.lower_ in _MODALS for child in step.children):
            return True
        finite = finite or any(child.dep_ in _SUBJECTS for child in step.children)
        if step.dep_ in ("relcl", "ROOT", "advcl") or (step.dep_ == "conj" and step.pos_ in ("VERB", "AUX")):
            return False
    return False


def is_advice(verb: Token) -> bool:
    """Whether a verb gives advice: "Try the soup", "you must try it", "be sure to try it"."""
    if verb.lower_ not in word_list("verbs of advice"):
        return False
    if any(child.dep_ == "aux" and child.lower_ in ("must", "should") for child in verb.children):
        return True
    orders = verb.dep_ == "ROOT" and not any(child.dep_ in (*_SUBJECTS, "aux") for child in verb.children)
    return orders or (verb.dep_ == "xcomp" and verb.head.lemma_ in ("sure", "have", "get"))


def is_functioning(verb: Token) -> bool:
    """Whether a verb says that a thing does what it should: "the printer works", not "she works there"."""
    subject = next((child for child in verb.children if child.dep_ in _SUBJECTS), None)
    if verb.lemma_ not in word_list("verbs of functioning") or verb.dep_ in ("relcl", "advcl", "amod", "acl"):
        return False
    persons = word_list("persons") | {"i", "we", "you", "he", "she", "they", "who", "that"}
    return subject is None or subject.lower_ not in persons


def compares_equals(word: Token) -> bool:
    """Whether a word stands between "as" and "as": "as good as the old one"."""
    return previous_token(word).lower_ == "as" and previous_token(word).i != word.i


def has_consequence(word: Token) -> bool:
    """Whether "too", "so", "such" or "enough" goes with a word and a clause follows from it.

    That is so in "too slow to use", "so good that we came back", and not in "so good".
    """
    near = [*word.children, *(word.head.children if word.dep_ == "amod" else ())]
    measures = {child.lower_ for child in near}
    opener = {"that"} if measures & {"so", "such"} else set()
    opener |= {"to"} if measures & {"too", "enough"} else set()
    if "so" in measures:
        behind = word.doc[word.i + 1 : word.sent.end]
        if any(t.text == "," and next_token(t).pos_ == "PRON" for t in behind):
            return True  # "so slow, I gave up"
    clauses = [c for c in (*near, *word.head.children) if c.dep_ in ("xcomp", "advcl", "ccomp", "relcl")]
    return any(c.i > word.i and any(g.lower_ in opener for g in c.children) for c in clauses)


def is_name(word: Token) -> bool:
    """Whether a word is part of a name by its capitals: "Happy" in "at Happy Noodle House"."""
    if not word.text.istitle() or word.is_sent_start:
        return False
    following = next_token(word)
    return following != word and following.text.istitle() and word.head.pos_ == "PROPN"


def is_quoted(word: Token) -> bool:
    """Whether a word stands in quotation marks or after "so called", and may be meant in irony."""
    if not word.i:
        return word.lower_ == "so-called"
    quotes = ('"', "'", "“", "‘", "`", "``")
    before = word.nbor(-1)
    if before.lower_ == "called" and word.i > 1 and before.nbor(-1).lower_ == "so":
        return True
    return before.lower_ == "so-called" or (before.text in quotes and not before.whitespace_)
