"""Looking a word of a sentence up in the opinion lexicon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from arts.generators.english.clauses import describes_action, has_dependent, next_token, previous_token
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_list, word_pairs
from arts.generators.opinions.lexicon import Lexicon, LexiconEntry

if TYPE_CHECKING:
    from spacy.tokens import Token

_PARTS_OF_SPEECH = {
    "ADJ": (PartOfSpeech.ADJ,),
    "ADV": (PartOfSpeech.ADV, PartOfSpeech.ADJ),
    "NOUN": (PartOfSpeech.NOUN, PartOfSpeech.ADJ),
    "PROPN": (PartOfSpeech.ADJ, PartOfSpeech.NOUN),
    "INTJ": (PartOfSpeech.ADJ, PartOfSpeech.NOUN),
    "ADP": (PartOfSpeech.ADJ,),
    "SCONJ": (PartOfSpeech.ADJ,),
}
_VERBAL = ("nsubj", "nsubjpass", "aux", "auxpass", "dobj", "neg")
_COMPARING = word_pairs("comparison").keys()


def entry_of(token: Token, lexicon: Lexicon) -> LexiconEntry | None:
    """The lexicon's entry of a single word, or None when the word expresses no opinion in its sentence.

    A verb with a particle ("slows down") has an entry of its own. "like" expresses an opinion in "I like it",
    and none in "looks like".
    """
    if not token.is_alpha or token.lower_ in _COMPARING:
        return None
    for lemma, pos in _lookups(token):
        entry = lexicon.words.get((lemma, pos))
        if entry:
            return None if _adjoins_hyphen(token) or _says_nothing(token) else entry
    return None


def _adjoins_hyphen(token: Token) -> bool:
    """Whether a word is part of a longer word with a hyphen: "hard" in "die-hard"."""
    doc, i = token.doc, token.i
    left = i > 0 and doc[i - 1].text == "-" and not doc[i - 1].whitespace_
    right = i + 1 < len(doc) and doc[i + 1].text == "-" and not token.whitespace_
    return left or right


def _says_nothing(token: Token) -> bool:
    """Whether a word that has an entry in the lexicon expresses no opinion in its sentence."""
    if token.lower_ == "well" and token.i and previous_token(token).lower_ == "as":
        return True
    if token.lower_ in word_list("fillers") and token.pos_ in ("ADV", "INTJ", "ADP", "SCONJ", "PART"):
        return _is_filler(token)
    return _states_fact(token) or _is_idiomatic(token) or _lies_in_comparison_or_condition(token)


def _is_filler(token: Token) -> bool:
    """Whether a word that is often a filler is one here.

    "even" is one in "even better"; "well" in "works well" and "like" in "I like" are not.
    """
    if token.lower_ == "well":
        verb = token.head
        after_verb = verb.i < token.i or verb.tag_ == "VBN"
        return not (token.dep_ == "advmod" and verb.pos_ == "VERB" and after_verb)
    return not (token.lower_ == "like" and _follows_subject(token))


def _states_fact(token: Token) -> bool:
    """Whether a word states a fact or a degree: "the same", "really good", "good enough"."""
    if token.lower_ in word_list("factual") or (token.lower_ == "enough" and token.dep_ == "advmod"):
        return True
    return token.lower_ in word_list("very") and token.dep_ == "advmod" and token.head.pos_ in ("ADJ", "ADV")


def _is_idiomatic(token: Token) -> bool:
    """Whether a word is part of an expression without opinion: "Pros:", "make sure", "I would like"."""
    lower, head = token.lower_, token.head
    if token.pos_ == "PROPN" and lower in word_list("parts of names"):
        return True
    if lower == "clearly" and head.pos_ == "VERB" and token.i < head.i:
        return True
    if token.dep_ == "prep" and token.tag_ == "VBG":  # "including"
        return True
    if token.lemma_ in ("like", "love") and any(c.lower_ in ("would", "'d", "’d") for c in token.children):
        return True
    if lower == "sure" and head.lemma_ == "make":
        return True
    if token.pos_ == "NOUN" and next_token(token).text == ":":
        return True
    return lower in ("best", "worst") and token.doc[token.i + 1 : token.i + 3].text.lower() == "of all"


def _lies_in_comparison_or_condition(token: Token) -> bool:
    """Whether a word lies in a clause with "than", "if" or "unless": "like" in "than you would like"."""
    return any(opener.lower_ in ("than", "if", "unless") for opener in _clause_openers(token))


def _clause_openers(token: Token) -> Iterator[Token]:
    """The words that introduce the subordinate clauses in which a word lies, from the innermost outwards.

    For "like" in "if you like it", that is "if".
    """
    for step in (token, *token.ancestors):
        if step.dep_ in ("advcl", "pcomp", "ccomp"):
            yield from (c for c in step.children if c.dep_ in ("mark", "prep", "advmod"))
        if step.dep_ == "pcomp" or (step.dep_ == "prep" and step.lower_ == "than"):
            yield step


def _follows_subject(token: Token) -> bool:
    """Whether "I" or "we" stands right before a word, or before the adverb before it: "I really like"."""
    before = token.doc[max(token.i - 2, 0) : token.i]
    return any(t.lower_ in ("i", "we") for t in before) and all(t.pos_ in ("PRON", "ADV") for t in before)


def _stands_for_adverb(adjective: Token) -> bool:
    """Whether an adjective is used as an adverb.

    "great" is in "works great", and is not in "is great".
    """
    if adjective.dep_ == "acomp":
        between = adjective.doc[adjective.head.i : adjective.i]
        return adjective.head.lemma_ not in word_list("copulas") and not any(
            token.is_punct for token in between
        )
    return describes_action(adjective, ("VERB", "AUX"))


def _lookups(token: Token) -> Iterator[tuple[str, PartOfSpeech]]:
    """The (lemma, part of speech) pairs under which to look a word up, the likeliest first.

    "great" in "works great" is looked up as an adverb, then as an adjective.
    """
    lower, lemma = token.lower_, token.lemma_.lower()
    if lower == "like" and token.pos_ in ("ADP", "SCONJ") and _follows_subject(token):
        yield lower, PartOfSpeech.VERB
    if token.pos_ in ("VERB", "AUX"):
        yield from _verb_lookups(token)
        return
    parts = _PARTS_OF_SPEECH.get(token.pos_, ())
    if token.pos_ == "ADJ" and _stands_for_adverb(token):
        parts = (PartOfSpeech.ADV, PartOfSpeech.ADJ)
    if token.pos_ == "ADV" and (token.dep_ in ("acomp", "amod") or token.head.pos_ in ("ADJ", "NOUN")):
        parts = (PartOfSpeech.ADJ, PartOfSpeech.ADV)
    is_noun_phrase = token.pos_ in ("NOUN", "PROPN") and has_dependent(token, ("det", "poss"))
    for pos in parts:
        if pos is PartOfSpeech.ADJ and is_noun_phrase and lower not in word_list("general"):
            continue
        if pos is PartOfSpeech.ADV:
            lemma = word_pairs("adverb lemmas").get(lower, lemma)
        elif pos is PartOfSpeech.ADJ:
            lemma = word_pairs("adjective lemmas").get(lower, lemma)
        yield lower, pos
        yield lemma, pos


def _verb_lookups(verb: Token) -> Iterator[tuple[str, PartOfSpeech]]:
    """The (lemma, part of speech) pairs under which to look a verb or participle up, the likeliest first.

    "slows" in "it slows down" is looked up as the verb "slow down", then as the verb "slow".
    """
    lower, lemma = verb.lower_, verb.lemma_.lower()
    particle = next((child.lower_ for child in verb.children if child.dep_ == "prt"), None)
    if particle:
        yield f"{lemma} {particle}", PartOfSpeech.VERB
    perfect = any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children)
    if verb.tag_ in ("VBN", "VBG") and not perfect:
        yield lower, PartOfSpeech.ADJ
    yield lemma, PartOfSpeech.VERB
    if verb.tag_ in ("VB", "VBP") and not has_dependent(verb, _VERBAL):
        yield lower, PartOfSpeech.ADJ  # "Nice" or "slow" taken for a verb
