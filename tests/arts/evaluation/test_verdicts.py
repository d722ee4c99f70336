"""Sentences on scores."""

from __future__ import annotations

import pytest
from helpers.classifiers import gold, gold_labels, positive

from arts.data.corpus import Corpus
from arts.data.schema import Polarity
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.floors import constant_label
from arts.evaluation.report import Report
from arts.evaluation.verdicts import verdict, verdicts


def predict(*labels):
    """A model that predicts these labels, one per instance."""
    return lambda instances: [str(Polarity(label)) for label in labels]


POS, NEG, NEU = Polarity
# gold: positive negative positive | negative positive negative | neutral
CASES = [
    (
        positive,
        "predicts positive for everything. It is constant: its accuracy of 33.33% and its ARS of 0.00% say "
        "how often that happens to be right, not what the model reads.",
    ),
    (
        gold,
        "100.00% of the originals are right, and all of them stay right through all their variants: nothing "
        "is lost.",
    ),
    (
        predict(NEG, POS, NEG, POS, NEG, POS, POS),
        "none of the originals is right, so there is nothing to lose.",
    ),
    (
        predict(POS, POS, POS, NEG, NEG, NEG, NEU),
        "100.00% of the originals are right, 33.33% through all their variants: 66.67 points are not robust. "
        "Most is lost under REVTGT (originals right 100.00, both right 0.00).",
    ),
    (
        predict(POS, POS, NEG, NEG, NEG, POS, NEU),
        "100.00% of the originals are right, 33.33% through all their variants: 66.67 points are not robust. "
        "Most is lost under REVTGT (originals right 100.00, both right 0.00) and REVNON (originals right "
        "100.00, both right 0.00) and ADDDIFF (originals right 100.00, both right 0.00).",
    ),
    (
        predict(POS, POS, POS, POS, POS, NEG, NEU),
        "66.67% of the originals are right, 33.33% through all their variants: 33.34 points are not robust. "
        "Most is lost under REVTGT (originals right 50.00, both right 0.00).",
    ),
]


@pytest.mark.parametrize(("model", "sentence"), CASES)
def test_verdicts_say_what_the_scores_mean(bench, model, sentence):
    assert verdict(bench.evaluate(model, name="mine")).startswith(sentence)


def test_verdicts_a_model_that_is_no_better_than_a_constant_is_said_to_be(bench):
    labels = predict(POS, NEG, POS, POS, POS, NEG, NEG)
    report = bench.evaluate(labels, name="mine")
    assert report.accuracy.value == 33.33
    assert verdict(report).endswith(
        "Its accuracy is not above that of a model that always predicts positive."
    )


def test_verdicts_name_strategies_without_variants(bench, units):
    lines = verdicts([bench.evaluate(gold, name="oracle")])
    assert lines[0].startswith("oracle: 100.00% of the originals")
    assert len(lines) == 1
    some = Benchmark(Corpus("mine", tuple(u for u in units if not u.id.endswith("revnon"))))
    lines = verdicts([some.evaluate(gold, name="oracle")])
    assert "This dataset has no variants by REVNON." in lines
    none = Benchmark(Corpus("mine", (units[0], units[3], units[6])))
    lines = verdicts([none.evaluate(positive, name="constant")])
    assert lines[0].startswith("constant: predicts positive for everything.")
    assert lines[1].startswith("This dataset has no variants")


def test_verdicts_never_speak_of_a_loss_of_nothing(bench):
    for model, _ in CASES:
        for line in verdicts([bench.evaluate(model, name="mine")]):
            assert "(0.00→0.00)" not in line
            assert "(100.00→100.00)" not in line


def test_verdicts_of_a_report_without_predictions_are_of_its_originals(bench, tmp_path):
    path = bench.evaluate(positive, name="constant").save(tmp_path)
    path.with_suffix(".parquet").unlink()
    report = Report.load_without_predictions(path)
    assert constant_label(report) is POS
    assert verdict(report).startswith("predicts positive for every original.")


def test_verdicts_the_constant_label_is_of_all_instances(bench, units):
    labels = gold_labels(units)
    assert len(set(labels.tolist())) == 3
    assert constant_label(bench.evaluate(predict(POS, NEG, POS, POS, POS, POS, POS), name="mine")) is None
