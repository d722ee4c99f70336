"""The clauses of an AspectSet that can be added to a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from random import Random

from arts.data.schema import Polarity
from arts.generators.english.word_lists import word_list
from arts.generators.opinions.analysis import Analysis
from arts.generators.strategies.aspect_clause import (
    AspectClause,
    aspect_key,
    domain_of,
    similar_terms,
    singular,
)
from arts.generators.strategies.aspectset import AspectSet
from arts.generators.strategies.kinship import implied_by, mentioned_words

_CALM = 2  # number of aspects above which a sentence without "!" takes no strong words
_Groups = Mapping[str, list[AspectClause]]  # clauses, keyed by a word that stands for their aspects


@dataclass
class ClausePool:
    """The clauses on aspects that a sentence neither mentions nor implies, and that are not kin of them.

    Args:
        aspect_set: the clauses to draw from.
        analysis: the sentence.
    """

    aspect_set: AspectSet
    analysis: Analysis
    _groups: dict[Polarity, _Groups] = field(default_factory=dict)

    def draw(self, polarity: Polarity, *, count: int, rng: Random) -> list[AspectClause]:
        """Draw clauses on different aspects.

        Args:
            polarity: the polarity of the clauses.
            count: the number of clauses; fewer are drawn when fewer fit.
            rng: draws an aspect, each with the same probability, and then one of its clauses.
        """
        if polarity not in self._groups:
            self._groups[polarity] = self._fitting(polarity)
        groups, kin = self._groups[polarity], self.aspect_set.kin
        calm = count > _CALM and "!" not in self.analysis.sentence.text
        drawn: list[AspectClause] = []
        for group in rng.sample(sorted(groups), len(groups)):
            if len(drawn) == count:
                break
            others = mentioned_words(" ".join(clause.term for clause in drawn))
            taken, predicates = kin.kin_of_all(others, others), {clause.predicate for clause in drawn}
            free = [c for c in groups[group] if c.term not in taken and c.predicate not in predicates]
            free = [c for c in free if not (calm and c.predicate in word_list("strong"))]
            if free:
                drawn.append(rng.choice(free))
        return drawn

    def _fitting(self, polarity: Polarity) -> _Groups:
        """The clauses of a polarity that fit the sentence."""
        groups: dict[str, list[AspectClause]] = {}
        for clause in self.aspect_set.clauses_in(domain_of(self.analysis.sentence.id), polarity):
            said = _says(clause.term, clause.predicate)
            if clause.term not in self._taken and self._words.isdisjoint(said):
                groups.setdefault(_topic(clause.term), []).append(clause)
        return groups

    @cached_property
    def _words(self) -> frozenset[str]:
        """The words of the sentence, in lower case and in the singular."""
        return frozenset(mentioned_words(self.analysis.sentence.text))

    @cached_property
    def _taken(self) -> frozenset[str]:
        """The terms of the AspectSet that are kin of a word of the sentence."""
        nouns = {singular(noun) for noun in self.analysis.nouns}
        return self.aspect_set.kin.kin_of_all(self._words, nouns)


@cache
def _says(term: str, predicate: str) -> frozenset[str]:
    """The word by which a clause evaluates, and the aspects that it implies beside its own."""
    return implied_by(predicate, aspect_key(term)) | {predicate.split()[-1]}


@cache
def _topic(term: str) -> str:
    """One word for all terms that name the same aspect."""
    return min(similar_terms(aspect_key(term)))
