"""The AspectSet: what is said of other aspects in training."""

from __future__ import annotations

import pytest
from helpers.sentences import marked_sentence

from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.aspectset import mine_aspect_set
from arts.generators.strategies.clause_mining import is_plural

TERMS = ("screen", "fan", "hinge", "lid", "drive", "design", "charger", "keyboard", "speaker", "battery")


def mined(analyst: Analyst, *texts: str) -> set[str]:
    training = [marked_sentence(text, str(number)) for number, text in enumerate(texts)]
    return {clause.text for clause in mine_aspect_set(training, analyst).clauses}


def test_aspectset_holds_what_reads_well_alone(analyst: Analyst) -> None:
    assert mined(
        analyst,
        "The {keyboard|+} is comfortable.",
        "It came with a flimsy {hinge|-}.",
        "The {fans|-} are noisy.",
        "The {screen|-} is not bright.",
        "The {lid|+} is comfortable to open.",
    ) == {"the keyboard is comfortable", "the hinge is flimsy", "the fans are noisy"}


def test_aspectset_three_sentences_support_a_clause_of_a_large_corpus(analyst: Analyst) -> None:
    often = [f"The {{{term}|-}} is faulty." for term in TERMS for _ in range(3)]
    texts = mined(analyst, *often, "The {cord|-} is frayed.", "The {mouse|-} is sticky.")
    assert "the hinge is faulty" in texts
    assert not any("cord" in text or "mouse" in text for text in texts)


@pytest.mark.parametrize(
    "text",
    [
        "The {food|-} is awful.",
        "The {place|-} is dirty.",
        "The {quality|-} is poor.",
        "The {hall|-} is noisy.",
        "The {taste|-} is awful.",
        "The {mix|-} is strange and awful.",
        "The {quality pizza|-} is soggy.",
        "The {great soup|-} is cold and bland.",
        "The {laptop|-} is slow.",
    ],
)
def test_aspectset_leaves_out_the_generic_and_stacked_modifiers(analyst: Analyst, text: str) -> None:
    assert mined(analyst, text) == set()


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("The {Tacos|-} were bland.", "the tacos are bland"),
        ("The {fries|-} were soggy.", "the fries are soggy"),
        ("Slow {staff|-}!", "the staff is slow"),
        ("The {usb ports|-} are slow.", "the USB ports are slow"),
        ("{Windows|-} is slow.", "Windows is slow"),
    ],
)
def test_aspectset_agreement_and_capitals(analyst: Analyst, text: str, clause: str) -> None:
    assert mined(analyst, text) == {clause}


@pytest.mark.parametrize("noun", ["tacos", "glasses", "scissors", "people", "portions"])
def test_aspectset_a_noun_is_plural(noun: str) -> None:
    assert is_plural(noun)


@pytest.mark.parametrize("noun", ["chassis", "Windows", "hummus", "glass", "GPS"])
def test_aspectset_a_noun_that_ends_in_s_is_singular(noun: str) -> None:
    assert not is_plural(noun)
