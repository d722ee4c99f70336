"""The opinion lexicon: words and idioms of reviews with polarity and ranked replacements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import DataError, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc

OPINIONS = Path(str(files("arts.data").joinpath("lexicons", "opinions.tsv")))
ANY_POSSESSIVE = "*"
NO_REPLACEMENT = "-"
COLUMNS = "word, part of speech, polarity, replacements"


class Part(StrEnum):
    """Part of speech of an entry; an idiom stands for itself."""

    ADJ = "ADJ"
    ADV = "ADV"
    VERB = "VERB"
    NOUN = "NOUN"
    IDIOM = "IDIOM"


SIGNS = {"positive": 1, "negative": -1, "either": 0}


@dataclass(frozen=True, slots=True)
class Entry:
    """An opinion word or idiom.

    Args:
        word: the lemma, lower case; several words separated by spaces or hyphens make a phrase.
        part: its part of speech.
        sign: 1 positive, -1 negative, 0 when it depends on what is described (*large*, *cold*).
        replacements: of the opposite sentiment, best first; none when only a negation reverses it.
    """

    word: str
    part: Part
    sign: int
    replacements: tuple[str, ...]


Phrases = dict[tuple[str, ...], list[tuple[tuple[str, ...], Entry]]]  # by their first two tokens


@dataclass(frozen=True)
class Lexicon:
    """Opinion words by lemma and part of speech, and phrases by their words.

    Example:
        >>> lexicon = Lexicon.load()
        >>> lexicon.words["slow", Part.ADJ].sign, lexicon.words["slow", Part.ADJ].replacements[0]
        (-1, 'fast')
    """

    entries: tuple[Entry, ...]

    @classmethod
    def load(cls, path: Path = OPINIONS) -> Lexicon:
        """Read a lexicon: one entry a line, in four columns separated by tabs.

        Raises:
            DataError: naming the line.
        """
        entries = []
        seen = set()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            entry = _entry(path, number, line)
            if (entry.word, entry.part) in seen:
                raise DataError(path, f'duplicate entry "{entry.word}" ({entry.part})', line=number)
            seen.add((entry.word, entry.part))
            entries.append(entry)
        return cls(tuple(entries))

    @cached_property
    def words(self) -> dict[tuple[str, Part], Entry]:
        """Entries of one word, and particle verbs ("slow down"), by word and part of speech."""
        return {(entry.word, entry.part): entry for entry in self.entries}

    @cached_property
    def forms(self) -> frozenset[str]:
        """Every word, lower case, that stands anywhere in the lexicon."""
        texts = [text for entry in self.entries for text in (entry.word, *entry.replacements)]
        return frozenset(word for text in texts for word in text.replace("-", " ").split())

    def phrases(self, tokenizer: Callable[[str], Doc]) -> Phrases:
        """Entries of several tokens by their first two, longest first."""
        index: Phrases = {}
        for entry in self.entries:
            if not entry.word.isalpha():
                tokens = tuple(token.text for token in tokenizer(entry.word))
                if len(tokens) > 1:
                    index.setdefault(tokens[:2], []).append((tokens, entry))
        for candidates in index.values():
            candidates.sort(key=lambda candidate: (-len(candidate[0]), candidate[0], candidate[1].part))
        return index


def _entry(path: Path, number: int, line: str) -> Entry:
    columns = line.split("\t")
    if len(columns) != 4:
        raise DataError(path, f"{len(columns)} columns; expected 4 ({COLUMNS})", line=number)
    word, part, polarity, replacements = columns
    with reading(path, line=number):
        if polarity not in SIGNS:
            raise ValueError(f'polarity "{polarity}"; expected one of: {", ".join(SIGNS)}')
        return Entry(word, Part(part), SIGNS[polarity], _replacements(replacements.split(" | ")))


def _replacements(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text != NO_REPLACEMENT)
