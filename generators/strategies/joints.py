"""Joints: the ways of joining added clauses to a sentence, each with the place where they go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from arts.data.errors import UnknownNameError
from arts.data.schema import Polarity


class Place(StrEnum):
    """Where the added clauses stand: FIRST, before the sentence; INSIDE it; or LAST, after it."""

    FIRST = "first"
    INSIDE = "inside"
    LAST = "last"


class Site(StrEnum):
    """What a joint needs of a sentence.

    BOUNDARY is the beginning or end of the sentence, where a sentence of its own fits. CLAUSE is a beginning
    or end where the sentence can become a part of a longer one. SENTENCES is between two sentences of the
    text. CLAUSES is after a main clause that evaluates something, before another clause. OPENING is after a
    first adverbial and its comma. SUBJECT is after the subject of a clause that evaluates it, PRONOUN after
    "it is" or "they are" with an evaluation.
    """

    BOUNDARY = "boundary"
    CLAUSE = "clause"
    SENTENCES = "sentences"
    CLAUSES = "clauses"
    OPENING = "opening"
    SUBJECT = "subject"
    PRONOUN = "pronoun"


@dataclass(frozen=True, slots=True)
class AdddiffTemplate:
    """A joint: a way of joining clauses to a sentence.

    Args:
        place: where the clauses go.
        site: what it needs of the sentence.
        pattern: the words around what is added, which is "{}". At a boundary it is a sentence of its own.
        contrasts: whether its words express a contrast. A sentence should have only one contrast.
        nouns: whether the clauses are put as noun phrases, "the noisy fan".
    """

    place: Place
    site: Site
    pattern: str
    contrasts: bool = True
    nouns: bool = False

    def words(self, polarity: Polarity) -> tuple[str, str]:
        """The words before and after what is added, given the polarity of that."""
        side = "upside" if polarity is Polarity.POSITIVE else "downside"
        before, after = self.pattern.replace("SIDE", side).split("{}")
        return before, after


_FIRST, _INSIDE, _LAST = Place
_BOUNDARY, _CLAUSE, _SENTENCES, _CLAUSES, _OPENING, _SUBJECT, _PRONOUN = Site

TEMPLATES: Mapping[str, AdddiffTemplate] = {
    "but": AdddiffTemplate(_LAST, _CLAUSE, ", but {}"),
    "though": AdddiffTemplate(_LAST, _CLAUSE, ", though {}"),
    "however": AdddiffTemplate(_LAST, _CLAUSE, "; however, {}"),
    "on the other hand": AdddiffTemplate(_LAST, _BOUNDARY, "On the other hand, {}."),
    "side": AdddiffTemplate(_LAST, _BOUNDARY, "On the SIDE, {}."),
    "sentence": AdddiffTemplate(_LAST, _BOUNDARY, "{}.", contrasts=False),
    "before": AdddiffTemplate(_FIRST, _BOUNDARY, "{}.", contrasts=False),
    "that said": AdddiffTemplate(_LAST, _BOUNDARY, "That said, {}."),
    "though at the end": AdddiffTemplate(_LAST, _BOUNDARY, "{}, though."),
    "as for the rest": AdddiffTemplate(_LAST, _BOUNDARY, "As for the rest, {}.", contrasts=False),
    "I should add": AdddiffTemplate(_LAST, _BOUNDARY, "I should add that {}.", contrasts=False),
    "first of all": AdddiffTemplate(_FIRST, _BOUNDARY, "First of all, {}.", contrasts=False),
    "while": AdddiffTemplate(_FIRST, _CLAUSE, "While {}, "),
    "although": AdddiffTemplate(_FIRST, _CLAUSE, "Although {}, "),
    "but before": AdddiffTemplate(_FIRST, _CLAUSE, "{}, but "),
    "granted": AdddiffTemplate(_FIRST, _CLAUSE, "Granted, {}, but "),
    "aside": AdddiffTemplate(_FIRST, _CLAUSE, "{} aside, ", nouns=True),
    "between": AdddiffTemplate(_INSIDE, _SENTENCES, "{}.", contrasts=False),
    "between, though": AdddiffTemplate(_INSIDE, _SENTENCES, "{}, though."),
    "brackets": AdddiffTemplate(_INSIDE, _CLAUSES, " ({}, though)"),
    "though inside": AdddiffTemplate(_INSIDE, _CLAUSES, ", though {},"),
    "dashes": AdddiffTemplate(_INSIDE, _CLAUSES, " - {}, though -"),
    "opening": AdddiffTemplate(_INSIDE, _OPENING, "although {}, "),
    "unlike": AdddiffTemplate(_INSIDE, _SUBJECT, ", unlike {},", nouns=True),
    "aside inside": AdddiffTemplate(_INSIDE, _PRONOUN, ", {} aside,", nouns=True),
}

TELLING = ("side",)  # joints whose words tell the polarity of the clauses, and so the label
STUMBLED_OVER = (  # by readers, in most of the variants with these joints
    "unlike",
    "first of all",
    "I should add",
    "dashes",
    "brackets",
    "opening",
    "though inside",
    "aside inside",
)
DEFAULT_TEMPLATES = tuple(name for name in TEMPLATES if name not in (*TELLING, *STUMBLED_OVER))


def template_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names of templates that are given by their names or by their places, without repetition.

    Args:
        names: names of templates, or places: "first", "inside", "last".

    Raises:
        UnknownNameError: when a name is neither.

    Example:
        >>> template_names(["but", "inside"])[:3]
        ('but', 'between', 'between, though')
    """
    found: list[str] = []
    for name in names:
        if name in TEMPLATES:
            found.append(name)
        elif name in tuple(Place):
            found += [other for other in DEFAULT_TEMPLATES if TEMPLATES[other].place == name]
        else:
            raise UnknownNameError("template", name, TEMPLATES, f"; or a place: {', '.join(Place)}")
    return tuple(dict.fromkeys(found))


def places_of(names: Sequence[str]) -> dict[Place, list[str]]:
    """The names of templates, keyed by their place; places without a template are left out."""
    groups: dict[Place, list[str]] = {}
    for name in names:
        groups.setdefault(TEMPLATES[name].place, []).append(name)
    return groups
