"""Reports: saved whole, read with suspicion, compared in pairs, summed up over seeds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from arts.cli import tables
from arts.data.corpus import Corpus
from arts.data.errors import ArtsError, DataError
from arts.data.schema import Polarity
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.report import Report
from arts.evaluation.summary import Summary
from arts.models.adapters import one_hot


@pytest.fixture
def bench(units):
    return Benchmark(Corpus("mine", tuple(units)))


def gold(instances):
    return one_hot([i.polarity for i in instances])


def positive(instances):
    return ["positive"] * len(instances)


@pytest.fixture
def report(bench):
    return bench.evaluate(gold, name="oracle")


def test_a_report_says_what_how_and_on_what(report, bench):
    assert (report.accuracy.value, report.ars.value) == (100, 100)
    assert report.dataset.checksum == bench.corpus.checksum
    assert (report.dataset.units, report.dataset.instances) == (3, 7)
    assert report.confusion == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    assert {"numpy", "torch"} <= set(report.provenance.libraries)
    assert report.provenance.started.tzinfo is not None


def test_a_report_is_saved_with_its_predictions_and_read_back(report, tmp_path):
    path = report.save(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [
        "mine-oracle.json",
        "mine-oracle.parquet",
    ]
    again = Report.load(path)
    assert again.model_dump() == report.model_dump()
    assert again.predictions.ids == report.predictions.ids
    assert (again.compare(report)).ars.value == 0


def test_names_cannot_lead_out_of_the_folder(bench, tmp_path):
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
def test_a_report_that_claims_too_much_is_refused(report, tmp_path, fields, message):
    path = report.save(tmp_path)
    change(path, **fields)
    with pytest.raises(DataError) as caught:
        Report.load(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_a_truncated_or_missing_report_is_refused(report, tmp_path):
    path = report.save(tmp_path)
    path.write_text(path.read_text()[:100])
    with pytest.raises(DataError, match="not a report of schema"):
        Report.load(path)
    with pytest.raises(DataError, match="cannot be read"):
        Report.load(tmp_path / "gone.json")


def test_a_report_without_predictions_says_so(report, tmp_path):
    path = report.save(tmp_path)
    path.with_suffix(".parquet").unlink()
    with pytest.raises(ArtsError, match="its predictions are not at hand"):
        Report.load(path).compare(report)


def test_reports_of_other_instances_are_not_compared(report, units):
    other = Benchmark(Corpus("other", tuple(units[:6]))).evaluate(gold)
    with pytest.raises(ArtsError, match="not measured on the same instances"):
        report.compare(other)


def test_compare_pairs_units(bench, report):
    difference = report.compare(bench.evaluate(positive)).ars
    assert difference.value == 100
    assert (difference.only_first, difference.only_second) == (3, 0)


def test_summary_gives_mean_and_deviation_over_seeds(report):
    model = report.model.model_copy(update={"seed": 2})
    worse = report.model_copy(update={"model": model, "ars": report.ars.model_copy(update={"value": 90.0})})
    first = report.model_copy(update={"model": report.model.model_copy(update={"seed": 1})})
    summary = Summary.of([first, worse])
    (group,) = summary.seeds
    assert group.seeds == (1, 2)
    assert group.ars.mean == 95
    assert group.ars.deviation == pytest.approx(np.std([100, 90], ddof=1), abs=0.01)
    assert summary.comparisons == ()


def test_summary_compares_seed_by_seed_and_the_untrained_with_all(bench, report):
    def seeded(name, seed):
        model = report.model.model_copy(update={"seed": seed})
        copy = report.model_copy(update={"name": name, "model": model})
        copy._predictions = report.predictions
        return copy

    runs = [seeded("a", 1), seeded("a", 2), seeded("b", 1), seeded("b", 2), seeded("c", None)]
    pairs = [(p.first, p.second, p.seed) for p in Summary.of(runs).comparisons]
    assert pairs == [("a", "b", 1), ("a", "b", 2), ("a", "c", 1), ("a", "c", 2)]


def test_summary_compares_with_the_first_model(bench, report):
    summary = Summary.of([report, bench.evaluate(positive, name="always positive")])
    (pair,) = summary.comparisons
    assert (pair.first, pair.second, pair.ars.value) == ("oracle", "always positive", 100)
    assert "oracle minus always positive: accuracy +66.67" in tables.markdown(summary)


def test_a_dataset_without_variants_is_said_to_have_none(units):
    plain = Benchmark(Corpus("mine", (units[0], units[3], units[6]))).evaluate(gold, name="oracle")
    summary = Summary.of([plain])
    assert "This dataset has no variants" in tables.markdown(summary)
    assert "not robust" not in tables.markdown(summary)
    assert len(tables.table(summary).renderables) == 3


def test_markdown_and_csv_hold_the_figures(bench, report):
    text = tables.markdown(Summary.of([report]))
    assert "| oracle | 100.00 ±0.0 | 100.00 ±0.0 | 100.00→100.00 |" in text
    header, row = tables.comma_separated([report]).splitlines()
    cells = dict(zip(header.split(","), row.strip().split(","), strict=True))
    assert (cells["model"], cells["ars"], cells["revtgt_count"]) == ("oracle", "100.0", "2")


def test_the_order_of_labels_is_positive_negative_neutral():
    assert [str(p) for p in Polarity] == ["positive", "negative", "neutral"]
