"""Predictions files in and out."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from arts.data.errors import ArtsError, DataError
from arts.data.schema import Instance, Strategy
from arts.evaluation.predicted_labels import read_labels
from arts.evaluation.predictions import Predictions, align_predictions

LABELS = ["positive", "negative", "positive", "negative", "positive", "negative", "neutral"]


def table(units, column="prediction", labels=LABELS):
    rows = [f"{i.id},{label}" for i, label in zip(units, labels, strict=True)]
    return "\n".join([f"id,{column}", *rows]) + "\n"


def test_predictions_csv_jsonl_and_parquet_in_any_order(write, units, tmp_path):
    header, *rows = table(units).splitlines()
    csv = write("a.csv", "\n".join([header, *rows[::-1]]))
    jsonl = write(
        "a.jsonl",
        "\n".join(
            json.dumps({"id": i.id, "prediction": p.upper()}) for i, p in zip(units, LABELS, strict=True)
        ),
    )
    labels = read_labels(csv, units)
    assert labels.tolist() == [0, 1, 0, 1, 0, 1, 2]
    assert read_labels(jsonl, units).tolist() == labels.tolist()
    Predictions.of(units, labels, probabilities=None).save(tmp_path / "a.parquet")
    assert read_labels(tmp_path / "a.parquet", units).tolist() == labels.tolist()


def test_predictions_a_column_can_be_named(write, units):
    assert read_labels(write("a.csv", table(units, "bert")), units, column="bert")[6] == 2


def test_predictions_adddiff_is_adv3_or_adv4(write, units):
    renamed = [
        Instance(i.id.replace("_adddiff", "_adv3"), i.unit, i.strategy, i.text, i.aspect) for i in units
    ]
    assert any(i.strategy is Strategy.ADDDIFF and i.id == "1_0_adv3" for i in renamed)
    body = table(renamed)
    for content in (body, body.replace("_adv3", "_adv4")):
        assert read_labels(write("a.csv", content), renamed).tolist() == [0, 1, 0, 1, 0, 1, 2]
    with pytest.raises(DataError, match='duplicate id "1_0_adv4"'):
        read_labels(write("a.csv", body + "1_0_adv4,positive\n"), renamed)


def test_predictions_rows_that_the_benchmark_left_out_are_passed_over(write, units):
    content = table(units) + "9_0_adv4,positive\n"
    assert len(read_labels(write("a.csv", content), units, left_out=["9_0_adv3"])) == len(units)


BAD = {
    "another column": (
        lambda units: table(units, "bert"),
        r'line 1: no column "prediction"; the columns are: id, bert; --column NAME takes another$',
    ),
    "a column in capitals": (
        lambda units: table(units, "Prediction"),
        r'the columns are: id, Prediction; --column NAME takes another\. Did you mean "Prediction"\?$',
    ),
    "no id": (lambda units: "key,prediction\n1,positive\n", 'line 1: no column "id"'),
    "unknown id": (
        lambda units: table(units) + "9_9,positive\n",
        r'line 9: id "9_9" is not in the benchmark; expected "1_0", "1_0_revtgt", "1_0_adddiff", …',
    ),
    "duplicate id": (lambda units: table(units) + "1_0,positive\n", 'line 9: duplicate id "1_0"'),
    "unknown label": (
        lambda units: table(units).replace("neutral", "meh"),
        "line 8: unknown polarity 'meh'; expected one of: positive, negative, neutral",
    ),
    "missing ids": (
        lambda units: "".join(table(units).splitlines(keepends=True)[:-2]),
        r'2 of 7 ids are missing: "1_1_revnon", "2_0"',
    ),
    "nothing": (lambda units: "", "has no predictions; expected 7, one for each instance"),
    "a header alone": (lambda units: "id,prediction\n", "has no predictions; expected 7"),
    "a column twice": (lambda units: table(units, "prediction,prediction"), '"prediction" is there twice'),
    "numbers": (
        lambda units: table(units).replace("positive", "2"),
        'line 2: label "2" is no polarity; .* say what each stands for: --labels 0=negative,1=neutral,',
    ),
    "an id with a terminal's escape": (
        lambda units: table(units) + "\x1b[2J,positive\n",
        r'line 9: id "\\x1b\[2J" is not in the benchmark',
    ),
    "a long label": (
        lambda units: table(units).replace("neutral", "x" * 10_000),
        "unknown polarity 'x{200,300}$",
    ),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_predictions_bad_predictions_get_one_clear_error(write, units, content, message):
    path = write("a.csv", content(units))
    with pytest.raises(DataError, match=message):
        read_labels(path, units)


def test_predictions_a_column_without_a_name_is_no_default(write, units):
    with pytest.raises(DataError, match='no column ""'):
        read_labels(write("a.csv", table(units)), units, column="")


def test_predictions_what_is_left_out_cannot_be_repeated_without_end(write, units):
    with pytest.raises(DataError, match='line 10: duplicate id "9_0_adv4"'):
        read_labels(write("a.csv", table(units) + "9_0_adv4,x\n" * 2), units, left_out=["9_0_adv3"])


PARQUETS = {
    "too many rows": (
        {"id": ["1_0"] * 2_000_000, "prediction": ["positive"] * 2_000_000},
        "2,000,000 rows; expected at most 7",
    ),
    "another column": (
        {"id": ["1_0"], "label": ["positive"]},
        'no column "prediction"; the columns are: id, label; --column',
    ),
    "lists": (
        {"id": ["1_0"], "prediction": [["positive"]]},
        'column "prediction" holds list<.*>; expected texts or numbers',
    ),
    "no rows": (
        {"id": pa.array([], pa.string()), "prediction": pa.array([], pa.string())},
        "has no predictions",
    ),
}


@pytest.mark.parametrize(("columns", "message"), PARQUETS.values(), ids=PARQUETS)
def test_predictions_a_bad_parquet_file_gets_one_clear_error(units, tmp_path, columns, message):
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=message):
        read_labels(tmp_path / "a.parquet", units)


def test_predictions_unknown_format_and_missing_file(write, units, tmp_path):
    with pytest.raises(DataError, match=r'unknown format "\.txt"; expected \.csv, .*\.jsonl, .*\.parquet'):
        read_labels(write("a.txt", "x"), units)
    with pytest.raises(DataError, match="no such file"):
        read_labels(tmp_path / "gone.csv", units)


def test_predictions_saved_predictions_are_read_back(units, tmp_path):
    probabilities = np.full((len(units), 3), 1 / 3)
    kept = Predictions.of(units, np.zeros(len(units), int), probabilities=probabilities)
    kept.save(tmp_path / "p.parquet")
    again = Predictions.load(tmp_path / "p.parquet")
    assert again.ids == kept.ids
    assert (again.labels == kept.labels).all()
    assert (again.layout.units == kept.layout.units).all()
    assert (again.layout.strategy == kept.layout.strategy).all()
    assert np.allclose(again.probabilities, probabilities)
    assert [p.name for p in tmp_path.iterdir()] == ["p.parquet"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=some.permutations(range(7)))
def test_predictions_the_order_of_a_file_does_not_matter(units, order):
    there = Predictions.of(units, labels_in(range(7)))
    shuffled = Predictions.of([units[row] for row in order], labels_in(order))
    assert (align_predictions(shuffled, there).labels == there.labels).all()


def labels_in(order):
    """A label for each instance, in this order of the instances."""
    return np.array([0, 1, 0, 1, 0, 1, 2])[list(order)]


def test_predictions_of_other_instances_or_labels_are_not_aligned(units):
    there = Predictions.of(units, labels_in(range(7)))
    with pytest.raises(ArtsError, match="not measured on the same instances"):
        align_predictions(replace(there, ids=("x", *there.ids[1:])), there)
    gold = (there.layout.gold[::-1] + 1) % 3
    reverse = replace(there, ids=there.ids[::-1], layout=replace(there.layout, gold=gold))
    with pytest.raises(ArtsError, match="same labels"):
        align_predictions(reverse, there)
