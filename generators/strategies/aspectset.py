"""AspectSet: clauses on the aspects of a domain, mined from training sentences.

It is what ADDDIFF draws from (Xing et al., 2020, section 2.3).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from arts.data.schema import Aspect, Polarity, Sentence
from arts.data.support.spacy_parser import parser_vocabulary
from arts.generators.english.clauses import has_dependent
from arts.generators.english.inflection import is_plural
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_groups, word_list
from arts.generators.opinions.analysis import Analysis, Analyst, OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_TERM = re.compile(r"[A-Za-z][A-Za-z' -]*[A-Za-z]")
_ENOUGH = 30  # number of clauses of a domain and polarity from which unusual ones are left out
_LONGEST = 3  # largest number of words of a term
_LONGEST_IN_CAPITALS = 4  # largest number of letters of a term in capitals, such as "HDMI"


@dataclass(frozen=True, slots=True, order=True)
class AspectClause:
    """A clause on an aspect, mined from a training sentence: "the battery life" + "is" + "terrible".

    Args:
        term: the aspect term, with the capitals that it has inside a sentence.
        predicate: an adjective ("terrible"), or a verb in the third person singular with an adverb ("works
            well").
        polarity: the sentiment of the clause.
        plural: whether the term takes a plural verb.
        named: whether the term is a name, which takes no article.
        verbal: whether the predicate is a verb.
        domain: the domain of the sentence that the clause comes from, as `domain_of` gives it.
    """

    term: str
    predicate: str
    polarity: Polarity
    plural: bool = False
    named: bool = False
    verbal: bool = False
    domain: str = ""

    @property
    def subject(self) -> str:
        """The term with its article; a name has none.

        Example:
            >>> AspectClause("fries", "soggy", Polarity.NEGATIVE, plural=True).subject
            'the fries'
        """
        return self.term if self.named else f"the {self.term}"

    @property
    def text(self) -> str:
        """The clause as a text, without capital and full stop.

        Example:
            >>> AspectClause("fries", "soggy", Polarity.NEGATIVE, plural=True).text
            'the fries are soggy'
        """
        if self.verbal:
            return f"{self.subject} {self.predicate}"
        return f"{self.subject} {'are' if self.plural else 'is'} {self.predicate}"

    @property
    def key(self) -> str:
        """The word that identifies the aspect: the term's last word, in lower case, without a final "s"."""
        return self.term.lower().split()[-1].rstrip("s")


def similar_terms(word: str) -> frozenset[str]:
    """The words that name the same aspect as a word, including that word.

    Example:
        >>> sorted(similar_terms("monitor"))
        ['display', 'monitor', 'screen']
    """
    return frozenset({word}).union(*(group for group in word_groups("similar aspects") if word in group))


def domain_of(id: str) -> str:
    """The domain of a sentence, which a corpus of several domains puts before a hyphen in the sentence's id.

    It is empty for an id that does not begin with letters and a hyphen.

    Example:
        >>> domain_of("restaurant-test-001"), domain_of("892:1")
        ('restaurant', '')
    """
    domain, hyphen, _ = id.partition("-")
    return domain if hyphen and domain.isalpha() else ""


@dataclass(frozen=True)
class AspectSet:
    """The clauses that ADDDIFF can add, with the words of the sentences that they come from.

    Args:
        clauses: the clauses, sorted and without repetition.
        vocabulary: the words of the training sentences, in lower case.
    """

    clauses: tuple[AspectClause, ...] = ()
    vocabulary: frozenset[str] = frozenset()

    @cached_property
    def _groups(self) -> dict[tuple[str, Polarity], list[AspectClause]]:
        """The clauses, keyed by domain and polarity."""
        groups: dict[tuple[str, Polarity], list[AspectClause]] = {}
        for clause in self.clauses:
            groups.setdefault((clause.domain, clause.polarity), []).append(clause)
        return groups

    @cached_property
    def _by_polarity(self) -> dict[Polarity, list[AspectClause]]:
        """The clauses of all domains, keyed by polarity."""
        return {p: [clause for clause in self.clauses if clause.polarity is p] for p in Polarity}

    def clauses_in(self, domain: str, polarity: Polarity) -> Sequence[AspectClause]:
        """The clauses of a polarity in one domain; those of all domains if it has none of any polarity."""
        if any((domain, p) in self._groups for p in Polarity):
            return self._groups.get((domain, polarity), ())
        return self._by_polarity[polarity]


def mine_aspect_set(sentences: Iterable[Sentence], analyst: Analyst) -> AspectSet:
    """Mine the clauses that training sentences say of their aspects.

    A clause is an aspect term with an adjective that describes it ("screen" + "great"), or with a verb and an
    adverb but no object ("screen" + "works well"). Nothing in it is negated. The adjective or adverb must be
    in the opinion lexicon, with the polarity of the aspect's label.

    Args:
        sentences: training sentences with their aspects.
        analyst: parses the sentences and looks their words up.
    """
    counts: Counter[AspectClause] = Counter()
    vocabulary: set[str] = set()
    for analysis in analyst.read(sentences):
        counts.update(_clauses_of(analysis))
        vocabulary.update(token.lower_ for token in analysis.doc if token.is_alpha)
    clauses = _normalize_case(_usual_clauses(counts))
    return AspectSet(tuple(sorted(set(clauses))), frozenset(vocabulary))


def _usual_clauses(counts: Counter[AspectClause]) -> list[AspectClause]:
    """Leave out the clauses that are unusual in their domain.

    A clause is usual when its aspect was found with its predicate at least twice. If the predicate can
    describe anything ("great", "terrible"), it is enough that its aspect was found at least twice, with
    whichever predicates. If a domain has fewer than `_ENOUGH` usual clauses of a polarity, all its clauses
    of that polarity are kept.

    Args:
        counts: how often each clause was found.
    """
    terms: Counter[tuple[str, str]] = Counter()
    pairs: Counter[tuple[str, str, str]] = Counter()
    for clause, count in counts.items():
        terms[clause.domain, clause.key] += count
        pairs[clause.domain, clause.key, clause.predicate] += count
    known = [clause for clause in counts if terms[clause.domain, clause.key] > 1]
    usual = {
        c for c in known if c.predicate in word_list("general") or pairs[c.domain, c.key, c.predicate] > 1
    }
    selection: list[AspectClause] = []
    for group in sorted({(clause.domain, clause.polarity) for clause in counts}):
        own = [clause for clause in usual if (clause.domain, clause.polarity) == group]
        if len(own) < _ENOUGH:
            own = [clause for clause in counts if (clause.domain, clause.polarity) == group]
        selection += own
    return selection


def _clauses_of(analysis: Analysis) -> Iterator[AspectClause]:
    """Stream the clauses that a sentence says of its aspects."""
    opinions, sentence = OpinionAssignment(analysis), analysis.sentence
    for aspect in sentence.aspects:
        term = _subject_term(analysis, aspect)
        if term is None or aspect.polarity is Polarity.NEUTRAL:
            continue
        plural = is_plural(term.root)
        named = all(token.pos_ in ("PROPN", "NUM") for token in term)
        for word in opinions.words[span_of(aspect)]:
            predicate = _predicate(analysis, word, aspect)
            if predicate is None or (predicate.is_verbal and plural):
                continue
            yield AspectClause(
                term.text,
                predicate.text,
                aspect.polarity,
                plural=plural,
                named=named,
                verbal=predicate.is_verbal,
                domain=domain_of(sentence.id),
            )


def _subject_term(analysis: Analysis, aspect: Aspect) -> Span | None:
    """The tokens of an aspect term; None unless it is a short noun phrase that is spelt correctly."""
    span = analysis.tokens_of(aspect.start, aspect.end)
    if span is None or span.text != aspect.term or len(span) > _LONGEST or not _TERM.fullmatch(aspect.term):
        return None
    if span.root.tag_ not in ("NN", "NNS", "NNP", "NNPS") or aspect.term.lower() in word_list("not aspects"):
        return None
    if span.root.lower_ in word_list("not subjects") or not all(_is_correct(token) for token in span):
        return None
    return span if all(token.pos_ in ("NOUN", "PROPN", "ADJ") for token in span) else None


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


def _normalize_case(clauses: Iterable[AspectClause]) -> Iterator[AspectClause]:
    """Stream the clauses with their terms in the case that they have inside a sentence.

    The capital of a sentence's beginning is removed. Terms in capitals longer than "HDMI" are left out.
    """
    clauses = list(clauses)
    lower = {clause.term for clause in clauses if clause.term == clause.term.lower()}
    for clause in clauses:
        term = clause.term
        is_common = term.lower() in lower or not clause.named
        if is_common and not any(word.isupper() for word in term.split()):
            term = term.lower()
        if term.isupper() and len(term) > _LONGEST_IN_CAPITALS:
            continue
        yield replace(clause, term=term, named=clause.named and term != term.lower())
