"""The ways to reverse one opinion word: by an antonym, by "less", or by adding or removing a negation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english import wordnet
from arts.generators.english.clauses import is_correlated, next_token
from arts.generators.english.constructions import (
    compares_equals,
    has_consequence,
    is_advice,
    is_functioning,
    is_hypothetical,
    is_name,
    is_quoted,
)
from arts.generators.english.degree import delete_hedge, lower_comparison, turn_comparison
from arts.generators.english.negation.insert import Negation, insert_negation
from arts.generators.english.negation.remove import RULE as REMOVAL
from arts.generators.english.negation.remove import remove_negation
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.token_edits import deletion
from arts.generators.english.word_lists import ordered_lines, word_list
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.strategies.replacement_edits import replacement_edits
from arts.generators.strategies.replacements import replacements

if TYPE_CHECKING:
    from spacy.tokens import Token

_NOT = word_list("not")
_NEGATIONS = _NOT | word_list("no") | word_list("never")
_FIGURES = re.compile(r"\?|\b(?:any|anything but|just|of all|only)\b", re.IGNORECASE)
_LISTING = re.compile(r"(?:best|worst) of all,?\Z", re.IGNORECASE)
_PARTS_OF_SPEECH = {
    "ADJ": PartOfSpeech.ADJ,
    "ADV": PartOfSpeech.ADV,
    "VERB": PartOfSpeech.VERB,
    "NOUN": PartOfSpeech.NOUN,
}


@dataclass(frozen=True, slots=True)
class Reversal:
    """One way to reverse an opinion word.

    Args:
        edits: the edits, which must be made together.
        scope: token indices. When a negation is inserted, those of the tokens that it affects; when one is
            removed, those of the syntactic heads of the opinion words that it negated. Empty otherwise.
    """

    edits: tuple[Edit, ...]
    scope: frozenset[int] = frozenset()


def reversals(analysis: Analysis, word: OpinionWord, *, rng: Random) -> Iterator[Reversal]:
    """Stream the acceptable ways to reverse an opinion word, best first.

    A word that is negated is reversed only by removing the negation, and one with "more", "less", "most" or
    "least" only by replacing that. Any other word has these ways, in this order: an antonym from the
    lexicon, "less" or "least" if it is a comparative or superlative ("faster" → "less fast"), a negation,
    and an antonym from WordNet.

    Args:
        analysis: the analysis of the sentence.
        word: one of its opinion words.
        rng: draws among equally good replacements.
    """
    head = analysis.doc[word.head]
    if any(child.dep_ == "dobj" and child.lower_.endswith(("self", "selves")) for child in head.children):
        return  # "we enjoyed ourselves"
    if _stands_in_figure(analysis, head) or _describes_trouble(analysis, head):
        return
    phrase = len(word.tokens) > 1
    if phrase and word.entry is not None and word.entry.word in ordered_lines("phrases not reversed"):
        return
    if not phrase and not is_advice(head) and is_hypothetical(head):
        return
    if has_consequence(head) or _is_fixed(word, head):
        return
    negator = head if head.lower_ in _NEGATIONS else analysis.negator_outside(word)
    if negator is None:
        yield from _reversals_of_plain_word(analysis, word, rng)
        return
    negated = head.head if negator == head else head
    if not (word.entry and word.entry.sign) and not is_functioning(negated):
        return  # "does not detect"
    removal = remove_negation(negator, negated, sign=word.entry.sign if word.entry else 0)
    if removal:
        yield Reversal(removal, _opinions_under(analysis, negator))


def is_reversible(analysis: Analysis, word: OpinionWord) -> bool:
    """Whether there is at least one acceptable way to reverse an opinion word."""
    if word not in analysis.reversible:
        analysis.reversible[word] = next(reversals(analysis, word, rng=Random(0)), None) is not None
    return analysis.reversible[word]


def _stands_in_figure(analysis: Analysis, token: Token) -> bool:
    """Whether a token stands where its sentence means something else than its words say.

    It does in questions, in "not only good but cheap", and in "best of all, great beer".
    """
    words, doc, start = analysis.lower_words, token.doc, analysis.sentence_starts[token.i]
    measures = [doc[i] for i in range(start, token.i) if words[i] in ("so", "such", "too")]
    if any(t.dep_ == "advmod" and t.head.i < token.i and not token.is_ancestor(t) for t in measures):
        return True  # "the sauce was so thick, it was hard to pour"
    if not _FIGURES.search(analysis.sentence.text):
        return False
    sentence, before = token.sent, doc[start : token.i]
    if any(child.lower_ == "any" for child in token.children) or "anything but" in sentence.text.lower():
        return True  # "only this one is any good"
    return (
        is_correlated(token)
        or sentence.text.rstrip().endswith("?")
        or bool(_LISTING.search(before[-4:].text))
    )


def _is_fixed(word: OpinionWord, head: Token) -> bool:
    """Whether a word has no opposite where it stands: in a name, a quotation or a phrase ("hot dog")."""
    if head.lower_ in word_list("not reversed") or is_name(head) or is_quoted(head):
        return True
    if f"{head.lower_} {next_token(head).lower_}" in ordered_lines("fixed phrases"):
        return len(word.tokens) == 1
    doc = head.doc
    return doc[max(word.start - 2, 0) : word.start].text.lower() in ("more than", "less than")


def _describes_trouble(analysis: Analysis, word: Token) -> bool:
    """Whether a word describes something bad: "serious problems", "the problem is that it crashes".

    Reversing such a word would not make the sentence positive.
    """
    nouns = [word.head] if word.dep_ == "amod" else []
    clauses = [t for t in (word, *word.ancestors) if t.dep_ in ("acomp", "ccomp")]
    for clause in clauses:
        if clause.dep_ == "ccomp" or word.dep_ == "acomp":
            nouns += [c for c in clause.head.children if c.dep_ == "nsubj" and clause.head.lemma_ == "be"]
    described = (analysis.opinion_words.get(noun.i) for noun in nouns if noun.pos_ == "NOUN")
    return any(noun.entry is not None and noun.entry.sign < 0 for noun in described if noun)


def _opinions_under(analysis: Analysis, negator: Token) -> frozenset[int]:
    """The syntactic heads of the opinion words that a negating word negates, as token indices."""
    heads = (word.head for word in analysis.opinion_words.values())
    return frozenset(head for head in heads if analysis.negator(analysis.doc[head]) == negator)


def _reversals_of_plain_word(analysis: Analysis, word: OpinionWord, rng: Random) -> Iterator[Reversal]:
    """Stream the ways to reverse a word that is not negated, best first."""
    head = analysis.doc[word.head]
    if head.lower_ in word_list("barely") and head.head.lemma_ in word_list("verbs with barely"):
        yield Reversal((deletion(head, rule=REMOVAL),))
        return
    turned = turn_comparison(head)
    if turned:
        yield Reversal(turned)
        return
    if head.tag_ in ("JJR", "RBR") and any(child.lower_ == "very" for child in head.children):
        return  # "very longer" is wrong already
    pos = word.entry.pos if word.entry else _PARTS_OF_SPEECH.get(head.pos_)
    if pos is not PartOfSpeech.VERB and _is_passive(head):
        return
    if word.entry and _can_be_replaced(word, head, pos) and not compares_equals(head):
        yield from _replacing_reversals(analysis, word, rng)
    negation = _natural_negation(analysis, word)
    if negation:
        yield Reversal((*negation.edits, *delete_hedge(head)), negation.scope)
    if len(word.tokens) == 1 and _can_be_replaced(word, head, pos):
        for antonym in wordnet.antonyms(head.lemma_.lower(), pos):
            if antonym not in analysis.lexicon.forms:
                continue
            edits = replacement_edits(analysis, word, replacement=antonym, rule="wordnet")
            if edits:
                yield Reversal(edits)


def _can_be_replaced(word: OpinionWord, head: Token, pos: PartOfSpeech | None) -> bool:
    """Whether an opposite can take the place of a word, whatever it is.

    A noun must be what something is said to be ("is a disappointment"). A verb must say what somebody feels
    or stand at the end of its clause, since the opposite of an event seldom fits its circumstances.
    """
    if pos is PartOfSpeech.NOUN:
        return head.dep_ in ("attr", "ROOT")
    if pos is PartOfSpeech.VERB:
        feels = head.lemma_ in word_list("verbs of feeling")
        ends = all(child.i < word.end or child.is_punct for child in head.children)
        if head.lemma_ in word_list("verbs of advice"):
            return is_advice(head)
        return feels or (ends and not _tells_story(head))
    if pos is PartOfSpeech.ADV:
        before_participle = head.i + 1 == head.head.i and head.head.tag_ in ("VBN", "JJ")
        return before_participle or (head.lower_ in word_list("adverbs of quality") and head.i > head.head.i)
    if pos is PartOfSpeech.IDIOM and head.pos_ == "VERB" and head.lemma_ not in word_list("verbs of having"):
        return not _tells_story(head)
    return True


def _tells_story(head: Token) -> bool:
    """Whether the sentence of a verb tells when something happened, which an opposite would not suit."""
    return any(token.lower_ in word_list("words of time") for token in head.sent)


def _natural_negation(analysis: Analysis, word: OpinionWord) -> Negation | None:
    """The negation of a word where people would put one; None elsewhere.

    A predicate is negated ("is not sturdy"), a verb of feeling or functioning ("does not work"), and an
    adjective that begins a sentence ("Not easy to use"); no attribute, and no word without orientation.
    """
    head = analysis.doc[word.head]
    if any(child.dep_ == "conj" and child.pos_ == head.pos_ for child in head.children):
        return None  # "is not quick, friendly and helpful"
    feels = head.lemma_ in word_list("verbs of feeling") and word.entry is not None and word.entry.sign != 0
    if not feels and not is_functioning(head) and not _is_negatable_predicate(word, head):
        return None
    return insert_negation(head, contract=analysis.contracts)


def _is_negatable_predicate(word: OpinionWord, head: Token) -> bool:
    """Whether a word of known orientation is a predicate, or the noun of what somebody has ("had issues")."""
    if word.entry is None or not word.entry.sign or head.tag_ in ("JJR", "JJS"):
        return False
    if head.pos_ == "NOUN":
        return head.dep_ in ("dobj", "attr")
    return head.pos_ in ("ADJ", "ADV") and head.dep_ in ("acomp", "ROOT", "oprd")


def _replacing_reversals(analysis: Analysis, word: OpinionWord, rng: Random) -> Iterator[Reversal]:
    """Stream the ways to reverse a word by a replacement in the lexicon, or by "less" or "least"."""
    assert word.entry is not None
    rule = "idiom" if word.entry.pos is PartOfSpeech.IDIOM else "antonym"
    for replacement in replacements(analysis, word, rng=rng):
        edits = replacement_edits(analysis, word, replacement=replacement, rule=rule)
        if edits:
            yield Reversal(edits)
    if len(word.tokens) == 1:
        comparison = lower_comparison(analysis.doc[word.head], word.entry.word)
        if comparison:
            yield Reversal(comparison)


def _is_passive(head: Token) -> bool:
    """Whether a word is a passive that no adjective can replace: "needs to be improved"."""
    following = head.nbor().lower_ if head.i + 1 < len(head.doc) else ""
    return head.text.endswith("ed") and (following == "by" or (head.tag_ == "VBN" and head.dep_ == "xcomp"))
