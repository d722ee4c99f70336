"""Relatedness: how far the words of a sentence are from an aspect in the dependency tree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

# The length of a step up (from a word to its head) or down, by its dependency. Fitted by coordinate search on
# the training sentences of SemEval 2014 with TOWE's annotation, laptop and restaurant, and on nothing else.
_UP = {
    "nsubj": 0.5, "nsubjpass": 0.5, "dobj": 0.7, "pobj": 0.5, "prep": 0.75, "compound": 0.4, "amod": 1.0,
    "attr": 0.8, "acomp": 0.5, "xcomp": 0.6, "ccomp": 1.5, "relcl": 1.5, "advcl": 1.5, "advmod": 0.8,
    "poss": 1.0, "appos": 0.6, "acl": 1.0, "pcomp": 0.6, "npadvmod": 0.8, "dep": 1.5, "dative": 1.0,
    "nmod": 0.5, "oprd": 0.6, "ROOT": 0.0, "nummod": 2.0, "agent": 0.8,
}  # fmt: skip
_DOWN = {
    "amod": 0.3, "acomp": 0.4, "attr": 0.6, "advmod": 0.36, "dobj": 0.9, "prep": 1.12, "pobj": 0.8,
    "xcomp": 1.0, "relcl": 0.9, "acl": 0.9, "ccomp": 1.2, "advcl": 2.0, "oprd": 0.5, "nsubj": 1.3,
    "nsubjpass": 1.3, "compound": 0.5, "appos": 1.0, "pcomp": 0.8, "npadvmod": 1.0, "dep": 1.8, "nmod": 0.7,
    "prt": 0.5, "intj": 1.5, "parataxis": 2.0, "poss": 1.5, "agent": 1.0, "dative": 1.0, "ROOT": 0.0,
}  # fmt: skip
_OTHER = 2.0
_LINKED = 0.75  # conjuncts of one construction: "fast and quiet", "looks and works"
_SHARED = 0.15  # from a conjunct to the head of its list: "great food and service"
_APART = 2.4  # conjuncts that stand by themselves: "great food and slow service"
_THROUGH = 1.5  # added for a path through another aspect
REACH = 5.0  # words farther than this are not related

Step = tuple[int, float, bool]  # index of the neighbour, length, whether it goes up a list


class Tree:
    """The steps from each word of a sentence to its neighbours in the dependency tree."""

    def __init__(self, doc: Doc) -> None:
        self.steps: list[list[Step]] = [[] for _ in doc]
        for token in doc:
            i, head, dependency = token.i, token.head.i, token.dep_
            if head == i:
                continue
            if dependency == "conj":
                up, down = _conjunct(token, up=True), _conjunct(token, up=False)
            else:
                up, down = _UP.get(dependency, _OTHER), _DOWN.get(dependency, _OTHER)
            self.steps[i].append((head, up, dependency in ("conj", "appos")))
            self.steps[head].append((i, down, False))

    def distances(self, place: Iterable[int], aspects: frozenset[int]) -> dict[int, float]:
        """The distance of every word within reach from the words of a place.

        Args:
            place: indices of the words of an aspect.
            aspects: of the words of all aspects, which a path goes through at a price.
        """
        place = frozenset(place)
        found = dict.fromkeys(place, 0.0)
        frontier = list(place)
        while frontier:
            i = frontier.pop()
            for neighbour, length, listed in self.steps[i]:
                if neighbour in aspects and neighbour not in place and not listed:
                    length += _THROUGH
                distance = found[i] + length
                if distance <= REACH and distance < found.get(neighbour, REACH + 1):
                    found[neighbour] = distance
                    frontier.append(neighbour)
        return found


def _conjunct(token: Token, *, up: bool) -> float:
    if token.pos_ in ("ADJ", "ADV"):
        return _LINKED
    if token.pos_ in ("VERB", "AUX"):
        own_subject = any(c.dep_ in ("nsubj", "nsubjpass") for c in token.children)
        return _APART if own_subject else _LINKED
    has_own = any(c.dep_ == "amod" for c in token.children)
    return _SHARED if up and not has_own else _APART
