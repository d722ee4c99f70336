"""Sequences of tokens that begin alike, merged into trees, so that what they share is there once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LEAST_SHARED = 4  # tokens with which sequences begin alike that are not torn apart without need
LARGEST = 4  # times the usual size, to which a tree grows whose sequences begin alike


@dataclass
class TokenTree:
    """Sequences whose shared beginnings are there once: each is a path from a root, each node a token.

    Args:
        tokens: the token of each of n nodes; a parent stands before its children.
        parents: the parent of each node; -1 for a root.
        depths: the number of nodes above each node.
        wanted: whether the likelihood of a node, given those above it, is asked for.
        paths: by the number of each sequence, the nodes whose likelihoods it is the product of.
    """

    tokens: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    wanted: list[bool] = field(default_factory=list)
    paths: dict[int, list[int]] = field(default_factory=dict)

    def grow(self, path: list[int], tokens: Sequence[int]) -> list[int]:
        """Add nodes for tokens below the last node of a path; returns the path, longer by them."""
        path = list(path)
        for token in tokens:
            self.parents.append(path[-1] if path else -1)
            self.depths.append(len(path))
            self.wanted.append(False)
            path.append(len(self.tokens))
            self.tokens.append(token)
        return path

    def want(self, number: int, nodes: list[int]) -> None:
        """Ask for the likelihood of a sequence: that of some nodes, each given the nodes above it."""
        self.paths[number] = nodes
        for node in nodes:
            self.wanted[node] = True

    def inputs(self) -> list[int]:
        """The nodes that a model must read: those above a wanted one. Others predict nothing."""
        needed = [False] * len(self.tokens)
        for node in reversed(range(len(self.tokens))):
            if (self.wanted[node] or needed[node]) and self.parents[node] >= 0:
                needed[self.parents[node]] = True
        return [node for node, is_needed in enumerate(needed) if is_needed]

    def ancestors(self) -> NDArray[np.bool_]:
        """An array (n, n): whether the node of a column is the node of the row or above it."""
        matrix = np.eye(len(self.tokens), dtype=bool)
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                matrix[node] |= matrix[parent]
        return matrix


def shared_length(first: Sequence[int], second: Sequence[int]) -> int:
    """The number of tokens with which both of two sequences begin.

    Example:
        >>> shared_length([5, 6, 7], [5, 6, 8, 9])
        2
    """
    pairs = enumerate(zip(first, second, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(first), len(second)))


def merge_sequences(
    sequences: Sequence[tuple[int, ...]], starts: Sequence[int], *, size: int
) -> Iterator[TokenTree]:
    """Merge sequences into trees of a usual size.

    Args:
        sequences: the sequences, each of at least one token.
        starts: by sequence, the number of its first token whose likelihood is asked for; at least 1.
        size: number of nodes from which on a tree is not added to, except by what begins like its last
            sequence.

    Yields:
        Trees, which together have every sequence once, by its number.
    """
    tree, path, last = TokenTree(), list[int](), tuple[int, ...]()
    for number in sorted(range(len(sequences)), key=lambda n: (sequences[n], n)):
        sequence = sequences[number]
        shared = shared_length(sequence, last)
        limit = size if shared < min(LEAST_SHARED, len(sequence)) else LARGEST * size
        if len(tree.tokens) + len(sequence) - shared > limit and tree.paths:
            yield tree
            tree, path, shared = TokenTree(), [], 0
        path = tree.grow(path[:shared], sequence[shared:])
        tree.want(number, path[starts[number] :])
        last = sequence
    if tree.paths:
        yield tree
