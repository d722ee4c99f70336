"""The lists of English words, and their loader."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import arts.generators
from arts.data.errors import DataError, UnknownNameError
from arts.generators.english.word_lists import (
    LEXICONS,
    ordered_lines,
    ordered_words,
    read_word_lists,
    word_groups,
    word_list,
    word_pairs,
)

Write = Callable[[str, object], Path]
ACCESSORS = {
    accessor.__name__: accessor
    for accessor in (ordered_lines, ordered_words, word_groups, word_list, word_pairs)
}


def uses() -> Iterator[tuple[str, str]]:
    """(accessor, name) of every list that the code of the generators asks for."""
    for path in Path(arts.generators.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=accessor), args=[ast.Constant(value=name)]):
                    if accessor in ACCESSORS:
                        yield accessor, name


def test_word_lists_every_list_is_used_and_every_used_one_is_there() -> None:
    names = {name for path in LEXICONS.glob("*.txt") for name in read_word_lists(path)}
    assert {name for _, name in uses()} == names
    for accessor, name in uses():
        assert ACCESSORS[accessor](name), name


def test_word_lists_keep_order_and_repetitions_for_draws() -> None:
    assert ordered_words("exaggerating comparatives") == ("much", "far")
    assert ordered_words("exaggerating adjectives") == ("very", "very", "really")
    assert word_list("exaggerating adjectives") == {"very", "really"}


def test_word_lists_hold_groups_and_pairs() -> None:
    assert frozenset({"screen", "display", "monitor"}) in word_groups("similar aspects")
    assert word_pairs("irregular contractions")["am"] == "am not"


def test_word_lists_an_unknown_name_is_an_error_that_suggests_one() -> None:
    message = 'unknown word list "hedge". Did you mean "hedges"?'
    with pytest.raises(UnknownNameError, match=re.escape(message)):
        word_list("hedge")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Words.\nvery\n", "line 2: words before the name of a list"),
        ("[very]\nvery\n\n[very]\nso\n", 'line 4: a second list of the name "very"'),
    ],
)
def test_word_lists_a_wrong_line_of_a_file_is_named(write: Write, text: str, message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        read_word_lists(write("words.txt", text))


def test_word_lists_a_name_that_another_file_has_is_refused(write: Write) -> None:
    path = write("words.txt", "[very]\nso\n")
    assert read_word_lists(path) == {"very": ["so"]}
    with pytest.raises(DataError, match='a second list of the name "very"'):
        read_word_lists(path, taken=["very"])


@pytest.mark.parametrize("path", sorted(LEXICONS.glob("*.txt")), ids=lambda path: path.stem)
def test_word_lists_no_word_is_broken_at_its_hyphen(path: Path) -> None:
    words = [word for lines in read_word_lists(path).values() for line in lines for word in line.split()]
    assert [word for word in words if len(word) > 1 and (word.endswith("-") or word.startswith("-"))] == []


def test_word_lists_top_notch_is_one_extreme_word() -> None:
    assert "top-notch" in word_list("extreme")
    assert not {"top-", "notch"} & word_list("extreme")
