"""Where a negation goes."""

from __future__ import annotations

import pytest
from helpers.generation import token

from arts.generators.english.negation.detect import negator_of
from arts.generators.english.negation.insert import insert_negation
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.edits import apply, join_edits


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("The lid slows it down.", "slows", "The lid does not slow it down."),
        ("The lid slowed it down.", "slowed", "The lid did not slow it down."),
        ("I recommend the soup.", "recommend", "I do not recommend the soup."),
        ("I would recommend the soup.", "recommend", "I would not recommend the soup."),
        ("They can fix it.", "fix", "They cannot fix it."),
        ("It's easy to like.", "easy", "It's not easy to like."),
        ("I've enjoyed it.", "enjoyed", "I haven't enjoyed it."),
        ("It'll impress you.", "impress", "It won't impress you."),
        ("The food is good, it's true.", "good", "The food isn't good, it's true."),
        ("It is a great size.", "great", "It is not a great size."),
        ("It has a great screen.", "great", "It does not have a great screen."),
        ("I am extremely happy.", "happy", "I am not happy."),
        ("I really like the design.", "like", "I do not really like the design."),
        ("I highly recommend it.", "recommend", "I do not recommend it."),
        ("I had issues with the lid.", "issues", "I had no issues with the lid."),
        ("There was a problem.", "problem", "There was no problem."),
        ("Easy to carry.", "Easy", "Not easy to carry."),
    ],
)
def test_insert_negation_goes_where_english_puts_it(
    analyst: Analyst, text: str, word: str, expected: str
) -> None:
    contract = "'" in text
    negation = insert_negation(token(analyst, text, word), contract=contract)
    assert negation is not None
    assert apply(text, join_edits(negation.edits)) == expected


@pytest.mark.parametrize("text", ["Is the food good?", "The food is not good.", "The food isn't good."])
def test_insert_negation_is_never_doubled_nor_put_into_a_question(analyst: Analyst, text: str) -> None:
    word = token(analyst, text, "good")
    assert negator_of(word) is not None or insert_negation(word, contract=False) is None
