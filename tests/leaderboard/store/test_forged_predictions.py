"""Ways to forge the predictions of a report: none is verified, by `arts validate` or by the board."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.forging import DIFFERS, REFUSED, Forged, cell, check_forgery, column, without


def swap_gold(f: Forged) -> None:
    f.columns["polarity"] = list(f.columns["prediction"])


def move_failures(f: Forged) -> None:
    """Every wrong variant becomes a member of one unit, which fails anyway."""
    for row in f.wrong:
        if f.columns["strategy"][row] != "original":
            f.set("unit", row, f.columns["unit"][f.wrong[0]])


def wrong_originals_as_variants(f: Forged) -> None:
    for row in f.wrong:
        f.set("strategy", row, "adddiff")


def drop_wrong(f: Forged) -> None:
    wrong = set(f.wrong)
    f.rows(lambda row: row not in wrong)


def repeat_right(f: Forged) -> None:
    """The right rows of a wrong variant's unit stand for it, under its id."""
    for row in f.wrong:
        f.repeat(row, prediction=f.columns["polarity"][row])


def answer_twice(f: Forged) -> None:
    f.repeat(f.wrong[0], prediction=f.columns["polarity"][f.wrong[0]])


def other_ending(f: Forged) -> None:
    row = f.columns["strategy"].index("adddiff")
    f.set("id", row, f.columns["id"][row].replace("_adv3", "_adv4"))


def both_endings(f: Forged) -> None:
    row = f.columns["strategy"].index("adddiff")
    f.repeat(row, id=f.columns["id"][row].replace("_adv3", "_adv4"))


def exchange_ids(f: Forged) -> None:
    a, b = f.wrong[0], f.wrong[1]
    f.columns["id"][a], f.columns["id"][b] = f.columns["id"][b], f.columns["id"][a]


def label_without_probability(f: Forged) -> None:
    for row in f.wrong:
        f.set("prediction", row, f.columns["polarity"][row])


