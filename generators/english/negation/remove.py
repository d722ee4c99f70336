"""Removing negation: the edits after which a negated word is no longer negated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.data.support.spacy_parser import parser_vocabulary
from arts.generators.english.clauses import SUBJECTS, ends_clause, next_token
from arts.generators.english.inflection import article, inflect, match_case
from arts.generators.english.token_edits import deletion, span_edit, token_edit
from arts.generators.english.word_lists import word_list, word_pairs

if TYPE_CHECKING:
    from spacy.tokens import Token

RULE = "negation removed"
_ITEM_RULE = "polarity item"
_AUXILIARIES = word_pairs("uncontracted auxiliaries")
_REACH = 8  # number of tokens after a negation in which words that need it ("any") are looked for


def remove_negation(negator: Token, word: Token, *, sign: int = 0) -> tuple[Edit, ...] | None:
    """The edits that remove the negation of a word.

    Args:
        negator: the negating word, as `arts.generators.english.negation.detect.negator_of` gives it.
        word: the opinion word that it negates.
        sign: the sign of that word without the negation: 1 positive, -1 negative, 0 when unknown.

    Returns:
        The edits, or None when no rule can remove this negation, as in "not even" or "never again".
    """
    lower = negator.lower_
    if lower in word_list("not"):
        edits = _remove_not(negator, sign)
    elif lower in word_list("never"):
        edits = _replace_never(negator, word, sign)
    elif lower in word_list("no"):
        edits = _remove_no(negator)
    elif lower in word_list("barely"):
        edits = (deletion(negator, rule=RULE),)
    elif lower in word_list("without"):
        edits = None if next_token(negator).tag_ == "VBG" else (token_edit(negator, "with", rule=RULE),)
    else:
        edits = None
    if edits is None:
        return None
    items = _repair_polarity_items(negator)
    return None if items is None else (*edits, *items)


def _remove_not(negator: Token, sign: int) -> tuple[Edit, ...] | None:
    """Remove "not", and "do" where it only carries the "not": "does not work" → "works".

    Args:
        negator: the "not" or "n't".
        sign: the sign of the negated word, as in `remove_negation`.

    Returns:
        One edit, or None where that is not possible, as in "not even".
    """
    before = negator.nbor(-1) if negator.i else None
    if _next_lower(negator) == "even":
        return None
    if before is not None:
        if before.lemma_ == "do" and before.dep_ in ("aux", "ROOT"):
            return _remove_do(before, negator)
        if before.lower_ in _AUXILIARIES and not before.whitespace_:
            auxiliary = match_case(_AUXILIARIES[before.lower_], before.text)
            return (span_edit(before, negator, after=auxiliary, rule=RULE),)
        if not before.whitespace_ and before.pos_ in ("AUX", "VERB"):
            return (span_edit(before, negator, after=before.text, rule=RULE),)
        if (before.is_punct or before.dep_ == "cc") and negator.head.pos_ in ("NOUN", "PROPN"):
            return None  # "the soup, not the noodles"
    return _remove_free_not(negator, sign)


def _remove_free_not(negator: Token, sign: int) -> tuple[Edit, ...] | None:
    """Remove a "not" that is not joined to an auxiliary.

    One word takes the place of "not" and a degree word or quantifier after it: "not that good" → "very good".
    None where that is not possible, as for "not all". "not too" loses only its "not", but if `sign` is 1 (the
    negated word is positive), it becomes "very".
    """
    following, lower = next_token(negator), _next_lower(negator)
    if lower == "too" and sign <= 0:
        return (deletion(negator, rule=RULE),)
    if lower in word_list("degree words after not"):
        if lower == "all" or following.dep_ != "advmod":
            return None
        replacement = "very"
    elif lower in ("much", "many"):
        if following.dep_ != "amod":
            return None
        replacement = "a lot of"
    elif lower == "any":
        replacement = "some"
    else:
        return (deletion(negator, rule=RULE),)
    return (span_edit(negator, following, after=match_case(replacement, negator.text), rule=RULE),)


def _next_lower(token: Token) -> str:
    """The text of the next token in lower case; empty at the end of the text."""
    return str(token.nbor().lower_) if token.i + 1 < len(token.doc) else ""


def _remove_do(auxiliary: Token, negator: Token) -> tuple[Edit, ...] | None:
    """Remove "do" and "not" from before a verb: "does not really work" → "works".

    Returns:
        One edit, or None where that is not possible, as in a question.
    """
    verb = auxiliary.head if auxiliary.dep_ == "aux" else None
    if verb is None or verb.i <= negator.i or verb.tag_ not in ("VB", "VBP", "VBD", "VBZ"):
        return None
    between = negator.doc[negator.i + 1 : verb.i]
    if any(token.dep_ in SUBJECTS for token in between) or len(between) > 2:
        return None
    tag = {"does": "VBZ", "did": "VBD"}.get(auxiliary.lower_, "VBP")
    adverbs = [token.text for token in between if token.lower_ not in ("even", "really", "exactly")]
    form = inflect(verb.lemma_, tag)
    if parser_vocabulary().isdisjoint((form, verb.lemma_)):
        return None  # a typing error
    text = " ".join([*adverbs, form])
    return (span_edit(auxiliary, verb, after=match_case(text, auxiliary.text), rule=RULE),)


def _replace_never(negator: Token, word: Token, sign: int) -> tuple[Edit, ...] | None:
    """Replace "never" by "always", or delete it when the word that it negates is a noun.

    It becomes "often" when that word is negative (`sign` is -1): "never slow" → "often slow". None where that
    is not natural, as in "never again".
    """
    compares = any(token.tag_ in ("JJR", "RBR", "JJS") for token in negator.head.subtree)
    if next_token(negator).lower_ in ("again", "mind") or compares:
        return None
    if word.pos_ == "NOUN":
        return (deletion(negator, rule=RULE),)
    return (token_edit(negator, "often" if sign < 0 else "always", rule=RULE),)


def _remove_no(negator: Token) -> tuple[Edit, ...] | None:
    """Replace the "no" before a noun: "had no issues" → "had some issues", "no problem" → "a problem".

    Returns:
        One edit, or None when "no" does not stand before a noun.
    """
    noun = negator.head
    if noun.i < negator.i or noun.pos_ not in ("NOUN", "PROPN"):
        return None
    if noun.tag_ in ("NNS", "NNPS"):
        determiner = "some" if negator.i and noun.dep_ != "ROOT" else "many"
    elif noun.lemma_.lower() in word_list("mass nouns"):
        determiner = "some" if noun.dep_ not in ("nsubj", "ROOT") else "the"
    else:
        determiner = article(negator.nbor().text)
    return (token_edit(negator, determiner, rule=RULE),)


def _repair_polarity_items(negator: Token) -> tuple[Edit, ...] | None:
    """Repair words that only a negation allows: "any" → "some"; "at all" is deleted.

    Returns:
        The edits, or None when there is a word that cannot be repaired.
    """
    edits = []
    doc = negator.doc
    for token in doc[negator.i + 1 : negator.i + 1 + _REACH]:
        if token.text in (";", ".", "!", "?") or token.lower_ in ("but", "because"):
            break
        if token.lower_ in word_list("bound to a negation"):
            return None
        if token.lower_ == "any" and token.i > negator.i + 1:
            edits.append(token_edit(token, "some", rule=_ITEM_RULE))
        elif token.lower_ == "thing" and doc[token.i - 1].lower_ == "a":
            return None  # "hardly feeling a thing"
        elif token.lower_ == "anything":
            edits.append(token_edit(token, "something", rule=_ITEM_RULE))
        elif token.lower_ == "all" and doc[token.i - 1].lower_ == "at":
            edits.append(deletion(doc[token.i - 1], token, rule=_ITEM_RULE))
        elif token.lower_ == "either" and token.dep_ == "advmod" and ends_clause(token):
            edits.append(token_edit(token, "too", rule=_ITEM_RULE))
    return tuple(edits)
