"""Looking a word of a sentence up in the opinion lexicon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from arts.generators.english.word_lists import COMPARING, COPULAS, FACTUAL, GENERAL, VERY, words
from arts.generators.opinions.lexicon import Entry, Lexicon, Part

if TYPE_CHECKING:
    from spacy.tokens import Token

_PARTS = {
    "ADJ": (Part.ADJ,),
    "ADV": (Part.ADV, Part.ADJ),
    "NOUN": (Part.NOUN, Part.ADJ),
    "PROPN": (Part.ADJ, Part.NOUN),
    "VERB": (Part.VERB,),
    "AUX": (Part.VERB,),
    "INTJ": (Part.ADJ, Part.NOUN),
    "ADP": (Part.ADJ,),
    "SCONJ": (Part.ADJ,),
}
_VERBAL = ("nsubj", "nsubjpass", "aux", "auxpass", "dobj", "neg")
_NAMES = words("pro con")  # as in "the MacBook Pro"
_FILLERS = words("even just like most pretty right so still well")
_LEMMAS = {"better": "good", "best": "good", "worse": "bad", "worst": "bad"}
_ADVERB_LEMMAS = {"better": "well", "best": "well", "worse": "badly", "worst": "badly"}


def entry_of(token: Token, lexicon: Lexicon) -> Entry | None:
    """The entry of a single word (with its particle, if it has one), where it carries opinion."""
    if not token.is_alpha or token.lower_ in COMPARING or _is_hyphenated(token):
        return None
    for lemma, part in _lookups(token):
        entry = lexicon.words.get((lemma, part))
        if entry:
            return None if _says_nothing(token) else entry
    return None


def _is_hyphenated(token: Token) -> bool:
    """Whether the word is a part of a longer one: "die-hard"."""
    doc, i = token.doc, token.i
    left = i > 0 and doc[i - 1].text == "-" and not doc[i - 1].whitespace_
    right = i + 1 < len(doc) and doc[i + 1].text == "-" and not token.whitespace_
    return left or right


def _says_nothing(token: Token) -> bool:
    """Whether a word that may carry opinion does not here: "as well", "Pros:", "than you would like"."""
    if token.lower_ == "well" and token.i and token.nbor(-1).lower_ == "as":
        return True
    verb = token.head
    manner = token.dep_ == "advmod" and verb.pos_ == "VERB" and (verb.i < token.i or verb.tag_ == "VBN")
    if token.lower_ in _FILLERS and token.pos_ in ("ADV", "INTJ", "ADP", "SCONJ", "PART"):
        return not (manner if token.lower_ == "well" else token.lower_ == "like" and _follows_subject(token))
    if token.pos_ == "PROPN" and token.lower_ in _NAMES:
        return True
    if token.lower_ == "clearly" and token.head.pos_ == "VERB" and token.i < token.head.i:
        return True
    if token.dep_ == "prep" and token.tag_ == "VBG":  # "including"
        return True
    if token.lower_ in FACTUAL or (token.lower_ == "enough" and token.dep_ == "advmod"):
        return True
    if token.lemma_ in ("like", "love") and any(c.lower_ in ("would", "'d", "’d") for c in token.children):
        return True
    if token.lower_ == "sure" and token.head.lemma_ == "make":
        return True
    if token.pos_ == "NOUN" and token.i + 1 < len(token.doc) and token.nbor().text == ":":
        return True
    if token.lower_ in VERY and token.dep_ == "advmod" and token.head.pos_ in ("ADJ", "ADV"):
        return True
    if token.lower_ in ("best", "worst") and token.doc[token.i + 1 : token.i + 3].text.lower() == "of all":
        return True
    return any(opener.lower_ in ("than", "if", "unless") for opener in _openers(token))


def _openers(token: Token) -> Iterator[Token]:
    """The words that open the clauses a word lies in, up to the main one."""
    for step in (token, *token.ancestors):
        if step.dep_ in ("advcl", "pcomp", "ccomp"):
            yield from (c for c in step.children if c.dep_ in ("mark", "prep", "advmod"))
        if step.dep_ == "pcomp" or (step.dep_ == "prep" and step.lower_ == "than"):
            yield step


def _follows_subject(token: Token) -> bool:
    """Whether "I" or "we", perhaps with an adverb, stands before a word."""
    before = token.doc[max(token.i - 2, 0) : token.i]
    return any(t.lower_ in ("i", "we") for t in before) and all(t.pos_ in ("PRON", "ADV") for t in before)


def _tells_manner(adjective: Token) -> bool:
    """Whether an adjective stands for an adverb: "works great", not "is great"."""
    if adjective.dep_ == "acomp":
        between = adjective.doc[adjective.head.i : adjective.i]
        return adjective.head.lemma_ not in COPULAS and not any(token.is_punct for token in between)
    verb = adjective.head
    return adjective.dep_ == "advmod" and verb.pos_ in ("VERB", "AUX") and verb.lemma_ not in COPULAS


def _lookups(token: Token) -> Iterable[tuple[str, Part]]:
    """(lemma, part of speech) pairs to look up, best first."""
    lower, lemma = token.lower_, token.lemma_.lower()
    parts = _PARTS.get(token.pos_, ())
    if lower == "like" and token.pos_ in ("ADP", "SCONJ") and _follows_subject(token):
        yield lower, Part.VERB
    if token.pos_ == "ADJ" and _tells_manner(token):
        parts = (Part.ADV, Part.ADJ)
    if token.pos_ == "ADV" and (token.dep_ in ("acomp", "amod") or token.head.pos_ in ("ADJ", "NOUN")):
        parts = (Part.ADJ, Part.ADV)
    if token.pos_ in ("VERB", "AUX"):
        particle = next((child.lower_ for child in token.children if child.dep_ == "prt"), None)
        if particle:
            yield f"{lemma} {particle}", Part.VERB
        perfect = any(c.dep_ == "aux" and c.lemma_ == "have" for c in token.children)
        if token.tag_ in ("VBN", "VBG") and not perfect:
            yield lower, Part.ADJ
        yield lemma, Part.VERB
        if token.tag_ in ("VB", "VBP") and not any(c.dep_ in _VERBAL for c in token.children):
            yield lower, Part.ADJ  # "Nice" or "slow" taken for a verb
    determined = any(child.dep_ in ("det", "poss") for child in token.children)
    for part in parts:
        if part is Part.VERB:
            continue
        if part is Part.ADJ and token.pos_ in ("NOUN", "PROPN") and determined and lower not in GENERAL:
            continue
        if part is Part.ADV:
            lemma = _ADVERB_LEMMAS.get(lower, lemma)
        elif part is Part.ADJ:
            lemma = _LEMMAS.get(lower, lemma)
        yield lower, part
        yield lemma, part
