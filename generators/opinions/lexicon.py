"""The opinion lexicon: words and idioms of reviews with polarity and ranked replacements."""

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
ANY_POSSESSIVE = "*"
NO_REPLACEMENT = "-"
COLUMNS = "word, part of speech, polarity, replacements"
SIGNS = {"positive": 1, "negative": -1, "either": 0}


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """An opinion word or idiom.

    Args:
        word: the lemma, lower case; several words separated by spaces or hyphens make a phrase.
        pos: its part of speech.
        sign: 1 positive, -1 negative, 0 when it depends on what is described (*large*, *cold*).
        replacements: words of the opposite sentiment, best first; none when only a negation reverses it.
    """

    word: str
    pos: PartOfSpeech
    sign: int
    replacements: tuple[str, ...]


# (tokens, entry) pairs of phrases, by their first two tokens
PhraseIndex = dict[tuple[str, ...], list[tuple[tuple[str, ...], LexiconEntry]]]


@dataclass(frozen=True)
class Lexicon:
    """Opinion words by lemma and part of speech, and phrases by their tokens.

    Example:
        >>> lexicon = Lexicon.load()
        >>> entry = lexicon.words["slow", PartOfSpeech.ADJ]
        >>> entry.sign, entry.replacements[0]
        (-1, 'fast')
    """

    entries: tuple[LexiconEntry, ...]

    @classmethod
    def load(cls, path: Path = OPINIONS) -> Lexicon:
        """Read a lexicon: one entry a line, in four columns separated by tabs.

        Raises:
            DataError: naming the line.
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
        """All entries, by word and part of speech; particle verbs as two words ("slow down")."""
        return {(entry.word, entry.pos): entry for entry in self.entries}

    @cached_property
    def forms(self) -> frozenset[str]:
        """Every word, lower case, that stands anywhere in the lexicon."""
        texts = [text for entry in self.entries for text in (entry.word, *entry.replacements)]
        return frozenset(word for text in texts for word in text.replace("-", " ").split())

    def phrases(self, tokenizer: Callable[[str], Doc]) -> PhraseIndex:
        """Index the entries of several tokens by their first two, longest first.

        Args:
            tokenizer: splits a text as the parser does.
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
    columns = line.split("\t")
    if len(columns) != 4:
        raise DataError(path, f"{len(columns)} columns; expected 4 ({COLUMNS})", line=number)
    word, pos, polarity, replacements = columns
    with as_data_error(path, line=number):
        if polarity not in SIGNS:
            raise ValueError(f'polarity "{polarity}"; expected one of: {", ".join(SIGNS)}')
        texts = tuple(text for text in replacements.split(" | ") if text != NO_REPLACEMENT)
        return LexiconEntry(word, PartOfSpeech(pos), SIGNS[polarity], texts)
