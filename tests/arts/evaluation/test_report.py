"""A report: what it holds, saved and read back, compared."""

from __future__ import annotations

import json
import re
from functools import reduce
from operator import getitem

import pytest
from helpers.classifiers import gold, positive

from arts.data.corpus import Corpus
from arts.data.errors import ArtsError, DataError
from arts.data.schema import Polarity
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.report import Report
from arts.evaluation.report_record import ModelInfo
from arts.evaluation.summary import reports_by_model


def test_report_a_report_says_what_how_and_on_what(report, bench):
    assert (report.accuracy.value, report.ars.value) == (100, 100)
    assert report.dataset.checksum == bench.corpus.checksum
    assert (report.dataset.units, report.dataset.instances) == (3, 7)
    assert report.confusion == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    assert {"numpy", "torch"} <= set(report.provenance.libraries)
    assert report.provenance.started.tzinfo is not None


def test_report_a_report_is_saved_with_its_predictions_and_read_back(report, tmp_path):
    path = report.save(tmp_path)
    assert re.fullmatch("mine-oracle-[0-9a-f]{8}.json", path.name)
    assert sorted(p for p in tmp_path.iterdir() if p.is_file()) == [path, path.with_suffix(".parquet")]
    again = Report.load(path)
    assert again.model_dump() == report.model_dump()
    assert again.predictions.ids == report.predictions.ids
    assert (again.compare(report)).ars.value == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model.seed", True),
        ("model.parameters", True),
        ("dataset.units", "3"),
        ("dataset.units", 3.0),
        ("accuracy.value", "100"),
        ("ars.low", True),
        ("name", 7),
        ("provenance.seconds", "1"),
    ],
)
def test_report_a_value_of_another_type_is_refused(report, field, value, tmp_path):
    content = json.loads(report.model_dump_json())
    *path, last = field.split(".")
    place = reduce(getitem, path, content)
    place[last] = value
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match=f"field {re.escape(field)}: Input should be a valid "):
        Report.load(tmp_path / "a.json")


def test_report_a_whole_number_is_a_percentage(report, tmp_path):
    content = json.loads(report.model_dump_json())
    assert content["accuracy"]["value"] == 100
    content["accuracy"]["value"] = 100
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert Report.load_without_predictions(tmp_path / "a.json").model_dump() == report.model_dump()


def test_report_names_cannot_lead_out_of_the_folder(bench, tmp_path):
    path = bench.evaluate(gold, name="../../x y").save(tmp_path)
    assert path.parent == tmp_path


ZOO = {
    "kind": "zoo",
    "id": "bert",
    "checksum": "0a",
    "seed": 1,
    "encoder": "MiniLM",
    "encoder_checksum": "0b",
    "recipe": {"epochs": 5.0},
    "intervention": {"name": "adversarial", "ratio": 0.5},
}


@pytest.mark.parametrize(
    ("changed", "replaces"),
    [
        ({"seed": 2}, False),
        ({"encoder": "MPNet"}, False),
        ({"encoder_checksum": "0c"}, False),
        ({"checksum": "0c"}, False),
        ({"extras": {"embeddings": "glove, SHA-256 0c"}}, False),
        ({"intervention": {"name": "adversarial", "ratio": 1.0}}, False),
        ({"recipe": {"epochs": 6.0}}, False),
        ({"train_seconds": 12.5, "parameters": 100}, True),
        ({}, True),
    ],
)
def test_report_only_the_same_measurement_replaces_a_report(report, tmp_path, changed, replaces):
    def save(**facts):
        copy = report.model_copy(update={"model": ModelInfo(**ZOO | facts), "name": "bert"})
        copy._predictions = report.predictions
        return copy.save(tmp_path)

    first, second = save(), save(**changed)
    assert (first == second) == replaces
    assert len(list(tmp_path.glob("*.json"))) == len({first, second})


def test_report_another_time_version_or_score_makes_no_other_file(report):
    provenance = report.provenance.model_copy(update={"seconds": 99.0, "arts": "9"})
    ars = report.ars.model_copy(update={"value": 1.0})
    again = report.model_copy(update={"provenance": provenance, "ars": ars, "pattern_gap": None})
    again._predictions = report.predictions
    assert again.stem == report.stem


@pytest.mark.parametrize(
    "names", [("a/b", "a_b"), ("a b", "a:b"), ("x" * 300, "x" * 301), ("é" * 300, "é" * 301)]
)
def test_report_names_that_are_written_alike_have_files_of_their_own(bench, tmp_path, names):
    paths = [bench.evaluate(gold, name=name).save(tmp_path) for name in names]
    assert len(set(paths)) == len(list(tmp_path.glob("*.parquet"))) == 2


def test_report_classes_of_one_name_and_files_of_one_name_have_files_of_their_own(bench, tmp_path):
    def model(instances):
        return gold(instances)

    def other(instances):
        return positive(instances)

    other.__name__ = "model"
    reports = [bench.evaluate(one) for one in (model, other)]
    for folder, said in (("a", "positive"), ("b", "negative")):
        path = tmp_path / folder / "x.csv"
        path.parent.mkdir()
        lines = [f"{instance.id},{said}" for instance in bench.corpus.test]
        path.write_text("\n".join(["id,prediction", *lines]))
        reports.append(bench.score(path))
    assert [report.name for report in reports] == ["model", "model", "x", "x"]
    assert len({report.save(tmp_path / "results") for report in reports}) == 4
    assert reports[0].stem == bench.evaluate(model).stem
    assert list(reports_by_model(reports)) == ["model", "model (2)", "x", "x (2)"]


def change(path, **fields):
    content = json.loads(path.read_text())
    content.update(fields)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"ars": {"value": 120, "low": 90, "high": 100}},
            "field ars.value: Input should be less than or equal to 100",
        ),
        ({"ars": {"value": 90, "low": 90, "high": 100}}, 'field "ars" is not what mine-oracle-'),
        ({"schema_version": "9"}, "field schema_version"),
        ({"extra": 1}, "field extra: Extra inputs are not permitted"),
        ({"accuracy": None}, "field accuracy"),
    ],
)
def test_report_a_report_that_claims_too_much_is_refused(report, tmp_path, fields, message):
    path = report.save(tmp_path)
    change(path, **fields)
    with pytest.raises(DataError) as caught:
        Report.load(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_report_a_truncated_or_missing_report_is_refused(report, tmp_path):
    path = report.save(tmp_path)
    path.write_text(path.read_text()[:100])
    with pytest.raises(DataError, match="not valid JSON: Unterminated string"):
        Report.load(path)
    with pytest.raises(DataError, match="cannot be read"):
        Report.load(tmp_path / "gone.json")


def test_report_a_report_without_predictions_says_so(report, tmp_path):
    path = report.save(tmp_path)
    path.with_suffix(".parquet").unlink()
    with pytest.raises(ArtsError, match="its predictions are not at hand"):
        Report.load(path).compare(report)


def test_report_reports_of_other_instances_are_not_compared(report, units):
    other = Benchmark(Corpus("other", tuple(units[:6]))).evaluate(gold)
    with pytest.raises(ArtsError, match="not measured on the same instances"):
        report.compare(other)


def test_report_compare_pairs_units(bench, report):
    difference = report.compare(bench.evaluate(positive)).ars
    assert difference.value == 100
    assert (difference.only_first, difference.only_second) == (3, 0)


def test_report_the_order_of_labels_is_positive_negative_neutral():
    assert [str(p) for p in Polarity] == ["positive", "negative", "neutral"]
