"""AspectSet: what the training split of a domain says about its aspects (Xing et al., 2020, section 2.3)."""

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
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_groups, word_list
from arts.generators.opinions.analysis import Analysis, Analyst, OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_TERM = re.compile(r"[A-Za-z][A-Za-z' -]*[A-Za-z]")
_ENOUGH = 30  # clauses in a domain and polarity
_LONGEST = 3  # words of a term
_LONGEST_IN_CAPITALS = 4  # letters of a term such as "HDMI"


@dataclass(frozen=True, slots=True, order=True)
class AspectClause:
    """A clause about an aspect, mined from a training sentence: "the battery life" + "is" + "terrible".

    Args:
        term: the aspect term, as it stands within a sentence.
        predicate: an adjective, or a verb in the third person singular with its adverb.
        polarity: the sentiment that this expresses.
        plural: whether the term takes a plural verb.
        named: whether it is a name, which takes no article.
        verbal: whether the predicate is a verb.
        domain: the domain of the sentence that says it (see `domain_of`).
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
        """The term with its article.

        Example:
            >>> AspectClause("fries", "soggy", Polarity.NEGATIVE, plural=True).subject
            'the fries'
        """
        return self.term if self.named else f"the {self.term}"

    @property
    def text(self) -> str:
        """The clause, which stands by itself.

        Example:
            >>> AspectClause("fries", "soggy", Polarity.NEGATIVE, plural=True).text
            'the fries are soggy'
        """
        if self.verbal:
            return f"{self.subject} {self.predicate}"
        return f"{self.subject} {'are' if self.plural else 'is'} {self.predicate}"

    @property
    def key(self) -> str:
        """The word that identifies the aspect: the last one of the term, in lower case and singular."""
        return self.term.lower().split()[-1].rstrip("s")


def similar_terms(word: str) -> frozenset[str]:
    """The words that speak of the same as an aspect's key, and itself.

    Example:
        >>> sorted(similar_terms("monitor"))
        ['display', 'monitor', 'screen']
    """
    return frozenset({word}).union(*(group for group in word_groups("similar aspects") if word in group))


def domain_of(id: str) -> str:
    """The domain of a sentence in a corpus of several: what its id begins with, up to a hyphen.

    Example:
        >>> domain_of("restaurant-test-001"), domain_of("892:1")
        ('restaurant', '')
    """
    domain, hyphen, _ = id.partition("-")
    return domain if hyphen and domain.isalpha() else ""


@dataclass(frozen=True)
class AspectSet:
    """What can be said about aspects, by domain and polarity.

    Args:
        clauses: sorted, each once.
        vocabulary: the words of the sentences that they come from, lower case.
    """

    clauses: tuple[AspectClause, ...] = ()
    vocabulary: frozenset[str] = frozenset()

    @cached_property
    def _groups(self) -> dict[tuple[str, Polarity], list[AspectClause]]:
        groups: dict[tuple[str, Polarity], list[AspectClause]] = {}
        for clause in self.clauses:
            groups.setdefault((clause.domain, clause.polarity), []).append(clause)
        return groups

    @cached_property
    def _by_polarity(self) -> dict[Polarity, list[AspectClause]]:
        return {p: [clause for clause in self.clauses if clause.polarity is p] for p in Polarity}

    def clauses_in(self, domain: str, polarity: Polarity) -> Sequence[AspectClause]:
        """What can be said in a domain; everything, when no sentence of the set names that domain."""
        if any((domain, p) in self._groups for p in Polarity):
            return self._groups.get((domain, polarity), ())
        return self._by_polarity[polarity]


def mine_aspect_set(sentences: Iterable[Sentence], analyst: Analyst) -> AspectSet:
    """What sentences say about their aspects.

    Only pairs that read well on their own are taken: a noun phrase and an adjective of the lexicon that
    describes it, or a verb without object and an adverb, whose orientation is that of the label, and no
    negation.

    Args:
        sentences: training sentences with their aspects.
        analyst: parses them and looks their words up.
    """
    counts: Counter[AspectClause] = Counter()
    vocabulary: set[str] = set()
    for analysis in analyst.read(sentences):
        counts.update(_clauses_of(analysis))
        vocabulary.update(token.lower_ for token in analysis.doc if token.is_alpha)
    clauses = _normalize_case(_usual_clauses(counts))
    return AspectSet(tuple(sorted(set(clauses))), frozenset(vocabulary))


def _usual_clauses(counts: Counter[AspectClause]) -> list[AspectClause]:
    """The clauses with the usual pairs of a term and a predicate; all of them where those are too few.

    A pair is usual when two sentences speak of the term, and two say this of it or it could be said of
    anything ("great", "terrible").
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
    """What a sentence says about its aspects."""
    opinions, sentence = OpinionAssignment(analysis), analysis.sentence
    for aspect in sentence.aspects:
        term = _subject_term(analysis, aspect)
        if term is None or aspect.polarity is Polarity.NEUTRAL:
            continue
        plural = term.root.tag_ in ("NNS", "NNPS") and not term.root.is_upper
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
    """The tokens of an aspect term that can be the subject of a clause."""
    span = analysis.tokens_of(aspect.start, aspect.end)
    if span is None or span.text != aspect.term or len(span) > _LONGEST or not _TERM.fullmatch(aspect.term):
        return None
    if span.root.tag_ not in ("NN", "NNS", "NNP", "NNPS") or aspect.term.lower() in word_list("not aspects"):
        return None
    if span.root.lower_ in word_list("not subjects") or not all(_is_correct(token) for token in span):
        return None
    return span if all(token.pos_ in ("NOUN", "PROPN", "ADJ") for token in span) else None


def _is_correct(token: Token) -> bool:
    """Whether the parser's vocabulary has a word, which tells typing errors from words."""
    return token.text in parser_vocabulary() or not token.is_lower


class Predicate(NamedTuple):
    """What a clause says about its subject.

    Args:
        text: an adjective, or a verb with its adverb.
        is_verbal: whether it is a verb.
    """

    text: str
    is_verbal: bool


def _predicate(analysis: Analysis, word: OpinionWord, aspect: Aspect) -> Predicate | None:
    """What an opinion word says about the aspect."""
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
    """Whether the adjective is said of the aspect itself, and not of something that it comes with."""
    span = analysis.tokens_of(aspect.start, aspect.end)
    assert span is not None
    own = set(range(span.start, span.end))
    if has_dependent(adjective, ("prep", "xcomp", "ccomp")):
        return False
    if adjective.dep_ == "amod":
        return adjective.head.i in own
    return any(c.i in own and c.dep_ in ("nsubj", "nsubjpass") for c in adjective.head.children)


def _normalize_case(clauses: Iterable[AspectClause]) -> Iterator[AspectClause]:
    """Clauses whose terms have the case that they have inside a sentence, without a beginning's capital.

    Long terms all in capitals are left out.
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
