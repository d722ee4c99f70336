"""AspectSet: what the training split of a domain says about its aspects (Xing et al., 2020, section 2.3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from arts.data.schema import Aspect, Polarity, Sentence
from arts.data.support.spacy_parser import known_words
from arts.generators.english.word_lists import GENERAL, words
from arts.generators.opinions.analysis import Analysis, Analyst, OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.lexicon import Part
from arts.generators.opinions.opinion_assignment import Opinions, span_of

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_TERM = re.compile(r"[A-Za-z][A-Za-z' -]*[A-Za-z]")
_ENOUGH = 30  # things to say in a domain and polarity
_LONGEST = 3  # words of a term
_UNFIT = words(
    "real easy hard difficult simple ready pleased happy sure aware familiar similar compatible capable "
    "only same other whole many much such different certain several able first last next new own worth "
    "available particular overall average wrong stupid frozen enough alright missing necessary better best "
    "worse worst"
)
_ALIKE = tuple(  # terms that speak of the same: a sentence about one should get nothing on another
    map(
        words,
        (
            "service staff waiter waitress waitstaff server bartender host hostess manager owner employee",
            "food dish meal cuisine eat menu dinner lunch brunch entree",
            "price cost value pricing bill",
            "ambiance ambience atmosphere decor setting vibe place space interior",
            "screen display monitor",
            "os system windows software",
            "speed performance processor cpu",
            "touchpad trackpad mouse pad",
            "support warranty",
        ),
    )
)
_NOT_ASPECTS = words("thing things one ones way people person place lot bit kind part time times day days")


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """What a clause can say about an aspect: "the battery life" + "is" + "terrible".

    Args:
        term: the aspect term, as it stands within a sentence.
        predicate: an adjective, or a verb in the third person singular with its adverb.
        polarity: the sentiment that this expresses.
        plural: whether the term takes a plural verb.
        named: whether it is a name, which takes no article.
        verbal: whether the predicate is a verb.
        domain: of the sentence that says it (see `domain_of`).
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
            >>> Said("fries", "soggy", Polarity.NEGATIVE, plural=True).subject
            'the fries'
        """
        return self.term if self.named else f"the {self.term}"

    @property
    def clause(self) -> str:
        """A clause that stands by itself.

        Example:
            >>> Said("fries", "soggy", Polarity.NEGATIVE, plural=True).clause
            'the fries are soggy'
        """
        if self.verbal:
            return f"{self.subject} {self.predicate}"
        return f"{self.subject} {'are' if self.plural else 'is'} {self.predicate}"

    @property
    def key(self) -> str:
        """The word by which aspects are told apart: the last one of the term."""
        return self.term.lower().split()[-1].rstrip("s")


def alike(word: str) -> frozenset[str]:
    """The words that speak of the same as an aspect's key, and itself.

    Example:
        >>> sorted(alike("monitor"))
        ['display', 'monitor', 'screen']
    """
    return frozenset({word}).union(*(group for group in _ALIKE if word in group))


def domain_of(id: str) -> str:
    """The domain of a sentence in a corpus of several: what its id begins with, up to a hyphen.

    Example:
        >>> domain_of("restaurant-test-001"), domain_of("892:1")
        ('restaurant', '')
    """
    domain, hyphen, _ = id.partition("-")
    return domain if hyphen and domain.isalpha() else ""


@dataclass(frozen=True)
class Pool:
    """The AspectSet: what can be said, by domain and polarity.

    Args:
        said: sorted, each once.
        vocabulary: the words of the sentences, lower case.
    """

    said: tuple[Said, ...] = ()
    vocabulary: frozenset[str] = frozenset()

    @cached_property
    def _groups(self) -> dict[tuple[str, Polarity], list[Said]]:
        groups: dict[tuple[str, Polarity], list[Said]] = {}
        for said in self.said:
            groups.setdefault((said.domain, said.polarity), []).append(said)
        return groups

    @cached_property
    def _all(self) -> dict[Polarity, list[Said]]:
        return {p: [said for said in self.said if said.polarity is p] for p in Polarity}

    def of(self, domain: str, polarity: Polarity) -> Sequence[Said]:
        """What can be said in a domain; everything, when no sentence of the pool names that domain."""
        if any((domain, p) in self._groups for p in Polarity):
            return self._groups.get((domain, polarity), ())
        return self._all[polarity]


def mine(sentences: Iterable[Sentence], analyst: Analyst) -> Pool:
    """What sentences say about their aspects.

    Only pairs that read well on their own are taken: a noun phrase and an adjective of the lexicon that
    describes it, or a verb without object and an adverb, whose orientation is that of the label, and no
    negation.
    """
    found: Counter[Said] = Counter()
    vocabulary: set[str] = set()
    for analysis in analyst.read(sentences):
        found.update(_said(analysis))
        vocabulary.update(token.lower_ for token in analysis.doc if token.is_alpha)
    return Pool(tuple(sorted(set(_cased(_usual(found))))), frozenset(vocabulary))


def _usual(found: Counter[Said]) -> list[Said]:
    """What reads well of what was found: the usual pairs, or all of them where those are too few.

    A pair is usual when two sentences speak of the term, and two say this of it or it could be said of
    anything ("great", "terrible").
    """
    terms: Counter[tuple[str, str]] = Counter()
    pairs: Counter[tuple[str, str, str]] = Counter()
    for said, count in found.items():
        terms[said.domain, said.key] += count
        pairs[said.domain, said.key, said.predicate] += count
    known = [said for said in found if terms[said.domain, said.key] > 1]
    usual = {s for s in known if s.predicate in GENERAL or pairs[s.domain, s.key, s.predicate] > 1}
    result: list[Said] = []
    for domain, polarity in sorted({(said.domain, said.polarity) for said in found}):
        own = [said for said in usual if (said.domain, said.polarity) == (domain, polarity)]
        if len(own) < _ENOUGH:
            own = [said for said in found if (said.domain, said.polarity) == (domain, polarity)]
        result += own
    return result


def _said(analysis: Analysis) -> Iterator[Said]:
    opinions, sentence = Opinions(analysis), analysis.sentence
    for aspect in sentence.aspects:
        term = _term(analysis, aspect)
        if term is None or aspect.polarity is Polarity.NEUTRAL:
            continue
        for word in opinions.words[span_of(aspect)]:
            predicate = _predicate(analysis, word, aspect)
            if predicate:
                plural = term.root.tag_ in ("NNS", "NNPS") and not term.root.is_upper
                text, verbal = predicate
                if verbal and plural:
                    continue
                named = all(t.pos_ in ("PROPN", "NUM") for t in term)
                domain = domain_of(sentence.id)
                yield Said(term.text, text, aspect.polarity, plural, named, verbal, domain)


def _term(analysis: Analysis, aspect: Aspect) -> Span | None:
    """The tokens of an aspect term that can be the subject of a clause."""
    span = analysis.tokens_of(aspect.start, aspect.end)
    if span is None or span.text != aspect.term or len(span) > _LONGEST or not _TERM.fullmatch(aspect.term):
        return None
    if span.root.tag_ not in ("NN", "NNS", "NNP", "NNPS") or aspect.term.lower() in _NOT_ASPECTS:
        return None
    if span.root.lower_ in ("use", "works", "look", "looks", "feel") or not all(_is_known(t) for t in span):
        return None
    return span if all(t.pos_ in ("NOUN", "PROPN", "ADJ") for t in span) else None


def _is_known(token: Token) -> bool:
    """Whether the parser's vocabulary has a word, which tells typing errors from words."""
    return token.text in known_words() or not token.is_lower