FORGERIES = [
    # Units, strategies and gold labels of the predictions
    ("failures moved to one unit", "custom", move_failures, REFUSED, "gold labels are not those of the"),
    (
        "a variant in a unit of its own",
        "custom",
        lambda f: f.set("unit", 1, f.columns["id"][1]),
        REFUSED,
        "has unit",
    ),
    (
        "an original in another unit",
        "custom",
        lambda f: f.set("unit", 0, f.columns["id"][4]),
        REFUSED,
        "has unit",
    ),
    ("wrong originals are variants", "custom", wrong_originals_as_variants, REFUSED, "has strategy"),
    ("a variant is an original", "custom", cell("strategy", 1, "original"), REFUSED, "has strategy"),
    ("strategies exchanged", "custom", cell("strategy", 1, "revnon"), REFUSED, "has strategy"),
    ("a strategy that is none", "custom", cell("strategy", 1, "REVTGT"), REFUSED, 'strategy "REVTGT"'),
    ("gold labels as predicted", "custom", swap_gold, REFUSED, "has polarity"),
    (
        "one gold label",
        "custom",
        lambda f: f.set("polarity", f.wrong[0], f.columns["prediction"][f.wrong[0]]),
        REFUSED,
        "has polarity",
    ),
    ("gold labels as numbers", "custom", column("polarity", [0] * 490), REFUSED, 'polarity "0"'),
    ("a gold label that is none", "custom", cell("polarity", 3, "conflict"), REFUSED, 'polarity "conflict"'),
    # Ids and repeated rows
    ("wrong rows left out", "custom", drop_wrong, REFUSED, "predictions; expected 490"),
    ("right rows repeated", "custom", repeat_right, REFUSED, "rows; expected at most 490"),
    ("a row answered twice", "custom", answer_twice, REFUSED, "491 rows; expected at most 490"),
    (
        "an id twice instead of another",
        "custom",
        lambda f: f.set("id", f.wrong[0], f.columns["id"][f.wrong[1]]),
        REFUSED,
        "duplicate id",
    ),
    ("ids exchanged", "custom", exchange_ids, REFUSED, "not those of the benchmark"),
    ("an unknown id", "custom", cell("id", 5, "easy-1"), REFUSED, '"easy-1" is not in the benchm'),
    (
        "an id in capitals",
        "custom",
        lambda f: f.set("id", 0, f.columns["id"][0].upper()),
        REFUSED,
        "is not in the benchmark",
    ),
    (
        "an id with a space",
        "custom",
        lambda f: f.set("id", 0, f.columns["id"][0] + " "),
        REFUSED,
        "is not in the benchmark",
    ),
    ("an id with the other ending", "custom", other_ending, REFUSED, "is not in the benchmark"),
    ("an id with both endings", "custom", both_endings, REFUSED, "491 rows"),
    ("an empty id", "custom", cell("id", 7, ""), REFUSED, 'id ""; expected text'),
    ("no id", "custom", cell("id", 7, None), REFUSED, 'id "None"; expected text'),
    (
        "ids as numbers",
        "custom",
        lambda f: f.columns.update(id=[*range(490)]),
        REFUSED,
        'id "0"; expected tex',
    ),
    (
        "ids as lists",
        "custom",
        lambda f: f.columns.update(id=[[id] for id in f.columns["id"]]),
        REFUSED,
        "expected text",
    ),
    ("no column of ids", "custom", without("id"), REFUSED, 'no column "id"'),
    (
        "an id that writes to the terminal",
        "custom",
        cell("id", 2, "\x1b[2Kx.json: verified"),
        REFUSED,
        '"\\x1b[2Kx.json: verified"',
    ),
    # Labels and probabilities
    (
        "a label that is none",
        "custom",
        cell("prediction", 1, "any"),
        REFUSED,
        'prediction "any"; expected one of: positive, negative, neutral',
    ),
    ("labels as numbers", "custom", column("prediction", [0] * 490), REFUSED, 'prediction "0"'),
    ("no label", "custom", cell("prediction", 1, None), REFUSED, 'prediction "None"'),
    (
        "labels against the probabilities",
        "custom",
        label_without_probability,
        REFUSED,
        "is not the most probable label",
    ),
    (
        "probabilities that are none",
        "custom",
        cell("neutral", 3, 7.0),
        REFUSED,
        "expected numbers from 0 to 1",
    ),
    ("probabilities below zero", "custom", cell("neutral", 3, -0.2), REFUSED, "expected numbers from 0 to 1"),
    (
        "probabilities that are nan",
        "custom",
        cell("neutral", 3, np.nan),
        REFUSED,
        "expected numbers from 0 to 1",
    ),
    ("probabilities of no sum", "custom", cell("positive", 3, 0.0), REFUSED, "expected a sum of 1"),
    ("two probabilities", "custom", without("neutral"), REFUSED, "positive, negative only"),
    ("a column of another kind", "custom", column("correct", [True] * 490), REFUSED, 'column "correct"'),
    # Blind predictions
    ("a blind row left out", "blind", lambda f: f.rows(bool), REFUSED, "489 predictions; expected 490"),
    ("a blind row too many", "blind", lambda f: f.repeat(0), REFUSED, "491 rows; expected at most 490"),
    ("a blind label that is none", "blind", cell("prediction", 0, "x"), REFUSED, 'prediction "x"'),
    (
        "other blind labels",
        "blind",
        lambda f: f.columns.update(prediction=f.columns["prediction"][::-1]),
        DIFFERS,
        "accuracy",
    ),
    # A corpus that is not at hand: no status but "consistent" can be had
    ("failures moved, corpus not at hand", "own", move_failures, REFUSED, "its ending stands for"),
    ("rows answered twice, corpus not at hand", "own", answer_twice, REFUSED, "rows; expected at most 490"),
    (
        "both endings, corpus not at hand",
        "own",
        lambda f: (both_endings(f), f.put("dataset.instances", 491)),
        REFUSED,
        "are the same variant",
    ),
    ("rows left out, corpus not at hand", "own", drop_wrong, REFUSED, "predictions; expected 490"),
    (
        "no gold labels, corpus not at hand",
        "own",
        without("polarity"),
        REFUSED,
        "the corpus is not on this machine",
    ),
    (
        "an original that is a variant, corpus not at hand",
        "own",
        cell("strategy", 0, "revtgt"),
        REFUSED,
        "expected the id of its original",
    ),
    ("gold labels as predicted, corpus not at hand", "own", swap_gold, DIFFERS, "accuracy"),
]


@pytest.mark.parametrize(
    ("kind", "forge", "outcome", "message"),
    [case[1:] for case in FORGERIES],
    ids=[case[0] for case in FORGERIES],
)
def test_forged_predictions_none_is_verified(honest, tmp_path, kind, forge, outcome, message):
    check_forgery(Forged.of(honest[kind], tmp_path / "results"), forge, outcome=outcome, message=message)
