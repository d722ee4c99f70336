"""Ways to forge a report without predictions: none is on the board, or valid."""

from __future__ import annotations

import pytest
from helpers.forging import (
    REFUSED,
    Forged,
    check_forgery,
    moved_confusion,
    narrow,
    narrow_strategy,
    put,
    score,
)


def one_resample(f: Forged) -> None:
    narrow(f)
    f.put("bootstrap.resamples", 1)


def fewer_units(f: Forged) -> None:
    f.put("dataset.units", 100)
    f.put("dataset.instances", 452)


def of_one_class(f: Forged) -> None:
    f.put("confusion", [[138, 0, 0], [0, 0, 0], [0, 0, 0]])


FORGERIES = [
    # Claims without predictions
    ("a claimed accuracy", "claim", score("accuracy", 93.0), REFUSED, "its confusion matrix gives"),
    ("a claimed ARS over the accuracy", "claim", score("ars", 94.0), REFUSED, "over its accuracy"),
    ("a claimed ARS", "claim", score("ars", 60.87), REFUSED, '"ars" is not what its counts give'),
    ("a claimed macro-F1", "claim", score("macro_f1", 93.0), REFUSED, '"macro_f1" is not what'),
    (
        "claimed scores by strategy",
        "claim",
        score("strategies.revtgt.both", 93.0),
        REFUSED,
        "its scores contradict each other",
    ),
    (
        "a claimed confusion matrix of other gold labels",
        "claim",
        moved_confusion,
        REFUSED,
        "the corpus has 70 positive",
    ),
    (
        "a claimed confusion matrix of one label",
        "claim",
        of_one_class,
        REFUSED,
        "confusion matrix gives 100.00",
    ),
    (
        "a claimed confusion matrix of two rows",
        "claim",
        lambda f: f.report["confusion"].pop(),
        REFUSED,
        "does not count 138 originals",
    ),
    (
        "a claimed confusion matrix of huge counts",
        "claim",
        lambda f: (f.put("confusion.0.0", 10**7), f.put("dataset.units", 10**7)),
        REFUSED,
        "is impossible; expected 1 to 1,000,000",
    ),
    ("claimed narrow intervals", "claim", narrow, REFUSED, '"accuracy" is not what its counts give'),
    (
        "a claimed interval of no width",
        "claim",
        narrow_strategy,
        REFUSED,
        '"strategies" is not what its counts',
    ),
    ("claimed intervals of one resample", "claim", one_resample, REFUSED, "is not what its counts give"),
    ("claimed fewer units", "claim", fewer_units, REFUSED, "does not count 100 originals"),
    ("claimed aspects left out", "claim", put("dataset.conflict", 9), REFUSED, "dataset.conflict"),
    (
        "claimed of an altered corpus",
        "claim",
        put("dataset.checksum", "0" * 64),
        REFUSED,
        "a report on another sample",
    ),
]


@pytest.mark.parametrize(
    ("kind", "forge", "outcome", "message"),
    [case[1:] for case in FORGERIES],
    ids=[case[0] for case in FORGERIES],
)
def test_forged_claims_none_is_taken(honest, tmp_path, kind, forge, outcome, message):
    check_forgery(Forged.of(honest[kind], tmp_path / "results"), forge, outcome=outcome, message=message)
