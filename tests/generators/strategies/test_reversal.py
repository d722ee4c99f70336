"""REVTGT and REVNON make sentences that a person could have written, or none."""

from __future__ import annotations

import re

import pytest
from helpers.generation import first

from arts.data.schema import Instance, Strategy
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.variants import Reason

TARGET, OTHERS = Strategy.REVTGT, Strategy.REVNON
MENDED = {
    "a reason goes with the opinion": [
        ("The {webcam|+} is great because I see my niece.", r"The webcam is \w+\."),
        ("The {tacos|+} were tasty, so we stayed for more.", r"The tacos were \w+\."),
    ],
    "a verdict goes with the opinion": [
        ("The {ramen|+} was great and we will be back.", r"The ramen was \w+\."),
        ("The {keys|+} are nice. Highly recommend it.", r"The keys are \w+\."),
        ("The {hinge|-} is flimsy (never again).", r"The hinge is [\w-]+\."),
        ("The {waiter|+} was friendly. My favorite!", r"The waiter was [\w-]+\."),
    ],
    "of two adjectives before a noun one stays": [
        ("It was a nice cozy {room|+}.", r"It was an? [\w-]+ room\."),
    ],
    "an adverb fits the new word": [
        ("The {soup|+} was delightfully fresh.", r"The soup was very stale\."),
        ("The {lamp|+} is absolutely bright.", r"The lamp is really \w+\."),
    ],
    "capitals are kept": [
        ("THE {SOUP|+} WAS GREAT.", r"THE SOUP WAS [A-Z]+\."),
        ("THE {LID|+} WORKS WELL.", r"THE LID WORKS (BADLY|POORLY)\."),
    ],
    "advice is reversed": [
        ("Try the {gnocchi|+}!", r"(Avoid|Skip) the gnocchi!"),
        ("You must try the {flan|+}.", r"You (must|should) (avoid|skip) the flan\."),
    ],
    "one contrast, where the opinions part": [
        ("The {soup|+} was great, the {staff|+} was nice.", r"The soup was \w+, but the staff was nice\."),
        ("Good {soup|+} at fair {prices|+}.", r"\w+ soup but at fair prices\."),
        ("Great {soup|+}, friendly {staff|+}.", r"\w+ soup, but friendly staff\."),
    ],
}
SILENT = {
    "a fact has no opposite": ["We ordered the {soup|+}.", "They suggested a {wine|+} from Spain."],
    "no opposite of a habit or a fixed phrase": [
        "They always waved from the {bar|+}.",
        "The {risotto|-} is nothing to write home about.",
        "They sold {hot dog|+} from a cart.",
        "We met a more than willing {staff|+}.",
    ],
    "what might be or was wished for": [
        "I wish the {fan|-} were quiet.",
        "The {lid|-} would be nice in red.",
        "I was looking for a cheap {laptop|0}.",
    ],
    "a consequence that cannot be cut": ["The {fan|-} is too loud to sleep beside the {desk|0}."],
    "irony and names": ['What a "great" {host|-}.', "We went to Happy {Noodle|+} House."],
    "one thing only": ["The only drawback is the dim {screen|-}."],
    "a contrast with what is not said": ["Though it lacks a port, the {screen|+} is bright, however."],
    "words of unknown orientation": ["The {soup|+} was gr8 and #nomnom.", "@chef thx for the {soup|+}."],
}


@pytest.mark.parametrize(
    ("text", "pattern"), [pytest.param(*case, id=case[0]) for cases in MENDED.values() for case in cases]
)
def test_reversal_mends_the_rest_of_the_sentence(analyst: Analyst, text: str, pattern: str) -> None:
    variant = first(analyst, text, TARGET)
    assert isinstance(variant, Instance), variant
    assert re.fullmatch(pattern, variant.text), variant.text


@pytest.mark.parametrize("text", [text for texts in SILENT.values() for text in texts])
def test_reversal_is_silent_where_no_rule_fits(analyst: Analyst, text: str) -> None:
    variant = first(analyst, text, TARGET)
    assert isinstance(variant, Reason), variant.text


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("THE {SOUP|+} WAS GREAT BUT THE {STAFF|-} WAS SLOW.", r".* STAFF WAS (REALLY|VERY) SLOW\."),
        ("The {soup|+} was good but the {staff|-} was pretty slow.", r".* was really slow\."),
        ("The {soup|+} was #yummy and the {bread|+} was good.", r".* #yummy but the bread was \w+\."),
        (
            "The {screen|+} is good and the {keyboard|+} is gr8.",
            r"The screen is good but the keyboard is \w+\.",
        ),
        ("Great {food|+}, great {decor|+}, great {staff|+}.", r"Great food, but \w+ decor, \w+ staff\."),
    ],
)
def test_revnon_keeps_the_target_in_a_coherent_sentence(
    analyst: Analyst, text: str, pattern: str | None
) -> None:
    variant = first(analyst, text, OTHERS)
    if pattern is None:
        assert isinstance(variant, Reason), variant.text
    else:
        assert isinstance(variant, Instance), variant
        assert re.fullmatch(pattern, variant.text), variant.text
