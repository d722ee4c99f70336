"""How many words separate two sentences: edit distance over words instead of characters."""

from __future__ import annotations

from collections.abc import Sequence


def word_distance(first: Sequence[str], second: Sequence[str], *, within: bool = False) -> int:
    """The fewest words to insert, drop or replace that turn one sentence into the other.

    Args:
        first: the words of a sentence.
        second: the words of the other sentence.
        within: whether `first` may stand anywhere within `second`, so that the words before and after it cost
            nothing (Sellers, 1980).

    Example:
        >>> word_distance("the soup was cold".split(), "the soup is cold".split())
        1
        >>> word_distance("soup was cold".split(), "but the soup was icy cold again".split(), within=True)
        1
    """
    row = [0] * (len(second) + 1) if within else list(range(len(second) + 1))
    for dropped, word in enumerate(first, 1):
        diagonal, row[0] = row[0], dropped
        for position, other in enumerate(second, 1):
            diagonal, row[position] = (
                row[position],
                min(diagonal + (word != other), row[position] + 1, row[position - 1] + 1),
            )
    return min(row) if within else row[-1]
