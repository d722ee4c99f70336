"""ADDDIFF: aspects of the opposite sentiment added (Xing et al., 2020, section 2.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from arts.data.schema import Aspect, Edit, Instance, Opinion, Polarity, Sentence, Strategy
from arts.generators.strategies.aspectset import Pool, Said, alike, domain_of
from arts.generators.strategies.variants import Reason, build

FEWEST, MOST = 1, 3  # aspects added when their number is not fixed, as in the paper
_CONTRAST = re.compile(
    r"\b(?:but|although|though|however|yet|while|except|despite|unfortunately)\b", re.IGNORECASE
)
_LEANS = re.compile(  # a beginning that looks back to an earlier sentence
    r"\W*(?:also|although|and|as|because|but|even|he|his|however|if|it|its|it's|plus|she|since|so|that|then|"
    r"these|they|this|those|though|thus|too|what|when|which|while|yet)\b",
    re.IGNORECASE,
)
_END = re.compile(r"\s*[.!…,;:-]*\s*$")
_CLOSED = re.compile(r"[?\"”')\]]\s*[.!]*\s*$")


@dataclass(frozen=True, slots=True)
class Template:
    """A way to join clauses to a sentence.

    Args:
        lead: what comes between the sentence and the clauses, from the polarity that is added.
        inside: whether the clauses go inside the sentence, before its final mark.
        contrasts: whether it marks a contrast, which a sentence should have but once.
        before: whether the clauses come first.
    """

    lead: Callable[[Polarity], str]
    inside: bool
    contrasts: bool
    before: bool = False


def _side(polarity: Polarity) -> str:
    return "On the upside, " if polarity is Polarity.POSITIVE else "On the downside, "


TEMPLATES: Mapping[str, Template] = {
    "but": Template(lambda _: ", but ", inside=True, contrasts=True),
    "though": Template(lambda _: ", though ", inside=True, contrasts=True),
    "however": Template(lambda _: "; however, ", inside=True, contrasts=True),
    "on the other hand": Template(lambda _: "On the other hand, ", inside=False, contrasts=True),
    "side": Template(_side, inside=False, contrasts=False),
    "sentence": Template(lambda _: "", inside=False, contrasts=False),
    "before": Template(lambda _: "", inside=False, contrasts=False, before=True),
}


def add_different(
    source: Instance,
    sentence: Sentence,
    pool: Pool,
    rng: Random,
    *,
    k: int | None = None,
    templates: Sequence[str] = tuple(TEMPLATES),
) -> Iterator[Instance | Reason]:
    """Variants of an instance with `k` aspects added whose sentiment is opposite to the target's.

    A neutral target gets aspects of one polarity, drawn. No added aspect is mentioned in the sentence
    already, and none is added twice.

    Args:
        source: the original instance.
        sentence: its sentence.
        pool: what can be said.
        rng: draws the aspects, their number and the template.
        k: how many to add; by default 1 to 3.
        templates: names from `TEMPLATES` to draw from.
    """
    target = source.aspect.polarity
    polarity = target.opposite
    if target is Polarity.NEUTRAL:
        polarity = rng.choice((Polarity.POSITIVE, Polarity.NEGATIVE))
    count = k or rng.randint(FEWEST, MOST)
    said = _drawn(pool.of(domain_of(sentence.id), polarity), sentence, count, rng)
    if said is None:
        yield Reason.POOL
        return
    names = _fitting(sentence.text, target, templates, rng)
    if not names:
        yield Reason.TEMPLATE
    for name in names:
        edit, added = _joined(sentence.text, said, name, polarity)
        yield build(source, sentence, Strategy.ADDDIFF, [edit], {}, added)


def _drawn(pool: Sequence[Said], sentence: Sentence, count: int, rng: Random) -> list[Said] | None:
    """`count` things to say about aspects that the sentence does not mention, or None."""
    mentioned = _mentioned(sentence.text)
    chosen: list[Said] = []
    for _ in range(20 * count + 50):  # draws; a pool that is large enough needs few
        if len(chosen) == count:
            return chosen
        said = pool[rng.randrange(len(pool))] if pool else None
        if said is None:
            return None
        words = {word.rstrip("s") for word in said.term.lower().replace("-", " ").split()}
        taken = {other.predicate for other in chosen}.union(*(alike(other.key) for other in chosen))
        if (
            not words & mentioned
            and not alike(said.key) & mentioned
            and not {said.key, said.predicate} & taken
        ):
            chosen.append(said)
    return chosen if len(chosen) == count else None


@lru_cache(maxsize=16)
def _mentioned(text: str) -> frozenset[str]:
    """The words of a sentence, in the singular."""
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z]+", text.lower()))


def _fitting(text: str, target: Polarity, names: Sequence[str], rng: Random) -> list[str]:
    """The names of the templates that fit a sentence, in an order drawn."""
    contrasted = bool(_CONTRAST.search(text)) or target is Polarity.NEUTRAL
    closed = bool(_CLOSED.search(text)) or len(re.findall(r"[.!?](?:\s|$)", text)) > 1
    leans = bool(_LEANS.match(text))
    possible = [
        name
        for name in names
        if not ((TEMPLATES[name].inside and closed) or (TEMPLATES[name].before and leans))
    ]
    fitting = [name for name in possible if not (TEMPLATES[name].contrasts and contrasted)] or possible
    return rng.sample(fitting, len(fitting))


def _joined(text: str, said: Sequence[Said], name: str, polarity: Polarity) -> tuple[Edit, list[Aspect]]:
    """The edit that adds the clauses, and the aspects it adds, placed in the new text."""
    template = TEMPLATES[name]
    lead = template.lead(polarity)
    capital = not template.inside and not lead
    clauses = _listed(said, capital=capital)
    if template.before:
        indent = text[: len(text) - len(text.lstrip())]
        edit = Edit(0, len(indent), indent, f"{clauses}. ", f"added: {name}")
        return edit, _placed(said, clauses, 0)
    match = _END.search(text)
    assert match is not None
    start, mark = match.start(), match.group().strip()
    if template.inside:
        head, final = lead, mark if mark in (".", "!") else "."
        edit = Edit(start, len(text), text[start:], f"{head}{clauses}{final}", f"added: {name}")
    else:
        ended = mark if mark and mark[-1] in ".!…" else "."
        if _CLOSED.search(text) and not mark:
            ended = ""
        head = f"{ended} {lead}"
        edit = Edit(start, len(text), text[start:], f"{head}{clauses}.", f"added: {name}")
    return edit, _placed(said, clauses, start + len(head))


def _listed(said: Sequence[Said], *, capital: bool) -> str:
    clauses = [one.clause for one in said]
    text = clauses[0]
    if len(clauses) == 2:
        text = " and ".join(clauses)
    elif len(clauses) > 2:
        text = f"{', '.join(clauses[:-1])}, and {clauses[-1]}"
    return text[:1].upper() + text[1:] if capital else text


def _placed(said: Sequence[Said], clauses: str, offset: int) -> list[Aspect]:
    """The added aspects with their spans in the new text."""
    aspects, position = [], 0
    for one in said:
        position = clauses.lower().index(one.clause.lower(), position)
        start = position + len(one.subject) - len(one.term)
        opinion = position + len(one.clause) - len(one.predicate)
        term = clauses[start : start + len(one.term)]
        place = offset + start
        words = Opinion(one.predicate, offset + opinion, offset + opinion + len(one.predicate))
        aspects.append(Aspect(term, place, place + len(term), one.polarity, (words,)))
        position += len(one.clause)
    return aspects
