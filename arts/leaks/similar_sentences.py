"""Search for sentences that are the same as given ones, or nearly the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from arts.data.support.arrays import FloatArray
from arts.leaks.normal_form import normal_words
from arts.leaks.word_distance import word_distance

if TYPE_CHECKING:
    from scipy.sparse import csr_array

WORDS_PER_CHANGE = 5  # a sentence of so many words may differ in one, of twice as many in two, ...
EVIDENCE = math.log(100)  # nats: one collection in a hundred has a sentence that shares the words by chance
EVIDENCE_PER_CHANGE = 8.0  # nats more, for each changed word of a sentence that stands within a longer one
LEAST_WITHIN = 5  # words of a sentence that is looked for within longer ones
PRIOR_SENTENCES, PRIOR_COUNT = 10, 0.5  # sentences seen before any, and how many of them have a given word
_BATCH = 512  # sentences compared at once: bounds the memory


class Likeness(StrEnum):
    """How alike two sentences are.

    SAME: equal in normal form. NEAR: few words differ, and the others are too many or too rare to be shared
    by chance. POSSIBLE: one word differs, but the others are so common that they may be shared by chance.
    """

    SAME = "same"
    NEAR = "near"
    POSSIBLE = "possible"


@dataclass(frozen=True, order=True)
class Match:
    """The given sentence that a sentence is most like; of two matches, the closer one is the smaller.

    Args:
        rank: position of the likeness in `Likeness`.
        changes: number of words that differ.
        position: position of the given sentence.
    """

    rank: int
    changes: int
    position: int

    @property
    def likeness(self) -> Likeness:
        """How alike the sentences are."""
        return tuple(Likeness)[self.rank]


class SentenceSearch:
    """Finds sentences that are like given ones.

    Every pair is compared by the number of different words that they share, as one sparse product; so none
    is missed that differs in as few words as are allowed. Those that share enough are aligned word by word.

    A sentence is near a given one when at most one word in five differs (in short ones, one word), when it
    has the same words in another order, or when it contains the given sentence with as few changes. The
    words that they share must be improbable: were words independent, a collection of such sentences would
    hold 0.01 that share them by chance. Within a longer sentence there is more room for chance, and more is
    asked for.

    Args:
        texts: the given sentences; of equal ones, the first is found.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._words = [normal_words(text) for text in texts]
        self._first = {words: n for n, words in reversed(list(enumerate(self._words)))}
        self._unique = list(self._first.items())
        self._columns = {word: n for n, word in enumerate(dict.fromkeys(w for s in self._words for w in s))}
        self._given = self._occurrences([words for words, _ in self._unique])
        self._sizes = np.diff(self._given.indptr)  # numbers of different words
        self._lengths = np.array([len(words) for words, _ in self._unique])
        self._allowed = np.maximum(1, self._lengths // WORDS_PER_CHANGE)  # changes

    def find(self, texts: Sequence[str], *, collection: Sequence[str] = ()) -> list[Match | None]:
        """The closest given sentence for each text; None where no given sentence is alike.

        Args:
            texts: the texts.
            collection: sentences that tell how common words are. Default: the texts.
        """
        sentences = [normal_words(text) for text in texts]
        found = [self._same(words) for words in sentences]
        rest = [n for n, match in enumerate(found) if match is None]
        common = [normal_words(text) for text in collection] if collection else sentences
        surprise, chance = self._surprise(common)
        for start in range(0, len(rest), _BATCH):
            batch = rest[start : start + _BATCH]
            for n, match in self._near([sentences[n] for n in batch], surprise=surprise, chance=chance):
                found[batch[n]] = min(match, found[batch[n]] or match)
        return found

    def _same(self, words: tuple[str, ...]) -> Match | None:
        """The match with an equal given sentence; None if there is none."""
        position = self._first.get(words)
        return None if position is None else Match(0, 0, position)

    def _surprise(self, sentences: Sequence[tuple[str, ...]]) -> tuple[FloatArray, float]:
        """How much it says, in nats, that a sentence has a word, for each column; and the log of all chances.

        Args:
            sentences: the collection that tells how common words are.
        """
        unique = set(sentences)
        counts = Counter(word for words in unique for word in set(words))
        frequency = np.array([counts[word] for word in self._columns], dtype=float)
        return np.log((len(unique) + PRIOR_SENTENCES) / (frequency + PRIOR_COUNT)), math.log(len(unique) or 1)

    def _occurrences(self, sentences: Sequence[tuple[str, ...]]) -> csr_array[Any]:
        """Which sentences have which words: a sparse array (n, words) of ones, for n sentences."""
        from scipy.sparse import csr_array

        known = [[self._columns[w] for w in dict.fromkeys(s) if w in self._columns] for s in sentences]
        columns = np.array([column for row in known for column in row], dtype=np.int32)
        ends = np.cumsum([0, *map(len, known)])
        return csr_array(
            (np.ones(len(columns), np.int32), columns, ends), shape=(len(sentences), len(self._columns))
        )

    def _near(
        self, sentences: Sequence[tuple[str, ...]], *, surprise: FloatArray, chance: float
    ) -> Iterator[tuple[int, Match]]:
        """Yield the position of each sentence that is near a given one, and the match.

        Args:
            sentences: the sentences.
            surprise: how much each word says, in nats.
            chance: the logarithm of the number of sentences that might share words by chance.
        """
        occurrences = self._occurrences(sentences)
        shared = (occurrences @ self._given.T).tocoo()
        missing = self._sizes[shared.col] - shared.data
        few = missing <= self._allowed[shared.col]
        rows, columns, missing = shared.row[few], shared.col[few], missing[few]
        evidence = (occurrences[rows].multiply(self._given[columns])) @ surprise - chance
        longer = np.array([len(words) for words in sentences])[rows] - self._lengths[columns]
        whole = np.abs(longer) <= np.where(evidence >= EVIDENCE, self._allowed[columns], 1)
        sought = self._lengths[columns] >= LEAST_WITHIN
        within = sought & (longer > 0) & (evidence >= EVIDENCE + EVIDENCE_PER_CHANGE * missing)
        for pair in np.flatnonzero(whole | within):
            row, given = int(rows[pair]), int(columns[pair])
            match = self._aligned(sentences[row], given, evidence=float(evidence[pair]))
            if match:
                yield row, match

    def _aligned(self, words: tuple[str, ...], given: int, *, evidence: float) -> Match | None:
        """The match of a sentence with a given one, aligned word by word; None if they are not alike."""
        other, position = self._unique[given]
        allowed = int(self._allowed[given])
        changes = 1 if sorted(words) == sorted(other) else word_distance(other, words)
        if changes <= allowed and evidence >= EVIDENCE:
            return Match(1, changes, position)
        inner = word_distance(other, words, within=True) if len(other) >= LEAST_WITHIN else allowed + 1
        if inner <= allowed and evidence >= EVIDENCE + EVIDENCE_PER_CHANGE * inner:
            return Match(1, inner, position)
        return Match(2, 1, position) if changes == 1 and len(other) > 2 else None
