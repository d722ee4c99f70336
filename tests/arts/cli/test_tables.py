"""Tables as text, Markdown and CSV."""

from __future__ import annotations

from helpers.classifiers import gold

from arts.cli import tables
from arts.data.corpus import Corpus
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.summary import Summary


def test_tables_a_dataset_without_variants_is_said_to_have_none(units):
    plain = Benchmark(Corpus("mine", (units[0], units[3], units[6]))).evaluate(gold, name="oracle")
    summary = Summary.of([plain])
    assert "This dataset has no variants" in tables.markdown(summary)
    assert "not robust" not in tables.markdown(summary)
    assert len(tables.table(summary).renderables) == 3


def test_tables_markdown_and_csv_hold_the_figures(bench, report):
    text = tables.markdown(Summary.of([report]))
    assert "| oracle | 100.00 ±0.0 | 100.00 ±0.0 | 100.00→100.00 |" in text
    header, row = tables.comma_separated([report]).splitlines()
    cells = dict(zip(header.split(","), row.strip().split(","), strict=True))
    assert (cells["model"], cells["ars"], cells["revtgt_count"]) == ("oracle", "100.0", "2")
