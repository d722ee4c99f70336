"""The ways to reverse each of several opinion words, and choosing ways that go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from arts.generators.english.token_edits import deletion
from arts.generators.opinions.analysis import OpinionWord
from arts.generators.strategies.reversal import Reversal

if TYPE_CHECKING:
    from spacy.tokens import Doc


class WordReversals:
    """The different ways to reverse one opinion word, best first, computed only as far as they are asked for.

    Args:
        word: the opinion word.
        candidates: the ways to reverse it, best first; repetitions in it are skipped.
    """

    def __init__(self, word: OpinionWord, candidates: Iterator[Reversal]) -> None:
        self.word = word
        self._remaining = candidates
        self._different: list[Reversal] = []

    def at(self, n: int) -> Reversal | None:
        """The n-th way to reverse the word, counted from 0; None when there are fewer."""
        while len(self._different) <= n:
            reversal = next((r for r in self._remaining if r not in self._different), None)
            if reversal is None:
                return None
            self._different.append(reversal)
        return self._different[n]

    def since(self, n: int) -> Iterator[Reversal]:
        """Stream the ways from the n-th on, counted from 0; only the last one when there is no n-th."""
        if self.at(n) is None:
            yield self._different[-1]
        while (reversal := self.at(n)) is not None:
            yield reversal
            n += 1


def choose_distinct(words: Sequence[WordReversals], n: int) -> list[Reversal]:
    """Choose a way to reverse each word: the n-th, or its last if it has fewer.

    If the replacement is already chosen for another word, the next way with an unused replacement is taken
    instead, if there is one.

    Args:
        words: the words, each with the ways to reverse it.
        n: the number of the way, counted from 0.

    Returns:
        One way per word, in the order of the words.
    """
    choice: list[Reversal] = []
    replaced: dict[str, str] = {}  # replacement → the word that it replaces
    for candidates in words:
        first = next(candidates.since(n))
        reversal = next((r for r in candidates.since(n) if _is_new_replacement(r, replaced)), first)
        replaced[reversal.edits[0].after.lower()] = reversal.edits[0].before.lower()
        choice.append(reversal)
    return choice


def thin_out_adjectives(
    doc: Doc, words: Sequence[WordReversals], choice: Sequence[Reversal]
) -> list[Reversal]:
    """Delete the second of two replaced adjectives without a comma: "nice cozy place" → "awful place".

    Args:
        doc: the sentence.
        words: the words.
        choice: the way to reverse each, in the order of `words`.
    """
    result = list(choice)
    heads = {candidates.word.head: candidates.word for candidates in words if not _is_deletion(candidates)}
    for n, candidates in enumerate(words):
        word, first = candidates.word, heads.get(candidates.word.start - 1)
        labels = {doc[word.head].dep_, doc[word.start - 1].dep_}
        if first is not None and labels <= {"amod", "compound", "nmod"} and not choice[n].scope:
            result[n] = Reversal((deletion(doc[word.start], doc[word.end - 1], rule="degree"),))
    return result


def _is_deletion(candidates: WordReversals) -> bool:
    """Whether the first way to reverse a word only deletes something."""
    first = candidates.at(0)
    return first is not None and not any(edit.after for edit in first.edits)


def _is_new_replacement(reversal: Reversal, replaced: Mapping[str, str]) -> bool:
    """Whether a reversal's replacement is not used for another word.

    Args:
        reversal: one way to reverse a word.
        replaced: the words that are replaced already, in lower case, keyed by their replacement.
    """
    before, after = reversal.edits[0].before.lower(), reversal.edits[0].after.lower()
    return replaced.get(after, before) == before


def drop_redundant(words: Sequence[WordReversals], choice: Sequence[Reversal]) -> list[Reversal]:
    """Drop replacements of words that the negation of another word reverses already.

    Where a "not" put in for one word also affects another, replacing the other would reverse it twice.

    Args:
        words: the words.
        choice: the way to reverse each, in the order of `words`.
    """
    needed: list[Reversal] = []
    for candidates, reversal in zip(words, choice, strict=True):
        is_reached = any(candidates.word.head in other.scope for other in choice if other is not reversal)
        if reversal.scope or not is_reached:
            needed.append(reversal)
    return needed
