"""How a negation is taken out."""

from __future__ import annotations

import pytest
from helpers.generation import token

from arts.generators.english.negation.detect import negator_of
from arts.generators.english.negation.remove import remove_negation
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.edits import apply, join_edits


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("The soup isn't good.", "good", "The soup is good."),
        ("The soup is not very good.", "good", "The soup is very good."),
        ("The soup is not that good.", "good", "The soup is very good."),
        ("It does not work.", "work", "It works."),
        ("It doesn't work at all.", "work", "It works."),
        ("It didn't start.", "start", "It started."),
        ("They won't help.", "help", "They will help."),
        ("I can't open it.", "open", "I can open it."),
        ("I cannot open it.", "open", "I can open it."),
        ("I don't think the soup is good.", "good", "I think the soup is good."),
        ("It was barely usable.", "usable", "It was usable."),
        ("There were no problems.", "problems", "There were some problems."),
        ("It has no flaw.", "flaw", "It has a flaw."),
        ("It came without issues.", "issues", "It came with issues."),
        ("I don't have any complaints.", "complaints", "I have some complaints."),
        ("Not good.", "good", "Good."),
    ],
)
def test_remove_negation_is_taken_out_grammatically(
    analyst: Analyst, text: str, word: str, expected: str
) -> None:
    place = token(analyst, text, word)
    negator = negator_of(place)
    assert negator is not None
    edits = remove_negation(negator, place)
    assert edits is not None
    assert apply(text, join_edits(edits)) == expected
