"""What a released set and its v2 say of the same models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import revised_sets as study

from arts.data.corpus import Corpus
from arts.data.schema import Aspect, Instance, Polarity, Sentence, Strategy
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.report import Report

READINGS = """id,reading,fluent,sentiment,intended
1_0_adv1,1,1,negative,negative
1_0_adv1,2,1,negative,negative
2_0_adv1,1,0,negative,negative
2_0_adv1,2,0,positive,negative
3_0_adv1,1,1,positive,negative
3_0_adv1,2,1,positive,negative
4_0_adv1,1,1,negative,negative
4_0_adv1,2,0,negative,negative
"""


def instances() -> list[Instance]:
    made = []
    for number in range(1, 6):
        polarity = Polarity.NEUTRAL if number == 5 else Polarity.POSITIVE
        (original,) = Sentence(str(number), "Good soup.", (Aspect("soup", 5, 9, polarity),)).instances()
        soup = Aspect("soup", 4, 8, polarity.opposite)
        made += [
            original,
            Instance(f"{number}_0_adv1", original.id, Strategy.REVTGT, "Bad soup.", soup, (soup,)),
        ]
    return made


@pytest.fixture
def board() -> study.Board:
    """One model that says positive of everything."""
    always = np.tile([1.0, 0.0, 0.0], (10, 1))
    report: Report = Benchmark(Corpus("mine", tuple(instances()))).evaluate(lambda rows: always[: len(rows)])
    return {"always": report}


@pytest.fixture
def readings(tmp_path: Path) -> Path:
    path = tmp_path / "readings.csv"
    path.write_text(READINGS, encoding="utf-8")
    return path


def test_readings_that_differ_are_no_verdict(readings: Path) -> None:
    fluent, mislabelled, broken = study.VERDICTS
    assert study.verdicts(readings) == {"1_0_adv1": fluent, "2_0_adv1": broken, "3_0_adv1": mislabelled}


def test_variants_of_neutral_targets_are_in_no_group(board: study.Board, readings: Path) -> None:
    readings.write_text(READINGS + "5_0_adv1,1,1,neutral,neutral\n5_0_adv1,2,1,neutral,neutral\n")
    groups = study.release_groups(board, readings, [Strategy.REVTGT])
    assert groups == {
        "fluent, label right (1)": ["1_0_adv1"],
        "fluent, label not (1)": ["3_0_adv1"],
        "not fluent (1)": ["2_0_adv1"],
    }
    assert study.release_groups(board, readings, [Strategy.ADDDIFF]) == {}


def test_a_cell_has_the_accuracy_on_originals_and_on_variants(board: study.Board) -> None:
    rows = list(study.accuracies(board, {"two": ["1_0_adv1", "5_0_adv1"], "one": ["1_0_adv1"]}))
    assert rows == [("always", "50.0→0.0", "100.0→0.0"), ("mean", "50.0→0.0", "100.0→0.0")]
