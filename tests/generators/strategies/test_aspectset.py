"""The AspectSet: what is said of other aspects in training."""

from __future__ import annotations

from helpers.sentences import marked_sentence

from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.aspectset import mine_aspect_set


def test_aspectset_holds_what_reads_well_alone(analyst: Analyst) -> None:
    training = [
        marked_sentence("The {keyboard|+} is comfortable.", "1"),
        marked_sentence("It came with a flimsy {hinge|-}.", "2"),
        marked_sentence("The {fans|-} are noisy.", "3"),
        marked_sentence("The {screen|-} is not bright.", "4"),
        marked_sentence("The {lid|+} is comfortable to open.", "5"),
    ]
    texts = {clause.text for clause in mine_aspect_set(training, analyst).clauses}
    assert texts == {"the keyboard is comfortable", "the hinge is flimsy", "the fans are noisy"}
