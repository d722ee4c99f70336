"""The rows and remarks of reports, as tables, Markdown and CSV."""

from __future__ import annotations

from helpers.classifiers import gold

from arts.cli.evaluation_tables import evaluation_tables
from arts.cli.markdown import markdown_tables
from arts.cli.spreadsheet import csv_text
from arts.data.corpus import Corpus
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.summary import Summary


def test_report_rows_a_dataset_without_variants_is_said_to_have_none(units):
    plain = Benchmark(Corpus("mine", (units[0], units[3], units[6]))).evaluate(gold, name="oracle")
    summary = Summary.of([plain])
    assert "This dataset has no variants" in markdown_tables(summary)
    assert "not robust" not in markdown_tables(summary)
    assert len(evaluation_tables(summary).renderables) == 3


def test_report_rows_markdown_and_csv_hold_the_figures(bench, report):
    text = markdown_tables(Summary.of([report]))
    assert "| oracle | 100.00 ±0.0 | 100.00 ±0.0 | 100.00→100.00 |" in text
    assert "| floor: always positive | 33.33 ±" in text
    header, *rows = csv_text([report]).splitlines()
    cells, *floors = (dict(zip(header.split(","), row.strip().split(","), strict=True)) for row in rows)
    assert (cells["model"], cells["ars"], cells["revtgt_count"]) == ("oracle", "100.0", "2")
    assert [floor["model"] for floor in floors] == [
        "floor: always positive",
        "floor: majority of the other aspects",
    ]
