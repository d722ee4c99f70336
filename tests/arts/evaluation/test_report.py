"""A report: what it holds, saved and read back, compared."""

from __future__ import annotations

import json

import pytest
from helpers.classifiers import gold, positive

from arts.data.corpus import Corpus
from arts.data.errors import ArtsError, DataError
from arts.data.schema import Polarity
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.report import Report


def test_report_a_report_says_what_how_and_on_what(report, bench):
    assert (report.accuracy.value, report.ars.value) == (100, 100)
    assert report.dataset.checksum == bench.corpus.checksum
    assert (report.dataset.units, report.dataset.instances) == (3, 7)
    assert report.confusion == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    assert {"numpy", "torch"} <= set(report.provenance.libraries)
    assert report.provenance.started.tzinfo is not None


def test_report_a_report_is_saved_with_its_predictions_and_read_back(report, tmp_path):
    path = report.save(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [
        "mine-oracle.json",
        "mine-oracle.parquet",
    ]
    again = Report.load(path)
    assert again.model_dump() == report.model_dump()
    assert again.predictions.ids == report.predictions.ids
    assert (again.compare(report)).ars.value == 0


def test_report_names_cannot_lead_out_of_the_folder(bench, tmp_path):
    path = bench.evaluate(gold, name="../../x y").save(tmp_path)
    assert path.parent == tmp_path


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
        ({"ars": {"value": 90, "low": 90, "high": 100}}, 'field "ars" is not what mine-oracle.parquet gives'),
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
    with pytest.raises(DataError, match="not a report of schema"):
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
