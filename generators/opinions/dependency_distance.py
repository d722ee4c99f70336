"""Relatedness: how far the words of a sentence are from an aspect in the dependency tree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from arts.generators.english.clauses import has_dependent

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
_THROUGH_ASPECT = 1.5  # added for a path through another aspect
REACH = 5.0  # words farther than this are not related

Step = tuple[int, float, bool]  # index of the neighbour, length, whether it goes up a list


class DependencyTree:
    """The steps from each word of a sentence to its neighbours in the dependency tree.

    Args:
        doc: the parsed sentence.
    """

    def __init__(self, doc: Doc) -> None:
        self.steps: list[list[Step]] = [[] for _ in doc]
        for token in doc:
            i, head, dependency = token.i, token.head.i, token.dep_
            if head == i:
                continue
            if dependency == "conj":
                up, down = _conjunct_length(token, up=True), _conjunct_length(token, up=False)
            else:
                up, down = _UP.get(dependency, _OTHER), _DOWN.get(dependency, _OTHER)
            self.steps[i].append((head, up, dependency in ("conj", "appos")))
            self.steps[head].append((i, down, False))

    def distances(self, words: Iterable[int], aspects: frozenset[int]) -> dict[int, float]:
        """The distance of every word within reach from the nearest of some words, by index.

        Args:
            words: the indices of the words of an aspect, whose distance is 0.
            aspects: the indices of the words of all aspects; a path through another one is longer.
        """
        words = frozenset(words)
        distances = dict.fromkeys(words, 0.0)
        frontier = list(words)
        while frontier:
            i = frontier.pop()
            for neighbour, length, listed in self.steps[i]:
                if neighbour in aspects and neighbour not in words and not listed:
                    length += _THROUGH_ASPECT
                distance = distances[i] + length
                if distance <= REACH and distance < distances.get(neighbour, REACH + 1):
                    distances[neighbour] = distance
                    frontier.append(neighbour)
        return distances


def _conjunct_length(token: Token, *, up: bool) -> float:
    """The length of the step between a conjunct and the head of its list."""
    if token.pos_ in ("ADJ", "ADV"):
        return _LINKED
    if token.pos_ in ("VERB", "AUX"):
        return _APART if has_dependent(token, ("nsubj", "nsubjpass")) else _LINKED
    return _SHARED if up and not has_dependent(token, ("amod",)) else _APART
