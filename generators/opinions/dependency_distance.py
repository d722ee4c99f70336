"""How far the words of a sentence are from an aspect, along weighted paths in the dependency tree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from arts.generators.english.clauses import has_dependent

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

# Length of a step up (from a word to its head) or down, by dependency label. Fitted by coordinate search on
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
_OTHER = 2.0  # length of a step with any other dependency label
_LINKED = 0.75  # between conjuncts that describe the same thing: "fast and quiet", "looks and works"
_SHARED = 0.15  # from a noun to the first of its list, whose adjective it shares: "great food and service"
_APART = 2.4  # between conjuncts that are described apart: "great food and slow service"
_THROUGH_ASPECT = 1.5  # added to a step to a word of another aspect
REACH = 5.0  # the largest distance at which a word counts as related to an aspect

Step = tuple[int, float, bool]  # token index of the neighbour, length, whether it goes to the head of a list


class DependencyTree:
    """The dependency tree of a sentence, with a length for each step between a word and its head.

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
        """The distance of each word from the nearest word of an aspect, keyed by token index.

        A distance is the length of the shortest path. Words farther than `REACH` are left out.

        Args:
            words: the token indices of the words of the aspect, whose distance is 0.
            aspects: the token indices of the words of all aspects. A step to a word of another aspect counts
                as longer, unless it goes from a conjunct or an apposition to its head.
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
    """The length of the step between a conjunct and its head: "quiet" and "fast" in "fast and quiet".

    Args:
        token: the conjunct, "quiet".
        up: True for the step from the conjunct to its head, False for the other way.
    """
    if token.pos_ in ("ADJ", "ADV"):
        return _LINKED
    if token.pos_ in ("VERB", "AUX"):
        return _APART if has_dependent(token, ("nsubj", "nsubjpass")) else _LINKED
    return _SHARED if up and not has_dependent(token, ("amod",)) else _APART
