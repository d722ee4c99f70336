"""Degree: comparisons, words that weaken ("slightly") or exaggerate ("really"), "too" and "enough"."""

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
_LESS = {"JJR": "less", "RBR": "less"}
_VERY = word_list("very")
_HEDGES = word_list("hedges")
_DEGREE_WORDS = _VERY | _HEDGES | word_list("other degree words")
_TOTAL = word_list("adverbs of totality")
_EXTREME = word_list("extreme")
_UNGRADABLE = word_list("ungradable")
_UNEXAGGERATED = _UNGRADABLE | word_list("barely")
_BEFORE_ADJECTIVE = ordered_words("exaggerating adjectives")


# Comparisons


def turn_comparison(head: Token) -> tuple[Edit, ...] | None:
    """Replace "more", "less", "most" or "least" before a word: "more reliable" → "less reliable".

    Returns:
        One edit, or None when none of the four modifies the word, or the word is no adjective or adverb.
    """
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
    """Replace a comparative by "less": "faster" → "less fast".

    Args:
        head: the word.
        lemma: its base form ("fast").

    Returns:
        One edit, or None when the word is no comparative, or "less" does not go with it ("better").
    """
    if head.tag_ not in _LESS or lemma in word_list("suppletive"):
        return None
    return (token_edit(head, f"{_LESS[head.tag_]} {lemma}", rule=_COMPARISON_RULE),)


# Degree words of a word that is replaced


def delete_hedge(head: Token) -> list[Edit]:
    """The edit that deletes "slightly", "a bit" or "kind of" before a word: "a bit slow" → "slow".

    Returns:
        A list of one edit; empty when there is no such word, or before a comparative ("a bit slower").
    """
    hedge = previous_token(head)
    first = previous_token(hedge)
    kind = hedge.lower_ == "of" and first.lower_ in ("kind", "sort") and hedge.dep_ == "advmod"
    if (hedge.lower_ not in _HEDGES and not kind) or head.tag_ in ("JJR", "RBR"):
        return []
    return [deletion(first if kind or first.lower_ == "a" else hedge, hedge, rule=RULE)]


def delete_stressing_adjectives(head: Token, start: int) -> list[Edit]:
    """The edits that delete the adjectives that stress an adjective: the "silky" of "silky smooth".

    Args:
        head: the adjective.
        start: the index of the first token of the phrase that the adjective belongs to.
    """
    if head.pos_ != "ADJ":
        return []
    adjectives = (child for child in head.children if child.dep_ == "amod" and child.i < start)
    return [deletion(child, rule=RULE) for child in adjectives if child.lower_ not in _HEDGES]


def neutralize_feeling_adverbs(head: Token, replacement: str, *, start: int) -> list[Edit]:
    """Remove adverbs of feeling before a word that is replaced: the "beautifully" of "beautifully light".

    Each becomes "very" ("very heavy"), or is deleted before an extreme replacement such as "terrible".

    Args:
        head: the word that is replaced.
        replacement: what it is replaced by.
        start: the index of the first token of the phrase that the word belongs to.
    """
    if head.pos_ not in ("ADJ", "ADV"):
        return []
    adverbs = [
        child
        for child in head.children
        if _expresses_feeling(child) and child.dep_ == "advmod" and child.i < start
    ]
    if replacement in _EXTREME:
        return [deletion(adverb, rule=RULE) for adverb in adverbs if adverb.lower_ not in _TOTAL]
    return [
        token_edit(adverb, "really" if adverb.lower_ in _TOTAL else "very", rule=RULE) for adverb in adverbs
    ]


def _expresses_feeling(adverb: Token) -> bool:
    """Whether an adverb of degree goes with few words only, or with those of one orientation."""
    if adverb.lower_ in word_list("adverbs of feeling") | _TOTAL:
        return True
    return adverb.lower_.endswith("ly") and adverb.lower_ not in word_list("open adverbs")


def replace_too(first: Token, last: Token, *, head: Token, replacement: str) -> tuple[Edit, ...] | None:
    """The edit that replaces an adjective together with the "too" before it: "too slow" → "fast enough".

    Adjectives of taste stay: "too sweet" → "just sweet enough". Before a noun, "too" is only left out: "a too
    slow fan" → "a fast fan".

    Args:
        first: the first token of the adjective, which may be a phrase.
        last: its last token.
        head: the token of the phrase that the others depend on.
        replacement: the opposite of the adjective.

    Returns:
        One edit, or None when there is no "too" before the adjective.
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
    """The replacements that can follow the degree word before a word, best first.

    Without a degree word, all can. After "very" or "too", a single adjective or adverb is replaced only by
    single words (not "very with ease"). Adjectives that "very" does not go with ("terrible") come last.

    Args:
        replacements: the replacements, best first.
        head: the token of the replaced phrase that its others depend on.
        start: the index of the phrase's first token.
        end: the index after its last token.
    """
    if not any(child.lower_ in _VERY | {"too"} and child.i < start for child in head.children):
        return replacements
    if head.pos_ in ("ADJ", "ADV") and end - start == 1:
        replacements = [text for text in replacements if " " not in text]
    return sorted(replacements, key=lambda text: text in _EXTREME | _UNGRADABLE)


# Exaggeration


def has_degree_word(head: Token) -> bool:
    """Whether a word has a degree word or another modifier right before it, so that no further one fits.

    "great" has in "very great" and "consistently great"; it has none in "The soup is great".
    """
    before = previous_token(head)
    if any(child.lower_ in _DEGREE_WORDS for child in head.children):
        return True
    if head.i and before.lower_ in _DEGREE_WORDS:
        return True
    modifies = before.head == head and before.dep_ in ("advmod", "amod")
    return modifies and head.pos_ in ("ADJ", "ADV", "VERB")


def raise_degree(head: Token) -> Edit | None:
    """The edit that replaces a weak degree word by a strong one: "pretty slow" → "really slow".

    Returns:
        The edit, or None when there is no such word before an adjective that has degrees.
    """
    before = previous_token(head)
    stronger = word_pairs("stronger degree words").get(before.lower_)
    if stronger is None or before == head or before.head != head or not exaggerating_words(head):
        return None
    return token_edit(before, stronger, rule=RULE)


def exaggerating_words(head: Token) -> tuple[str, ...]:
    """The degree words that can exaggerate a word, as "really" does in "really good"; empty when none fits.

    The caller draws one at random. A word is in the tuple twice when it should be drawn twice as often.
    """
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
