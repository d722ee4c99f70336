"""AspectSet: clauses on the aspects of a domain, mined from training sentences.

It is what ADDDIFF draws from (Xing et al., 2020, section 2.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from arts.data.schema import Polarity, Sentence
from arts.generators.english.word_lists import word_list, word_pairs
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.aspect_clause import AspectClause, domain_of, similar_terms, singular
from arts.generators.strategies.clause_mining import AspectTerm, clauses_of, is_plural, terms_of
from arts.generators.strategies.kinship import KinIndex

__all__ = ["AspectClause", "AspectSet", "domain_of", "mine_aspect_set", "similar_terms"]

SUPPORT = 3  # number of training sentences that must support a clause, where there are enough clauses
_ENOUGH = 10  # number of aspects of a domain and polarity from which more support is asked for


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

    @cached_property
    def kin(self) -> KinIndex:
        """Which terms of the clauses are kin of a word."""
        return KinIndex(frozenset(clause.term for clause in self.clauses))

    def clauses_in(self, domain: str, polarity: Polarity) -> Sequence[AspectClause]:
        """The clauses of a polarity in one domain; those of all domains if it has none of any polarity."""
        if any((domain, p) in self._groups for p in Polarity):
            return self._groups.get((domain, polarity), ())
        return self._by_polarity[polarity]


NOTHING = AspectSet()


@dataclass
class Evidence:
    """How many training sentences say what of the aspects of one domain, in one polarity.

    Args:
        pairs: the number of sentences with each clause.
        terms: the number of sentences with each aspect term in this polarity.
    """

    pairs: Counter[AspectClause] = field(default_factory=Counter)
    terms: Counter[AspectTerm] = field(default_factory=Counter)

    def clauses(self, forms: Counter[str]) -> list[AspectClause]:
        """The clauses that as many sentences as possible support, up to `SUPPORT`.

        Args:
            forms: the number of sentences with each aspect term, in whichever polarity.
        """
        for support in range(SUPPORT, 0, -1):
            found = list(self._supported(support, forms))
            if len({clause.key for clause in found}) >= _ENOUGH or support == 1:
                return found
        raise AssertionError("unreachable")

    def _supported(self, support: int, forms: Counter[str]) -> Iterator[AspectClause]:
        """The clauses that at least `support` sentences support.

        A sentence supports a clause when it says it, in whichever number: "the prices are fair", "a fair
        price". It also supports an adjective that suits anything or is typical of the aspect when it has the
        aspect in this polarity; this counts only where more than one sentence is asked for.

        Args:
            support: the number of sentences.
            forms: the number of sentences with each aspect term, in whichever polarity.
        """
        said: Counter[tuple[str, str]] = Counter()
        for clause, count in self.pairs.items():
            said[clause.key, clause.predicate] += count
        yield from (
            clause
            for clause in self.pairs
            if said[clause.key, clause.predicate] >= support and forms[clause.term] >= support
        )
        if support == 1:
            return
        meant: Counter[str] = Counter()
        for term, count in self.terms.items():
            meant[_key(term)] += count
        for term in self.terms:
            if meant[_key(term)] >= support and forms[term.text] >= support:
                for adjective in _typical(_key(term), term.polarity):
                    yield _clause(term, adjective)


def mine_aspect_set(sentences: Iterable[Sentence], analyst: Analyst) -> AspectSet:
    """Mine the clauses that training sentences say of their aspects.

    A clause is an aspect term with an adjective that describes it ("screen" + "great"), or with a verb and an
    adverb but no object ("screen" + "works well"). Nothing in it is negated. The adjective or adverb must be
    in the opinion lexicon, with the polarity of the aspect's label. Terms that name everything ("food") or
    nothing in particular ("quality") are left out.

    Args:
        sentences: training sentences with their aspects.
        analyst: parses the sentences and looks their words up.
    """
    evidence: dict[tuple[str, Polarity], Evidence] = {}
    forms: dict[str, Counter[str]] = {}
    vocabulary: set[str] = set()
    for analysis in analyst.read(sentences):
        vocabulary.update(token.lower_ for token in analysis.doc if token.is_alpha)
        for term in {_in_sentence(term) for _, term in terms_of(analysis)}:
            forms.setdefault(term.domain, Counter())[term.text] += 1
            evidence.setdefault((term.domain, term.polarity), Evidence()).terms[term] += 1
        for clause in {_lower(clause) for clause in clauses_of(analysis)}:
            evidence.setdefault((clause.domain, clause.polarity), Evidence()).pairs[clause] += 1
    clauses = {
        clause
        for (domain, polarity), group in evidence.items()
        if polarity is not Polarity.NEUTRAL
        for clause in group.clauses(forms[domain])
    }
    return AspectSet(tuple(sorted(clauses)), frozenset(vocabulary))


def _in_sentence(term: AspectTerm) -> AspectTerm:
    """An aspect term in the case that it has inside a sentence, and with the number of that."""
    text = inner_case(term.text)
    named = _is_name(text)
    return term._replace(text=text, named=named, plural=is_plural(text.split()[-1]) and not named)


def _lower(clause: AspectClause) -> AspectClause:
    """A clause with its term in the case that it has inside a sentence, and with the number of that."""
    term = inner_case(clause.term)
    named = _is_name(term)
    return replace(clause, term=term, named=named, plural=is_plural(term.split()[-1]) and not named)


def _is_name(term: str) -> bool:
    """Whether a term is the name of a program, which takes no article."""
    return term.split()[-1] in word_pairs("names").values()


def inner_case(term: str) -> str:
    """A term in the case that it has inside a sentence: names and acronyms that are known keep theirs.

    Example:
        >>> inner_case("Staff"), inner_case("usb ports"), inner_case("windows")
        ('staff', 'USB ports', 'Windows')
    """
    names, acronyms = word_pairs("names"), word_list("acronyms")
    words = [
        names.get(word.lower(), word.upper() if word.upper() in acronyms else word.lower())
        for word in term.split()
    ]
    return " ".join(words)


def _key(term: AspectTerm) -> str:
    """The word that identifies the aspect of a term."""
    return singular(term.text.lower().split()[-1])


def _typical(key: str, polarity: Polarity) -> list[str]:
    """The adjectives of a polarity that are often said of an aspect, or suit any aspect."""
    typical = [
        adjective
        for left, adjectives in word_pairs("typical predicates").items()
        if left.split()[0] == polarity and key in left.split()[1:]
        for adjective in adjectives.split()
    ]
    if typical or key in word_list("never general"):
        return typical
    return word_pairs("suited to anything")[polarity].split()


def _clause(term: AspectTerm, adjective: str) -> AspectClause:
    """The clause that says an adjective of a term."""
    return AspectClause(
        term.text, adjective, term.polarity, plural=term.plural, named=term.named, domain=term.domain
    )
