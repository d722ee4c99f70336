"""Sequences merged into trees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from arts.models.language_models.token_tree import TokenTree, merge_sequences

SEQUENCES = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=12).map(tuple), min_size=1, max_size=20)


def text_of(tree: TokenTree, node: int) -> tuple[int, ...]:
    """The tokens from the root to a node."""
    return (*(text_of(tree, tree.parents[node]) if tree.parents[node] >= 0 else ()), tree.tokens[node])


@given(SEQUENCES, st.integers(1, 40))
def test_token_tree_every_sequence_is_a_path_of_one_tree(sequences, size):
    trees = list(merge_sequences(sequences, [1] * len(sequences), size=size))
    assert sorted(number for tree in trees for number in tree.paths) == [*range(len(sequences))]
    for tree in trees:
        for number, path in tree.paths.items():
            assert [tree.tokens[node] for node in path] == [*sequences[number][1:]]
            assert all(text_of(tree, node) == sequences[number][: n + 2] for n, node in enumerate(path))
            assert all(tree.wanted[node] for node in path)


@given(SEQUENCES)
def test_token_tree_a_shared_beginning_is_there_once(sequences):
    (tree,) = merge_sequences(sequences, [1] * len(sequences), size=1000)
    beginnings = {sequence[: n + 1] for sequence in sequences for n in range(len(sequence))}
    assert len(tree.tokens) == len(beginnings)
    assert {text_of(tree, node) for node in range(len(tree.tokens))} == beginnings
    above = tree.ancestors()
    for node, depth in enumerate(tree.depths):
        assert depth + 1 == above[node].sum() == len(text_of(tree, node))


def test_token_tree_what_predicts_nothing_is_no_input():
    (tree,) = merge_sequences([(5, 6, 7), (5, 6, 8, 9)], [2, 2], size=1000)
    assert [tree.tokens[node] for node in tree.inputs()] == [5, 6, 8]


def test_token_tree_sequences_that_begin_alike_are_not_torn_apart():
    alike = [(1, 2, 3, 4, 5, n) for n in range(10)]
    trees = list(merge_sequences([*alike, (9, 9)], [1] * 11, size=6))
    assert [len(tree.paths) for tree in trees] == [10, 1]
