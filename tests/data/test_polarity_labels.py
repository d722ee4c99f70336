"""The vocabulary of polarity labels: names, and nothing else by itself."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from arts.data.errors import LabelError
from arts.data.label_names import LabelNames, NamedLabel
from arts.data.polarity_labels import parse_gold_polarity, parse_polarity, polarity_names
from arts.data.schema import Polarity

NAMES = LabelNames.of({0: "negative", 1: "neutral", 2: "positive"})


@pytest.mark.parametrize(
    ("label", "polarity"),
    [
        ("positive", "positive"),
        ("Positive", "positive"),
        ("POS", "positive"),
        (" NEG ", "negative"),
        ("neg\n", "negative"),
        ("Neu", "neutral"),
        ("NEUTRAL", "neutral"),
        (Polarity.NEUTRAL, "neutral"),
        (np.str_("pos"), "positive"),
        (NamedLabel("negative", 0), "negative"),
    ],
)
def test_polarity_labels_names_in_any_case(label, polarity):
    assert parse_polarity(label) == polarity
    assert parse_gold_polarity(label) == polarity


NUMBERS = [
    0,
    1,
    2,
    -1,
    1.0,
    0.97,
    "0",
    "1",
    "2",
    "-1",
    "+1",
    "1.0",
    np.int64(2),
    Decimal(1),
    "LABEL_0",
    "label_2",
]
TRUTHS = [True, False, "true", "False", np.True_]


@pytest.mark.parametrize("label", [*NUMBERS, *TRUTHS, float("nan")], ids=repr)
def test_polarity_labels_a_number_names_no_polarity(label):
    with pytest.raises(
        LabelError, match="A number does not name a polarity; say what each stands for: --labels "
    ):
        parse_polarity(label)
    with pytest.raises(LabelError, match="A number does not name a polarity"):
        parse_gold_polarity(label)


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (1, r'label "1" is no polarity; .*: --labels 0=negative,1=neutral,2=positive \(in Python: labels='),
        (True, r'label "True" is no polarity; .*: --labels false=negative,true=positive'),
        ("happy", "unknown polarity 'happy'; .* or say what it stands for: --labels \"happy=NAME\""),
        ("positiv", "unknown polarity 'positiv'; expected one of: positive, negative, neutral"),
        ("p", "unknown polarity 'p'"),
        ("conflict", "unknown polarity 'conflict'"),
        ("", "no label; expected one of: positive, negative, neutral"),
        (None, "no label"),
    ],
)
def test_polarity_labels_an_error_says_how_to_name_a_label(label, message):
    with pytest.raises(LabelError, match=message):
        parse_polarity(label)


@pytest.mark.parametrize(
    "label", [2, 2.0, "2", "+2", " 2 ", "2.0", np.int64(2), Decimal("2.0"), "LABEL_2"], ids=repr
)
def test_polarity_labels_names_given_for_numbers_count_in_every_spelling(label):
    assert parse_polarity(label, NAMES) == "positive"
    assert parse_polarity("neg", NAMES) == "negative"


@pytest.mark.parametrize("label", [3, -1, "0.5", True, "LABEL_7"], ids=repr)
def test_polarity_labels_a_number_that_was_not_named_is_refused(label):
    with pytest.raises(LabelError, match="--labels names only 0=negative,1=neutral,2=positive"):
        parse_polarity(label, NAMES)


def test_polarity_labels_any_label_can_be_named():
    names = polarity_names({"Happy": "pos", True: "negative", -1: "conflict"})
    assert parse_polarity(" happy", names) == "positive"
    assert parse_polarity("TRUE", names) == "negative"
    assert parse_gold_polarity(-1, names) is None


@pytest.mark.parametrize("label", ["conflict", " Conflict ", NamedLabel("conflict", 3)])
def test_polarity_labels_conflict_is_annotated_and_not_predicted(label):
    assert parse_gold_polarity(label) is None
    with pytest.raises(LabelError, match="unknown polarity"):
        parse_polarity(label)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["0"], '"0"; expected LABEL=NAME'),
        (["0="], "expected LABEL=NAME"),
        (["=positive"], "expected LABEL=NAME"),
        (["0=good"], '"0=good"; expected positive, negative, neutral or conflict'),
        (["0=negative,0.0=positive"], '"0.0" is named twice'),
        (["0=negative", "0=negative"], '"0" is named twice'),
        (["positive=negative"], "expected a label that does not say positive itself"),
        (["neg=conflict"], "expected a label that does not say negative itself"),
        (["0=negative,"], "expected LABEL=NAME"),
    ],
)
def test_polarity_labels_names_that_say_nothing_are_refused(texts, message):
    with pytest.raises(LabelError, match=message):
        polarity_names(LabelNames.parse(texts))


@pytest.mark.parametrize(
    ("label", "names", "polarity"),
    [
        (NamedLabel("negative", 0), {0: "neg"}, "negative"),  # both say the same
        (NamedLabel("1", 2), {-1: "negative", 0: "neutral", 1: "positive"}, "positive"),  # its name counts
        (NamedLabel("LABEL_1", 1), {0: "negative", 1: "positive"}, "positive"),
        (NamedLabel("good", 0), {"good": "positive"}, "positive"),
    ],
)
def test_polarity_labels_names_of_the_file_and_of_the_user_go_together(label, names, polarity):
    assert parse_polarity(label, polarity_names(names)) == polarity


@pytest.mark.parametrize(
    ("label", "names"),
    [
        (NamedLabel("negative", 0), {0: "positive"}),
        (NamedLabel("conflict", 0), {0: "positive"}),
        (NamedLabel("good", 0), {0: "positive"}),
        (NamedLabel("-1", 0), {0: "positive"}),
    ],
)
def test_polarity_labels_names_of_the_file_and_of_the_user_that_differ_are_an_error(label, names):
    with pytest.raises(
        LabelError, match=f'--labels says that 0 is "positive", but the file names it "{label}"'
    ):
        parse_gold_polarity(label, polarity_names(names))
