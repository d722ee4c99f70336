"""ADDDIFF: adding aspects of the opposite sentiment to a sentence (Xing et al., 2020, section 2.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from arts.data.schema import Aspect, Edit, Instance, Opinion, Polarity, Sentence, Strategy
from arts.generators.strategies.aspectset import AspectClause, AspectSet, domain_of, similar_terms
from arts.generators.strategies.variants import Reason, build_variant

FEWEST, MOST = 1, 3  # number of aspects to add when it is not given, as in the paper
_CONTRAST = re.compile(
    r"\b(?:but|although|though|however|yet|while|except|despite|unfortunately)\b", re.IGNORECASE
)
_LOOKS_BACK = re.compile(  # a first word that refers to an earlier sentence
    r"\W*(?:also|although|and|as|because|but|even|he|his|however|if|it|its|it's|plus|she|since|so|that|then|"
    r"these|they|this|those|though|thus|too|what|when|which|while|yet)\b",
    re.IGNORECASE,
)
_END = re.compile(r"\s*[.!…,;:-]*\s*$")
_CLOSED = re.compile(r"[?\"”')\]]\s*[.!]*\s*$")


@dataclass(frozen=True, slots=True)
class AdddiffTemplate:
    """A way to join clauses to a sentence.

    Args:
        lead: returns the words before the clauses (", but "), given the polarity of the clauses.
        inside: whether the clauses go before the sentence's final punctuation mark.
        contrasts: whether the words of `lead` express a contrast. A sentence should have only one contrast.
        before: whether the clauses come before the sentence, instead of after it.
    """

    lead: Callable[[Polarity], str]
    inside: bool
    contrasts: bool
    before: bool = False


def _upside_or_downside(polarity: Polarity) -> str:
    """The beginning of an added sentence: "On the upside, " or "On the downside, "."""
    return "On the upside, " if polarity is Polarity.POSITIVE else "On the downside, "


TEMPLATES: Mapping[str, AdddiffTemplate] = {
    "but": AdddiffTemplate(lambda _: ", but ", inside=True, contrasts=True),
    "though": AdddiffTemplate(lambda _: ", though ", inside=True, contrasts=True),
    "however": AdddiffTemplate(lambda _: "; however, ", inside=True, contrasts=True),
    "on the other hand": AdddiffTemplate(lambda _: "On the other hand, ", inside=False, contrasts=True),
    "side": AdddiffTemplate(_upside_or_downside, inside=False, contrasts=False),
    "sentence": AdddiffTemplate(lambda _: "", inside=False, contrasts=False),
    "before": AdddiffTemplate(lambda _: "", inside=False, contrasts=False, before=True),
}


def add_different(
    source: Instance,
    sentence: Sentence,
    *,
    aspect_set: AspectSet,
    rng: Random,
    k: int | None = None,
    templates: Sequence[str] = tuple(TEMPLATES),
) -> Iterator[Instance | Reason]:
    """Make variants with added aspects whose sentiment is the opposite of the target's.

    For a neutral target, a random draw decides whether all added aspects are positive or all negative. The
    added aspects are all different, and the sentence mentions none of them.

    Args:
        source: the original instance.
        sentence: its sentence.
        aspect_set: the clauses to draw from.
        rng: draws the clauses, their number and the order of the templates.
        k: the number of aspects to add; by default 1 to 3 are. Fewer are where there are no more clauses
            that fit the sentence.
        templates: the names, in `TEMPLATES`, of the templates that may be used.

    Yields:
        One variant per template that fits the sentence, or the reason why there is none.
    """
    target = source.aspect.polarity
    polarity = target.opposite
    if target is Polarity.NEUTRAL:
        polarity = rng.choice((Polarity.POSITIVE, Polarity.NEGATIVE))
    count = k or rng.randint(FEWEST, MOST)
    candidates = aspect_set.clauses_in(domain_of(sentence.id), polarity)
    clauses = _draw_clauses(candidates, sentence, count, rng)
    if clauses is None:
        yield Reason.POOL
        return
    names = _draw_templates(sentence.text, target, templates, rng)
    if not names:
        yield Reason.TEMPLATE
    for name in names:
        edit, added = _addition(sentence.text, clauses, name, polarity)
        yield build_variant(source, sentence, strategy=Strategy.ADDDIFF, edits=[edit], added=added)


def _draw_clauses(
    candidates: Sequence[AspectClause], sentence: Sentence, count: int, rng: Random
) -> list[AspectClause] | None:
    """Draw `count` clauses on aspects that the sentence does not mention; fewer when there are no more.

    Returns:
        The clauses; None when there is none.
    """
    if not candidates:
        return None
    mentioned = _words_in_singular(sentence.text)
    clauses: list[AspectClause] = []
    for _ in range(20 * count + 50):  # a limit to the draws; where there are enough clauses, few are needed
        if len(clauses) == count:
            return clauses
        clause = candidates[rng.randrange(len(candidates))]
        if not _repeats(clause, clauses, mentioned):
            clauses.append(clause)
    return clauses or None


def _repeats(clause: AspectClause, others: Sequence[AspectClause], mentioned: frozenset[str]) -> bool:
    """Whether a clause is about an aspect that is mentioned already, or has the predicate of another clause.

    Args:
        clause: the clause.
        others: the clauses that are drawn already.
        mentioned: the words of the sentence, as `_words_in_singular` gives them.
    """
    words = {word.rstrip("s") for word in clause.term.lower().replace("-", " ").split()}
    taken = {other.predicate for other in others}.union(*(similar_terms(other.key) for other in others))
    return bool(
        words & mentioned or similar_terms(clause.key) & mentioned or {clause.key, clause.predicate} & taken
    )


@lru_cache(maxsize=16)
def _words_in_singular(text: str) -> frozenset[str]:
    """The words of a text in lower case, without a final "s"."""
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z]+", text.lower()))


def _draw_templates(text: str, target: Polarity, names: Sequence[str], rng: Random) -> list[str]:
    """The names of the templates that fit a sentence, in a random order; empty when none fits.

    Templates that contrast are left out when the sentence has a contrast already or its target is neutral,
    unless no other template fits.

    Args:
        text: the sentence.
        target: the polarity of its target.
        names: the names of the templates that may be used.
        rng: draws the order.
    """
    contrasted = bool(_CONTRAST.search(text)) or target is Polarity.NEUTRAL
    closed = bool(_CLOSED.search(text)) or len(re.findall(r"[.!?](?:\s|$)", text)) > 1
    looks_back = bool(_LOOKS_BACK.match(text))
    possible = [
        name
        for name in names
        if not ((TEMPLATES[name].inside and closed) or (TEMPLATES[name].before and looks_back))
    ]
    fitting = [name for name in possible if not (TEMPLATES[name].contrasts and contrasted)] or possible
    return rng.sample(fitting, len(fitting))


def _addition(
    text: str, clauses: Sequence[AspectClause], name: str, polarity: Polarity
) -> tuple[Edit, list[Aspect]]:
    """The edit that adds clauses to a sentence, and the added aspects with their spans in the new text.

    Args:
        text: the sentence.
        clauses: the clauses to add.
        name: the name of the template.
        polarity: the polarity of the clauses.
    """
    template, rule = TEMPLATES[name], f"added: {name}"
    lead = template.lead(polarity)
    listing = _join_clauses(clauses, capital=not template.inside and not lead)
    if template.before:
        indent = text[: len(text) - len(text.lstrip())]
        return Edit(0, len(indent), indent, f"{listing}. ", rule), _locate_aspects(clauses, listing, 0)
    match = _END.search(text)
    assert match is not None
    start, mark = match.start(), match.group().strip()
    final = "."
    if template.inside:
        final = mark if mark in (".", "!") else "."
    else:
        ended = mark if mark and mark[-1] in ".!…" else "."
        if _CLOSED.search(text) and not mark:
            ended = ""
        lead = f"{ended} {lead}"
    edit = Edit(start, len(text), text[start:], f"{lead}{listing}{final}", rule)
    return edit, _locate_aspects(clauses, listing, start + len(lead))


def _join_clauses(clauses: Sequence[AspectClause], *, capital: bool) -> str:
    """Join clauses to a list: "a", "a and b", "a, b, and c".

    Args:
        clauses: the clauses.
        capital: whether the list begins with a capital.
    """
    texts = [clause.text for clause in clauses]
    listing = f"{', '.join(texts[:-1])}, and {texts[-1]}" if len(texts) > 2 else " and ".join(texts)
    return listing[:1].upper() + listing[1:] if capital else listing


def _locate_aspects(clauses: Sequence[AspectClause], listing: str, offset: int) -> list[Aspect]:
    """The added aspects, with their spans in the new text.

    Args:
        clauses: the added clauses.
        listing: the text that `_join_clauses` made of them.
        offset: the offset at which `listing` begins in the new text.
    """
    aspects, position = [], 0
    for clause in clauses:
        position = listing.lower().index(clause.text.lower(), position)
        first = position + len(clause.subject) - len(clause.term)
        end = position + len(clause.text)
        term = listing[first : first + len(clause.term)]
        start = offset + first
        opinion = Opinion(clause.predicate, offset + end - len(clause.predicate), offset + end)
        aspects.append(Aspect(term, start, start + len(term), clause.polarity, (opinion,)))
        position = end
    return aspects
