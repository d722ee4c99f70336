"""The lexicon: its words, and lines that are wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from arts.data.errors import DataError
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.opinions.lexicon import Lexicon


def lexicon_lines() -> Iterator[str]:
    from arts.generators.opinions.lexicon import OPINIONS

    yield from OPINIONS.read_text(encoding="utf-8").splitlines()


def test_lexicon_holds_a_thousand_words_with_opposites_of_the_other_sign() -> None:
    lexicon = Lexicon.load()
    assert len(lexicon.entries) >= 1000
    for entry in lexicon.entries:
        for text in entry.replacements:
            other = lexicon.words.get((text, entry.pos))
            if entry.pos is not PartOfSpeech.IDIOM and entry.sign and other and other.sign:
                assert other.sign == -entry.sign, f"{entry.word} → {text}"
    assert list(lexicon_lines()) == sorted(lexicon_lines(), key=lambda line: line.split("\t")[1::-1])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("good\tADJ\tpositive", "line 1: 3 columns; expected 4"),
        ("good\tXYZ\tpositive\tbad", "line 1: 'XYZ' is not a valid PartOfSpeech"),
        ("good\tADJ\tnice\tbad", 'line 1: polarity "nice"; expected one of: positive, negative, either'),
    ],
)
def test_lexicon_wrong_line_is_named(write, line: str, message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        Lexicon.load(write("lexicon.tsv", line))
