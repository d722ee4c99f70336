"""What objects show of themselves: a line, some lines, a table in a notebook."""

from __future__ import annotations

import html
from collections.abc import Mapping

import pytest
from helpers.classifiers import gold, positive

from arts.data.corpus import Corpus
from arts.data.support.display import Displayed, shortened
from arts.data.support.record import Record
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.summary import Summary

MAX_LINE = 200


class Soup(Displayed):
    def headline(self) -> str:
        return "hot & <b>good</b>"

    def facts(self) -> Mapping[str, str]:
        return {"spoons": "2", "of what": "<script>"}


class Bowl(Record):
    texts: tuple[str, ...]
    sizes: dict[str, int]


def test_display_one_description_is_a_line_lines_and_a_table():
    assert repr(Soup()) == "<Soup hot & <b>good</b>>"
    assert str(Soup()).splitlines() == ["hot & <b>good</b>", "  spoons   2", "  of what  <script>"]
    page = Soup()._repr_html_()
    assert html.escape("hot & <b>good</b>") in page
    assert "<script>" not in page


def test_display_a_record_is_bounded():
    bowl = Bowl(texts=("x" * 10_000,) * 1000, sizes={str(n): n for n in range(1000)})
    assert len(repr(bowl)) < 1000
    assert repr(Bowl(texts=("a",), sizes={"b": 1})) == "Bowl(texts=('a',), sizes={'b': 1})"


def test_display_shortened_texts_keep_their_length():
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"


@pytest.fixture
def objects(sample):
    bench = Benchmark(sample)
    reports = [bench.evaluate(gold, name="oracle"), bench.evaluate(positive, name="constant")]
    return {
        "benchmark": bench,
        "corpus": sample,
        "instance": sample.test[1],
        "sentence": sample.train[0],
        "report": reports[0],
        "comparison": reports[0].compare(reports[1]),
        "predictions": reports[0].predictions,
        "summary": Summary.of(reports),
        "estimate": reports[0].ars,
        "dataset": reports[0].dataset,
        "model": reports[0].model,
    }


def test_display_everything_that_python_returns_is_short(objects):
    for name, value in objects.items():
        limit = 1000 if name in ("dataset", "model") else MAX_LINE
        assert len(repr(value)) <= limit, name
        assert "\n" not in repr(value), name
        assert all(len(line) <= MAX_LINE for line in str(value).splitlines()) or name in ("dataset", "model")


def test_display_shows_what_a_reader_looks_for(objects):
    shown = {name: repr(value) for name, value in objects.items()}
    assert shown["benchmark"] == "<Benchmark sample: 138 units, 490 instances>"
    assert shown["report"] == (
        "<Report oracle on sample: accuracy 100.00 [100.0, 100.0], ARS 100.00 [100.0, 100.0]>"
    )
    assert "REVTGT       100.00→100.00 (121 variants)" in str(objects["report"])
    assert "121 REVTGT, 93 REVNON, 138 ADDDIFF" in str(objects["corpus"])
    assert "p < 0.001" in shown["comparison"]
    assert "138 originals" not in shown["comparison"]
    for name in ("benchmark", "corpus", "instance", "report", "comparison", "summary"):
        assert objects[name]._repr_html_().startswith("<table>")


def test_display_does_not_load_the_splits_of_a_corpus(units):
    def load(split):
        raise AssertionError(split)

    assert "not loaded yet" in str(Corpus("mine", tuple(units), load))
