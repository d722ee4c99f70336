"""Exaggeration: a degree word where it fits."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.inflection import cased_like
from arts.generators.english.word_lists import BARELY, EXTREME, HEDGES, UNGRADABLE, VERY, words
from arts.generators.opinions.analysis import Analysis, OpinionWord

if TYPE_CHECKING:
    from spacy.tokens import Token

_BEFORE_ADJECTIVE = ("very", "very", "really")
_BEFORE_COMPARATIVE = ("much", "far")
_BEFORE_VERB = ("really",)
_FELT = words(
    "adore appreciate despise detest dislike enjoy fear hate like loathe love miss regret recommend suck"
)
_DEGREE = VERY | HEDGES | words("too more most less least as much far even enough not how such")


def exaggerated(analysis: Analysis, word: OpinionWord, rng: Random) -> tuple[Edit, ...]:
    """The edit that strengthens an opinion word with a degree word; none where no such word fits.

    "small" → "really small", "higher" → "much higher", "works well" → "works really well",
    "hate" → "really hate"; never before a superlative, nor where a degree word stands already.
    """
    head = analysis.doc[word.head]
    if word.entry is None or len(word.tokens) > 1 or analysis.negator(head) is not None:
        return ()
    if any(child.lower_ in _DEGREE for child in head.children) or _follows_degree(head) or _has_adverb(head):
        return ()
    choices = _fitting(head)
    if not choices:
        return ()
    text = head.text
    if head.is_sent_start and text[:1].isupper() and not text.isupper():
        text = text[:1].lower() + text[1:]
    led = cased_like(
        f"{rng.choice(choices)} {text}", head.text if head.is_sent_start and not head.text.isupper() else ""
    )
    return (Edit(head.idx, head.idx + len(head), head.text, led, "degree"),)


def _follows_degree(head: Token) -> bool:
    return head.i > 0 and head.nbor(-1).lower_ in _DEGREE


def _fitting(head: Token) -> tuple[str, ...]:
    tag = head.tag_
    if head.lower_ in UNGRADABLE | BARELY or (
        head.dep_ == "amod" and head.head.pos_ not in ("NOUN", "PROPN")
    ):
        return ()
    if head.lower_ in EXTREME:
        return ("really",) if tag == "JJ" else ()
    if tag in ("JJR", "RBR") and head.lower_ not in ("more", "less"):
        return _BEFORE_COMPARATIVE
    if tag == "JJ" and head.dep_ in ("amod", "acomp", "conj", "ROOT"):
        return _BEFORE_ADJECTIVE
    if tag == "RB" and head.dep_ == "advmod" and head.head.pos_ in ("VERB", "AUX") and head.i > head.head.i:
        return _BEFORE_ADJECTIVE
    if head.lemma_ in _FELT and tag in ("VBP", "VBZ", "VBD"):
        return _BEFORE_VERB
    return ()


def _has_adverb(head: Token) -> bool:
    """Whether a word that modifies it stands right before: "consistently great", "silky smooth"."""
    before = head.nbor(-1) if head.i else head
    return before.head == head and before.dep_ in ("advmod", "amod") and head.pos_ in ("ADJ", "ADV", "VERB")
