"""Leaks in a run: warned of, counted in report and tables, listed, and dropped."""

from __future__ import annotations

import json
import logging

import pytest
from helpers.classifiers import gold
from helpers.commands import call
from helpers.sentences import TOY, sentence
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from arts.cli.markdown import markdown_tables
from arts.data.corpus import Corpus
from arts.data.errors import DataError
from arts.data.schema import original_instances
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.report import Report
from arts.evaluation.summary import Summary

TEST = sentence("t", "The soup was good.", soup="positive")
OTHER = sentence("u", "Nobody ever brought us the long promised lentil stew.", stew="negative")
LEAKED = sentence("x", "NOBODY ever brought us the long-promised lentil stew", stew="negative")
NEARLY = sentence("y", "Nobody ever brought us the much promised lentil stew.", stew="neutral")


def bench(*train, dev=(TOY[2],), **settings):
    splits = {"train": train, "dev": dev}
    return Benchmark(Corpus("mine", tuple(original_instances([TEST, OTHER])), splits.get), **settings)


def fitted(benchmark):
    return benchmark.evaluate(make_pipeline(CountVectorizer(), MultinomialNB()), name="bayes")


def test_leaks_are_counted_named_and_told_once(caplog, tmp_path):
    benchmark = bench(*TOY[1:3], LEAKED, NEARLY)
    with caplog.at_level(logging.INFO, "arts"):
        report, again = fitted(benchmark), fitted(benchmark)
    statement = "2 of 4 training and dev sentences in the test split (1 same, 1 near; 1 test unit)"
    assert report.leaks.statement == again.leaks.statement == statement
    assert caplog.messages == [
        f"mine: {statement}; -v lists them, and a file in --output",
        'mine: train x is like test u_0 (same): "NOBODY ever brought us the long-promised lentil stew" and '
        '"Nobody ever brought us the long promised lentil stew."',
        'mine: train y is like test u_0 (near, 1 word changed): "Nobody ever brought us the much promised '
        'lentil stew." and "Nobody ever brought us the long promised lentil stew."',
        'mine: train 1 is like test t_0 (possible, 1 word changed): "The soup was bad." and '
        '"The soup was good."',
    ]
    assert f"bayes: {statement}." in markdown_tables(Summary.of([report]))
    path = report.save(tmp_path)
    assert "lentil" not in path.read_text()
    leaks = Report.load(path).leaks
    assert [(leak.id, leak.polarities, leak.test_polarities) for leak in leaks.leaks] == [
        ("x", "negative", "negative"),
        ("y", "neutral", "negative"),
        ("1", "negative", "positive"),
    ]


def test_leaks_are_dropped():
    report = fitted(bench(*TOY[1:3], LEAKED, NEARLY, drop_leaks=True))
    assert (report.leaks.dropped, report.leaks.certain, report.leaks.sentences) == (2, 0, 2)
    assert report.leaks.statement == "0 of 2 training and dev sentences in the test split, 2 left out before"


def test_leaks_when_all_sentences_leak_it_is_said(encoder):
    from arts.models.recipe import Start

    with pytest.raises(DataError, match=r"has no split train, .*--leaks drop leaves them out"):
        bench(LEAKED, drop_leaks=True).evaluate("memnet", start=Start(encoder))


def test_leaks_of_what_was_not_trained_here_are_not_checked():
    report = bench(LEAKED).evaluate(gold, name="oracle")
    assert report.leaks is None
    assert "leaks" not in report.model_dump()
    assert report.model.chosen_epoch == "unknown"


def fields(aspect):
    return {name: getattr(aspect, name) for name in ("term", "start", "end", "polarity")}


def test_leaks_on_the_command_line(tmp_path, encoder, quick_recipe):
    folder = tmp_path / "mine"
    folder.mkdir()
    splits = {"train": [*TOY[1:3], LEAKED], "dev": [TOY[3]], "test": [TEST, OTHER]}
    for split, sentences in splits.items():
        rows = [{"id": s.id, "text": s.text, "aspects": [*map(fields, s.aspects)]} for s in sentences]
        (folder / f"{split}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    command = ("--dataset", "mine", "--model", "memnet", "--encoder", encoder)
    done = call("arts.evaluate", *command, "--output", "out", "--format", "json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["leaks"]["counts"] == {"same": 1, "possible": 1}
    assert report["model"]["epoch_choice"] in ("dev", "last")
    assert "mine: 1 of 4 training and dev sentences in the test split (1 same; 1 test unit)" in done.stderr
    (listed,) = (tmp_path / "out").glob("*-leaks.md")
    assert "| train | x | u_0 | same | 0 | negative | negative | NOBODY ever" in listed.read_text()
    done = call("arts.train", *command, "--leaks", "drop", "--output", "model", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 training instances" not in done.stderr
    assert "1 left out before" in done.stderr
    assert "NOBODY" not in (tmp_path / "model" / "leaks.md").read_text()
    (tmp_path / "model" / "README.md").write_text("Trained on NEUDM/arts.")
    saved = ("--dataset", "mine", "--model", "hf:model", "--format", "json")
    kept = call("arts.evaluate", *saved, folder=tmp_path)
    assert kept.stderr.count("its card names NEUDM/arts, which holds the ARTS test sets of both domains") == 1
    assert json.loads(kept.stdout)["leaks"]["named_sets"] == ["NEUDM/arts"]
