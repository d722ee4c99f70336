"""The opinion lexicon: words and phrases of reviews, each with its polarity and its replacements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import DataError, as_data_error
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import LEXICONS

if TYPE_CHECKING:
    from spacy.tokens import Doc

OPINIONS = LEXICONS / "opinions.tsv"
ANY_POSSESSIVE = "*"  # in a phrase, stands for "my", "your" ...
NO_REPLACEMENT = "-"  # in the column of replacements of a word that only a negation can reverse
COLUMNS = "word, part of speech, polarity, replacements"
SIGNS = {"positive": 1, "negative": -1, "either": 0}


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """A word or phrase of the opinion lexicon.

    Args:
        word: its lemma, in lower case; a phrase has several words, separated by spaces or hyphens.
        pos: its part of speech.
        sign: 1 positive, -1 negative, 0 when that depends on what is described (*large*, *cold*).
        replacements: words or phrases of the opposite sentiment, best first; empty when only a negation can
            reverse it.
    """

    word: str
    pos: PartOfSpeech
    sign: int
    replacements: tuple[str, ...]


# (tokens, entry) pairs of phrases, keyed by their first two tokens
PhraseIndex = dict[tuple[str, ...], list[tuple[tuple[str, ...], LexiconEntry]]]


@dataclass(frozen=True)
class Lexicon:
    """The opinion lexicon, with its entries indexed by word and by phrase.

    Args:
        entries: all entries, in the order of the file.

    Example:
        >>> lexicon = Lexicon.load()
        >>> entry = lexicon.words["slow", PartOfSpeech.ADJ]
        >>> entry.sign, entry.replacements[0]
        (-1, 'fast')
    """

    entries: tuple[LexiconEntry, ...]

    @classmethod
    def load(cls, path: Path = OPINIONS) -> Lexicon:
        """Read a lexicon from a file with one entry per line, in four columns separated by tabs.

        The columns are the word, its part of speech, its polarity (``positive``, ``negative`` or ``either``),
        and its replacements, separated by `` | ``.

        Raises:
            DataError: when a line is no such entry, or repeats the word and part of speech of another one.
                The message names the line.
        """
        entries = []
        seen = set()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            entry = _parse_entry(line, path, number)
            if (entry.word, entry.pos) in seen:
                raise DataError(path, f'duplicate entry "{entry.word}" ({entry.pos})', line=number)
            seen.add((entry.word, entry.pos))
            entries.append(entry)
        return cls(tuple(entries))

    @cached_property
    def words(self) -> dict[tuple[str, PartOfSpeech], LexiconEntry]:
        """All entries, keyed by word and part of speech; a verb includes its particle ("slow down")."""
        return {(entry.word, entry.pos): entry for entry in self.entries}

    @cached_property
    def forms(self) -> frozenset[str]:
        """Every lower-case word that stands anywhere in the lexicon, in an entry or a replacement."""
        texts = [text for entry in self.entries for text in (entry.word, *entry.replacements)]
        return frozenset(word for text in texts for word in text.replace("-", " ").split())

    def phrases(self, tokenizer: Callable[[str], Doc]) -> PhraseIndex:
        """The entries of several tokens as (tokens, entry) pairs, keyed by their first two tokens.

        The pairs with the same key are ordered from the longest phrase to the shortest.

        Args:
            tokenizer: splits a text into tokens, as the parser does.
        """
        index: PhraseIndex = {}
        for entry in self.entries:
            if not entry.word.isalpha():
                tokens = tuple(token.text for token in tokenizer(entry.word))
                if len(tokens) > 1:
                    index.setdefault(tokens[:2], []).append((tokens, entry))
        for candidates in index.values():
            candidates.sort(key=lambda candidate: (-len(candidate[0]), candidate[0], candidate[1].pos))
        return index


def _parse_entry(line: str, path: Path, number: int) -> LexiconEntry:
    """The entry on a line of the lexicon's file; `number` is that of the line, for errors."""
    columns = line.split("\t")
    if len(columns) != 4:
        raise DataError(path, f"{len(columns)} columns; expected 4 ({COLUMNS})", line=number)
    word, pos, polarity, replacements = columns
    with as_data_error(path, line=number):
        if polarity not in SIGNS:
            raise ValueError(f'polarity "{polarity}"; expected one of: {", ".join(SIGNS)}')
        texts = tuple(text for text in replacements.split(" | ") if text != NO_REPLACEMENT)
        return LexiconEntry(word, PartOfSpeech(pos), SIGNS[polarity], texts)
