"""The lists of English words in ``data/lexicons/*.txt``, looked up by the name of the list.

In these files, a name in brackets begins a list, and a line that begins with ``# `` is a comment. Every other
line holds words of the list, separated by spaces, or a pair of words: ``better = good``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from arts.data.errors import DataError, UnknownNameError

LEXICONS = Path(str(files("arts.data").joinpath("lexicons")))


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of a list, as a set.

    Raises:
        UnknownNameError: when no file has a list of this name.

    Example:
        >>> sorted(word_list("barely"))
        ['barely', 'hardly', 'scarcely']
    """
    return frozenset(ordered_words(name))


@cache
def ordered_words(name: str) -> tuple[str, ...]:
    """The words of a list in the order of the file; a word listed twice is there twice.

    Raises:
        UnknownNameError: when no file has a list of this name.

    Example:
        >>> ordered_words("exaggerating adjectives")
        ('very', 'very', 'really')
    """
    return tuple(word for line in _lines(name) for word in line.split())


@cache
def ordered_lines(name: str) -> tuple[str, ...]:
    """The lines of a list in the order of the file, for lists of phrases.

    Raises:
        UnknownNameError: when no file has a list of this name.

    Example:
        >>> "highly recommend" in ordered_lines("praise")
        True
    """
    return tuple(_lines(name))


@cache
def word_groups(name: str) -> tuple[frozenset[str], ...]:
    """The lines of a list, each as a set of words that belong together.

    Raises:
        UnknownNameError: when no file has a list of this name.

    Example:
        >>> any({"waiter", "waitress"} <= group for group in word_groups("similar aspects"))
        True
    """
    return tuple(frozenset(line.split()) for line in _lines(name))


@cache
def word_pairs(name: str) -> dict[str, str]:
    """A list whose lines are pairs ``left = right``, as a mapping from the left words to the right ones.

    Raises:
        UnknownNameError: when no file has a list of this name.

    Example:
        >>> word_pairs("comparison")["more"]
        'less'
    """
    return dict(line.split(" = ", 1) for line in _lines(name))


def _lines(name: str) -> list[str]:
    """The lines of a list, without comments."""
    lists = _all_lists()
    if name not in lists:
        raise UnknownNameError("word list", name, lists)
    return lists[name]


@cache
def _all_lists() -> dict[str, list[str]]:
    """The lines of every list of every file, keyed by the name of the list."""
    lists: dict[str, list[str]] = {}
    for path in sorted(LEXICONS.glob("*.txt")):
        lists.update(read_word_lists(path, taken=lists))
    return lists


def read_word_lists(path: Path, *, taken: Iterable[str] = ()) -> dict[str, list[str]]:
    """The lines of each list of a file, keyed by the name of the list; comments are left out.

    Args:
        path: the file.
        taken: the names of lists in other files, which this file must not use again.

    Raises:
        DataError: when words stand before the first name, or a name is used twice; names the line.
    """
    lists: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("# "):
            continue
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
            if name in lists or name in taken:
                raise DataError(path, f'a second list of the name "{name}"', line=number)
            lines = lists[name] = []
        elif lines is None:
            raise DataError(path, "words before the name of a list; expected [name]", line=number)
        else:
            lines.append(line)
    return lists