def _predicate(analysis: Analysis, word: OpinionWord, aspect: Aspect) -> tuple[str, bool] | None:
    """(text, whether it is verbal) of what an opinion word says about the aspect."""
    head = analysis.doc[word.head]
    entry = word.entry
    if entry is None or entry.sign != SIGN_OF[aspect.polarity] or analysis.negator(head) is not None:
        return None
    if len(word.tokens) > 1 or not head.is_alpha or head.lower_ in _UNFIT or not _is_known(head):
        return None
    if entry.part is Part.ADJ and head.tag_ in ("JJ", "VBN") and head.dep_ in ("amod", "acomp", "conj"):
        return (head.lower_, False) if _describes(analysis, head, aspect) else None
    if entry.part is Part.ADV and head.tag_ == "RB" and head.dep_ == "advmod" and head.i == head.head.i + 1:
        verb = head.head
        bare = {c.dep_ for c in verb.children} <= {"nsubj", "advmod", "punct", "cc", "conj"}
        return (f"{verb.lower_} {head.lower_}", True) if verb.tag_ == "VBZ" and bare else None
    return None


def _describes(analysis: Analysis, adjective: Token, aspect: Aspect) -> bool:
    """Whether the adjective is said of the aspect itself, and not of something that it comes with."""
    span = analysis.tokens_of(aspect.start, aspect.end)
    assert span is not None
    own = set(range(span.start, span.end))
    if any(child.dep_ in ("prep", "xcomp", "ccomp") for child in adjective.children):
        return False
    if adjective.dep_ == "amod":
        return adjective.head.i in own
    return any(c.i in own and c.dep_ in ("nsubj", "nsubjpass") for c in adjective.head.children)


def _cased(found: Iterable[Said]) -> Iterator[Said]:
    """Terms in the case they have inside a sentence: a capital that some sentence does without goes."""
    found = list(found)
    lower = {said.term for said in found if said.term == said.term.lower()}
    for said in found:
        term = said.term
        small = term.lower() in lower or not said.named
        if small and not any(word.isupper() for word in term.split()):
            term = term.lower()
        if term.isupper() and len(term) > 4:
            continue
        named = said.named and term != term.lower()
        yield replace(said, term=term, named=named)
