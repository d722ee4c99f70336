"""Invalid answers: wrong in every score, never neutral, counted wherever scores are shown."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.commands import call
from sklearn.metrics import f1_score

from arts.cli.evaluation_tables import evaluation_tables
from arts.cli.markdown import markdown_tables
from arts.cli.spreadsheet import csv_text
from arts.cli.tables import FigureTable
from arts.data.corpus import Corpus
from arts.data.errors import DataError
from arts.evaluation.benchmark import Benchmark, load_benchmark
from arts.evaluation.benchmark_layout import BenchmarkLayout
from arts.evaluation.metrics import INVALID, UnitSums, unit_statistics
from arts.evaluation.paired_tests import compare
from arts.evaluation.predictions import Predictions
from arts.evaluation.report import Report
from arts.evaluation.scores import Scores
from arts.evaluation.summary import Summary
from arts.evaluation.verification import Status
from arts.leaderboard.analysis.table import board_table
from arts.leaderboard.analysis.unit_comparison import prediction_table
from arts.leaderboard.analysis.units import predictions_by_id, units_of
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.store import PACKAGED_RESULTS
from arts.leaderboard.web.html_unit import cards_html, unit_cards

GOLD = [0, 1, 0, 1, 0, 1, 2]  # of the fixture `units`


def without(*rows: int) -> np.ndarray:
    """Right labels, but for some rows, which are invalid."""
    labels = np.array(GOLD)
    labels[[*rows]] = INVALID
    return labels


@pytest.mark.parametrize(
    ("rows", "accuracy", "ars", "invalid"),
    [((), 100, 100, 0), ((6,), 66.67, 66.67, 1), ((2,), 100, 66.67, 1), (range(7), 0, 0, 7)],
)
def test_invalid_answers_are_wrong_on_originals_and_variants(units, rows, accuracy, ars, invalid):
    scores = Scores.of(Predictions.of(units, without(*rows)))
    assert (scores.accuracy.value, scores.ars.value, scores.invalid) == (accuracy, ars, invalid)


def test_invalid_answers_lower_recall_and_no_precision():
    true, said = np.array([0, 0, 1, 2, 2]), np.array([0, INVALID, 1, 2, INVALID])
    layout = BenchmarkLayout(true, np.zeros(5, int), np.arange(5), np.arange(5))
    total = UnitSums.unpack(unit_statistics(layout, said).sum(0))
    assert total.confusion[:, 3].tolist() == [1, 0, 1]
    expected = f1_score(true, said, average="macro", labels=[0, 1, 2])
    assert total.macro_f1() == pytest.approx(expected)


def test_invalid_answers_are_another_prediction_than_neutral(units):
    neutral, invalid = (Predictions.of(units, np.array([*GOLD[:6], label])) for label in (2, INVALID))
    pair = compare(neutral, invalid)
    assert (pair.accuracy.only_first, pair.accuracy.only_second) == (1, 0)
    assert invalid.facts()["predicted"] == "3 positive, 3 negative, 1 invalid"
    everything = np.ones(3, bool)
    shown = prediction_table(neutral, invalid, units=everything)
    assert shown["second"].tolist()[-1] == "✗ invalid"


@pytest.mark.parametrize("blind", [False, True])
def test_invalid_answers_are_stored_by_their_name_and_have_no_probabilities(units, tmp_path, blind):
    probabilities = np.eye(3)[GOLD]
    probabilities[[1, 6]] = np.nan
    kept = Predictions.of(units, without(1, 6), probabilities=probabilities)
    kept.save(tmp_path / "p.parquet", blind=blind)
    assert pq.read_table(tmp_path / "p.parquet")["prediction"].to_pylist().count("invalid") == 2
    again = Predictions.load(tmp_path / "p.parquet", units)
    assert again.labels.tolist() == kept.labels.tolist()
    if not blind:
        assert np.isnan(again.probabilities).any(1).tolist() == (kept.labels == INVALID).tolist()


def test_invalid_answers_with_probabilities_are_no_predictions(units, tmp_path):
    probabilities = np.eye(3)[GOLD]
    Predictions.of(units, np.array(GOLD), probabilities=probabilities).save(tmp_path / "p.parquet")
    table = pq.read_table(tmp_path / "p.parquet")
    labels = [*table["prediction"].to_pylist()[:-1], "invalid"]
    pq.write_table(table.set_column(4, "prediction", [labels]), tmp_path / "p.parquet")
    with pytest.raises(DataError, match=r"line 7: probabilities .* of an invalid answer"):
        Predictions.load(tmp_path / "p.parquet", units)


@pytest.fixture
def answered(units, tmp_path) -> Report:
    """A file of predictions, of which one is invalid, scored."""
    labels = ["positive", "Invalid ", "positive", "negative", "positive", "negative", "neutral"]
    lines = [f"{instance.id},{label}" for instance, label in zip(units, labels, strict=True)]
    (tmp_path / "mine.csv").write_text("\n".join(["id,prediction", *lines]))
    return Benchmark(Corpus("own", tuple(units))).score(tmp_path / "mine.csv")


def test_invalid_answers_of_a_file_are_counted_in_every_format(answered):
    summary = Summary.of([answered])
    assert answered.invalid == 1
    table = evaluation_tables(summary).renderables[0]
    assert isinstance(table, FigureTable)
    assert table.headings[-1] == "invalid answers"
    text = markdown_tables(summary)
    assert "| 1 (14.3%) |" in text
    assert "mine: 1 (14.3%) of the 7 answers are invalid: they name no label" in text
    header, row, *_ = csv_text([answered]).splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["invalid"] == "1"
    assert json.loads(answered.model_dump_json())["invalid"] == 1
    assert answered.facts()["invalid answers"] == "1 (14.3%)"


def test_invalid_answers_that_are_none_are_not_spoken_of(report):
    assert "invalid" not in markdown_tables(Summary.of([report])) + report.model_dump_json()


def test_invalid_answers_an_empty_label_is_no_answer_at_all(write, units):
    path = write("a.csv", "id,prediction\n" + "".join(f"{one.id},\n" for one in units))
    with pytest.raises(DataError, match="line 2: no label; expected one of"):
        Benchmark(Corpus("own", tuple(units))).score(path)


def test_invalid_answers_of_a_constant_model_are_no_label_of_it(units):
    bench = Benchmark(Corpus("own", tuple(units)))
    report = bench.evaluate(lambda instances: ["positive"] * len(instances), name="c")
    labels = np.array([0, 0, 0, 0, 0, 0, INVALID])
    report._predictions = Predictions.of(units, labels)
    fields = dict(Scores.of(report.predictions))
    text = markdown_tables(Summary.of([report.model_copy(update=fields)]))
    assert "predicts positive for everything that it answers" in text


def test_invalid_answers_are_verified_on_the_board_and_shown(tmp_path):
    bench = load_benchmark("sample")
    rows = [f"{i.id},{'invalid' if n < 20 else i.polarity}" for n, i in enumerate(bench.corpus.test)]
    (tmp_path / "lm.csv").write_text("\n".join(["id,prediction", *rows]))
    report = bench.score(tmp_path / "lm.csv")
    path = report.save(tmp_path / "results")
    entry = entry_of(Report.load(path), path)
    assert (entry.status, entry.invalid, entry.invalid_share) == (Status.RECOMPUTED, 20, 4.08)
    assert board_table([entry])["invalid"].tolist() == [4.08]
    predictions = {"lm": predictions_by_id(entry)}
    unit = units_of(bench.corpus.test)[0]
    assert unit.failed_by(predictions["lm"])
    assert "lm: invalid" in cards_html(unit_cards(unit, predictions))


FORGED = {
    "fewer": ({"invalid": 19}, True, 'field "invalid" is not what'),
    "a matrix of other columns": (
        {"confusion": [[138, 0, 0], [0, 0, 0, 0], [0, 0, 0]]},
        False,
        "138 originals",
    ),
    "more than are wrong": ({"invalid": 400}, False, "more answers are invalid than are wrong"),
    "fewer than on the originals": ({"invalid": 1}, False, "fewer answers are invalid than on the originals"),
}


@pytest.mark.parametrize(("fields", "with_predictions", "message"), FORGED.values(), ids=FORGED)
def test_invalid_answers_that_a_report_claims_are_checked(tmp_path, fields, with_predictions, message):
    bench = load_benchmark("sample")
    rows = [f"{i.id},{'invalid' if n < 20 else i.polarity}" for n, i in enumerate(bench.corpus.test)]
    (tmp_path / "lm.csv").write_text("\n".join(["id,prediction", *rows]))
    path = bench.score(tmp_path / "lm.csv").save(tmp_path / "results")
    if not with_predictions:
        path.with_suffix(".parquet").unlink()
    assert call("arts.validate", path, folder=tmp_path).returncode == 0
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))
    done = call("arts.validate", path, folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr


def test_invalid_answers_leave_reports_of_before_as_they_are():
    paths = sorted(PACKAGED_RESULTS.glob("*.json"))
    assert len(paths) > 90
    for path in paths:
        report, stored = Report.load_without_predictions(path), json.loads(path.read_text())
        assert json.loads(report.model_dump_json()).keys() == stored.keys()
        assert json.loads(report.model_dump_json(include={*Scores.model_fields})).items() <= stored.items()
