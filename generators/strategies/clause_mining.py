"""Finding what a training sentence says of its aspects, as clauses that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from arts.data.schema import Aspect, Polarity
from arts.data.support.spacy_parser import parser_vocabulary
from arts.generators.english.clauses import has_dependent
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_list, word_pairs
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of
from arts.generators.strategies.aspect_clause import AspectClause, domain_of, singular

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_TERM = re.compile(r"[A-Za-z][A-Za-z' -]*[A-Za-z]")
_LONGEST = 3  # largest number of words of a term
_LONGEST_IN_CAPITALS = 4  # largest number of letters of a term in capitals, such as "HDMI"


class AspectTerm(NamedTuple):
    """An aspect term that can be the subject of a clause.

    Args:
        text: the term as it stands in its sentence.
        plural: whether it takes a plural verb.
        named: whether it is a name.
        polarity: the sentiment towards it.
        domain: the domain of its sentence.
    """

    text: str
    plural: bool
    named: bool
    polarity: Polarity
    domain: str


def terms_of(analysis: Analysis) -> Iterator[tuple[Aspect, AspectTerm]]:
    """Stream the aspects of a sentence whose terms can be the subject of a clause, with those terms."""
    for aspect in analysis.sentence.aspects:
        span = _subject_span(analysis, aspect)
        if span is None:
            continue
        named = all(token.pos_ in ("PROPN", "NUM") for token in span)
        domain = domain_of(analysis.sentence.id)
        yield aspect, AspectTerm(span.text, is_plural(span.root.text), named, aspect.polarity, domain)


def clauses_of(analysis: Analysis) -> Iterator[AspectClause]:
    """Stream the clauses that a sentence says of its aspects; terms keep the case that they have there."""
    opinions = OpinionAssignment(analysis)
    for aspect, term in terms_of(analysis):
        if aspect.polarity is Polarity.NEUTRAL:
            continue
        for word in opinions.words[span_of(aspect)]:
            predicate = _predicate(analysis, word, aspect)
            if predicate is None or (predicate.is_verbal and term.plural):
                continue
            yield AspectClause(
                term.text,
                predicate.text,
                aspect.polarity,
                plural=term.plural,
                named=term.named,
                verbal=predicate.is_verbal,
                domain=term.domain,
            )


def is_plural(noun: str) -> bool:
    """Whether a noun takes a plural verb, by its form: tags of a parser are often wrong on dishes and names.

    Example:
        >>> [is_plural(noun) for noun in ("portions", "tacos", "glass", "Windows", "people", "GPS")]
        [True, True, False, False, True, False]
    """
    if noun.isupper() or noun.lower() in word_list("singular with s"):
        return False
    if noun.lower() in word_list("plural without s"):
        return True
    word = noun.lower()
    return word.endswith("s") and singular(word) != word and noun != "Windows"


def _subject_span(analysis: Analysis, aspect: Aspect) -> Span | None:
    """The tokens of an aspect term; None unless it is a short, concrete noun phrase, spelt correctly."""
    span = analysis.tokens_of(aspect.start, aspect.end)
    if span is None or span.text != aspect.term or len(span) > _LONGEST or not _TERM.fullmatch(aspect.term):
        return None
    root = span.root
    if root.tag_ not in ("NN", "NNS", "NNP", "NNPS") or root.i != span.end - 1:
        return None
    if {aspect.term.lower(), root.lower_} & word_list(
        "not aspects"
    ) and aspect.term.lower() != "battery life":
        return None
    if root.lower_ in word_list("not subjects") or not all(_is_correct(token) for token in span):
        return None
    if aspect.term.isupper() and len(aspect.term) > _LONGEST_IN_CAPITALS:
        return None
    if not _names_kind(root):
        return None
    return span if all(_may_modify(token) for token in span[:-1]) else None


def _names_kind(token: Token) -> bool:
    """Whether a noun is a common noun, an acronym or the name of a program, and no other name."""
    return _is_known_noun(token.lower_)


@cache
def _is_known_noun(word: str) -> bool:
    """Whether a word in lower case is a noun in a dictionary, a known acronym or the name of a program."""
    from lemminflect import getAllLemmas

    known = word in word_pairs("names") or word.upper() in word_list("acronyms")
    return known or bool(getAllLemmas(word, upos="NOUN"))


def _may_modify(token: Token) -> bool:
    """Whether a token can stand before the noun of a term, as "wine" in "wine list" and not "great"."""
    return token.pos_ in ("NOUN", "PROPN") and token.lower_ not in word_list("no modifiers")


def _is_correct(token: Token) -> bool:
    """Whether a token is spelt correctly, as far as the vocabulary of the spaCy model tells."""
    return token.text in parser_vocabulary() or not token.is_lower


class Predicate(NamedTuple):
    """What a clause says of its subject.

    Args:
        text: an adjective, or a verb with an adverb.
        is_verbal: whether it is a verb with an adverb.
    """

    text: str
    is_verbal: bool


def _predicate(analysis: Analysis, word: OpinionWord, aspect: Aspect) -> Predicate | None:
    """The predicate that an opinion word makes, alone ("great") or with its verb ("works well").

    None when it makes none, as a word that is negated or contradicts the aspect's label.
    """
    head = analysis.doc[word.head]
    entry = word.entry
    if entry is None or entry.sign != SIGN_OF[aspect.polarity] or analysis.negator(head) is not None:
        return None
    if (
        len(word.tokens) > 1
        or not head.is_alpha
        or head.lower_ in word_list("unfit predicates")
        or not _is_correct(head)
    ):
        return None
    if (
        entry.pos is PartOfSpeech.ADJ
        and head.tag_ in ("JJ", "VBN")
        and head.dep_ in ("amod", "acomp", "conj")
    ):
        return Predicate(head.lower_, is_verbal=False) if _describes(analysis, head, aspect) else None
    follows_head = head.dep_ == "advmod" and head.i == head.head.i + 1
    if entry.pos is PartOfSpeech.ADV and head.tag_ == "RB" and follows_head:
        verb = head.head
        bare = {child.dep_ for child in verb.children} <= {"nsubj", "advmod", "punct", "cc", "conj"}
        if verb.tag_ == "VBZ" and bare:
            return Predicate(f"{verb.lower_} {head.lower_}", is_verbal=True)
    return None


def _describes(analysis: Analysis, adjective: Token, aspect: Aspect) -> bool:
    """Whether an adjective describes the aspect: it does in "great screen", not in "great for the screen"."""
    span = analysis.tokens_of(aspect.start, aspect.end)
    assert span is not None
    own = set(range(span.start, span.end))
    if has_dependent(adjective, ("prep", "xcomp", "ccomp")):
        return False
    if adjective.dep_ == "amod":
        return adjective.head.i in own
    return any(c.i in own and c.dep_ in ("nsubj", "nsubjpass") for c in adjective.head.children)
