"""Clauses on the aspects of a domain: "the battery life is terrible"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from arts.data.schema import Polarity
from arts.generators.english.inflection import inflect
from arts.generators.english.word_lists import word_groups, word_list


@dataclass(frozen=True, slots=True, order=True)
class AspectClause:
    """A clause on an aspect, mined from training sentences: "the battery life" + "is" + "terrible".

    Args:
        term: the aspect term, with the capitals that it has inside a sentence.
        predicate: an adjective ("terrible"), or a verb in the third person singular with an adverb ("works
            well").
        polarity: the sentiment of the clause.
        plural: whether the term takes a plural verb.
        named: whether the term is a name, which takes no article.
        verbal: whether the predicate is a verb.
        domain: the domain of the sentences that the clause comes from, as `domain_of` gives it.
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
        """The clause as a text in the present tense, without capital and full stop.

        Example:
            >>> AspectClause("fries", "soggy", Polarity.NEGATIVE, plural=True).text
            'the fries are soggy'
        """
        return f"{self.subject} {self.verb_phrase(past=False)}"

    def verb_phrase(self, *, past: bool) -> str:
        """What the clause says of its subject, in the past tense or in the present.

        Example:
            >>> fries = AspectClause("fries", "soggy", Polarity.NEGATIVE, plural=True)
            >>> fries.verb_phrase(past=True)
            'were soggy'
        """
        if not self.verbal:
            forms = ("was", "were") if past else ("is", "are")
            return f"{forms[self.plural]} {self.predicate}"
        if not past:
            return self.predicate
        verb, adverb = self.predicate.split(" ", 1)
        return f"{inflect(_base_form(verb), 'VBD')} {adverb}"

    @property
    def is_attributive(self) -> bool:
        """Whether the predicate can stand before the term: "the noisy fan"."""
        return not (self.verbal or self.named) and self.predicate not in word_list("not attributive")

    @property
    def key(self) -> str:
        """The word that identifies the aspect: the term's last word, in lower case, in the singular."""
        return aspect_key(self.term)


@cache
def aspect_key(term: str) -> str:
    """The last word of a term, in lower case, in the singular."""
    return singular(term.lower().split()[-1])


def _base_form(verb: str) -> str:
    """The base form of a verb in the third person singular: "works" → "work"."""
    from lemminflect import getLemma

    return str(getLemma(verb, upos="VERB")[0])


@cache
def singular(word: str) -> str:
    """A word in lower case without the ending of the plural.

    Example:
        >>> [singular(word) for word in ("fries", "dishes", "fans", "glass", "service")]
        ['fry', 'dish', 'fan', 'glass', 'service']
    """
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("shes", "ches", "sses", "xes", "oes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@cache
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
