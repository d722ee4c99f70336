"""Degree: comparisons, hedges, "too" and "enough", and the degree words that exaggerate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.clauses import previous_token
from arts.generators.english.inflection import match_case
from arts.generators.english.token_edits import deletion, span_edit, token_edit
from arts.generators.english.word_lists import ordered_words, word_list, word_pairs

if TYPE_CHECKING:
    from spacy.tokens import Token

RULE = "degree"
_OPPOSITES = word_pairs("comparison")
_COMPARISON_RULE = "comparison"
_LEAST = {"JJR": "less", "RBR": "less", "JJS": "least", "RBS": "least"}
_VERY = word_list("very")
_HEDGES = word_list("hedges")
_DEGREE_WORDS = _VERY | _HEDGES | word_list("other degree words")
_EXTREME = word_list("extreme")
_UNGRADABLE = word_list("ungradable")
_UNEXAGGERATED = _UNGRADABLE | word_list("barely")
_BEFORE_ADJECTIVE = ordered_words("exaggerating adjectives")


# Comparisons


def turn_comparison(head: Token) -> tuple[Edit, ...] | None:
    """Turn a comparison with an adverb: "more reliable" ↔ "less reliable", "most" ↔ "least"."""
    for child in head.children:
        is_number = child.lower_ == "most" and (
            child.i == 0 or child.nbor(-1).lower_ in word_list("prepositions before most")
        )
        if (
            child.lower_ in _OPPOSITES
            and not is_number
            and child.dep_ == "advmod"
            and child.tag_ in ("RBR", "RBS")
            and child.i < head.i
        ):
            opposite = _OPPOSITES[child.lower_]
            if head.pos_ not in ("ADJ", "ADV"):
                return None
            return (token_edit(child, opposite, rule=_COMPARISON_RULE),)
    return None


def lower_comparison(head: Token, lemma: str) -> tuple[Edit, ...] | None:
    """Turn an inflected comparison into one with "less" or "least": "faster" → "less fast"."""
    if head.tag_ not in _LEAST or lemma in word_list("suppletive"):
        return None
    return (token_edit(head, f"{_LEAST[head.tag_]} {lemma}", rule=_COMPARISON_RULE),)


# Degree words of a word that is replaced


def delete_hedge(head: Token) -> list[Edit]:
    """Delete the "slightly", "a bit" or "kind of" before a word in its positive degree."""
    hedge = previous_token(head)
    first = previous_token(hedge)
    kind = hedge.lower_ == "of" and first.lower_ in ("kind", "sort") and hedge.dep_ == "advmod"
    if (hedge.lower_ not in _HEDGES and not kind) or head.tag_ in ("JJR", "RBR"):
        return []
    return [deletion(first if kind or first.lower_ == "a" else hedge, hedge, rule=RULE)]


def delete_stressing_adjectives(head: Token, start: int) -> list[Edit]:
    """Delete the adjectives before an adjective that stress it: "silky smooth".

    Args:
        head: the adjective.
        start: the index of the token that its phrase begins with.
    """
    if head.pos_ != "ADJ":
        return []
    adjectives = (child for child in head.children if child.dep_ == "amod" and child.i < start)
    return [deletion(child, rule=RULE) for child in adjectives if child.lower_ not in _HEDGES]


def neutralize_feeling_adverbs(head: Token, replacement: str, *, start: int) -> list[Edit]:
    """Replace the adverbs of feeling before a word by "very", or delete them before an extreme replacement.

    Args:
        head: the word that is replaced.
        replacement: what it is replaced by.
        start: the index of the token that its phrase begins with.
    """
    adverbs = [
        child
        for child in head.children
        if child.lower_ in word_list("adverbs of feeling") and child.dep_ == "advmod" and child.i < start
    ]
    if replacement in _EXTREME:
        return [deletion(adverb, rule=RULE) for adverb in adverbs]
    return [token_edit(adverb, "very", rule=RULE) for adverb in adverbs]


def replace_too(first: Token, last: Token, *, head: Token, replacement: str) -> tuple[Edit, ...] | None:
    """Replace an adjective with "too": "too slow" → "fast enough", "too sweet" → "just sweet enough".

    As an attribute, "too" goes: "a too slow fan" → "a fast fan".

    Args:
        first: the first token of the adjective.
        last: its last token.
        head: its syntactic head.
        replacement: the opposite of the adjective.

    Returns:
        The edit, or None when there is no "too" before the adjective.
    """
    too = previous_token(first)
    if too.lower_ != "too":
        return None
    text = f"just {head.lower_} enough" if head.lower_ in word_list("tastes") else f"{replacement} enough"
    if head.dep_ == "amod":
        text = replacement
    while too.i and too.nbor(-1).lower_ in word_list("before too"):  # "way too slow"
        too = too.nbor(-1)
    return (span_edit(too, last, after=match_case(text, too.text), rule="antonym"),)


def fit_replacements_to_degree(replacements: list[str], head: Token, *, start: int, end: int) -> list[str]:
    """The replacements that go with the degree word before a word, if there is one, best first.

    After "very", only single words, and the ungradable ones last: not "very with ease", "very terrible".

    Args:
        replacements: the replacements, best first.
        head: the syntactic head of the replaced word.
        start: the index of its first token.
        end: the index after its last token.
    """
    if not any(child.lower_ in _VERY | {"too"} and child.i < start for child in head.children):
        return replacements
    if head.pos_ in ("ADJ", "ADV") and end - start == 1:
        replacements = [text for text in replacements if " " not in text]
    return sorted(replacements, key=lambda text: text in _EXTREME | _UNGRADABLE)


# Exaggeration


def has_degree_word(head: Token) -> bool:
    """Whether a degree word goes with a word already, or another modifier stands right before it.

    As in "consistently great", "silky smooth".
    """
    before = previous_token(head)
    if any(child.lower_ in _DEGREE_WORDS for child in head.children):
        return True
    if head.i and before.lower_ in _DEGREE_WORDS:
        return True
    modifies = before.head == head and before.dep_ in ("advmod", "amod")
    return modifies and head.pos_ in ("ADJ", "ADV", "VERB")


def exaggerating_words(head: Token) -> tuple[str, ...]:
    """The degree words that exaggerate a word, in an order to draw from; none where no such word fits."""
    tag, describes_noun = head.tag_, head.dep_ == "amod" and head.head.pos_ in ("NOUN", "PROPN")
    if head.lower_ in _UNEXAGGERATED or (head.dep_ == "amod" and not describes_noun):
        return ()
    if head.lower_ in _EXTREME:
        return ordered_words("exaggerating extreme adjectives") if tag == "JJ" else ()
    if tag in ("JJR", "RBR") and head.lower_ not in ("more", "less"):
        return ordered_words("exaggerating comparatives")
    if tag == "JJ" and head.dep_ in ("amod", "acomp", "conj", "ROOT"):
        return _BEFORE_ADJECTIVE
    if tag == "RB" and head.dep_ == "advmod" and head.head.pos_ in ("VERB", "AUX") and head.i > head.head.i:
        return _BEFORE_ADJECTIVE
    if head.lemma_ in word_list("verbs of feeling") and tag in ("VBP", "VBZ", "VBD"):
        return ordered_words("exaggerating verbs")
    return ()
