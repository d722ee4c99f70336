"""Corpora of one name, and predictions that several models give."""

from __future__ import annotations

import json

import pytest
from helpers.boards import own_store, sample_report

from arts.evaluation.benchmark import load_benchmark
from arts.leaderboard.store.distinct_entries import split_duplicates


def constant(folder, name, label="positive"):
    """The report of somebody who gives one label to all of the sample."""
    path = folder / f"{name}.csv"
    ids = [instance.id for instance in load_benchmark("sample").corpus.test]
    path.write_text("\n".join(["id,prediction", *(f"{id},{label}" for id in ids)]))
    return load_benchmark("sample").score(path, name=name)


def test_distinct_entries_constant_predictions_are_nobodys_copy(tmp_path):
    store = own_store(tmp_path / "results")
    for name in ("always positive", "a broken model"):
        store.add(constant(tmp_path, name))
    board = store.read()
    assert sorted(entry.name for entry in board.entries) == ["a broken model", "always positive"]
    assert board.excluded_files == ()


def test_distinct_entries_of_two_alike_the_one_that_was_trained_here_is_kept(tmp_path):
    store = own_store(tmp_path / "results")
    store.add(sample_report(tmp_path, "saved"))
    (entry,) = store.read().entries
    trained = entry.model_copy(update={"kind": "zoo", "name": "trained", "key": "other", "path": "t.json"})
    for both in ([entry, trained], [trained, entry]):
        (kept,), (repeated,) = split_duplicates(both)
        assert kept.name == "trained"
        assert repeated.reason == 'repeats "trained", t.json'


def row(number, term):
    text = f"The {term} is good."
    start = text.index(term)
    aspect = {"term": term, "start": start, "end": start + len(term), "polarity": "positive"}
    return json.dumps({"id": str(number), "text": text, "aspects": [aspect]})


@pytest.mark.parametrize("sizes", [(2, 3), (2, 2)])
def test_distinct_entries_test_splits_of_one_name_are_two_corpora(tmp_path, sizes):
    store = own_store(tmp_path / "results")
    for size, term in zip(sizes, ("soup", "bread"), strict=True):
        path = tmp_path / term / "reviews.jsonl"
        path.parent.mkdir()
        path.write_text("\n".join(row(number, term) for number in range(size)))
        answers = path.with_suffix(".csv")
        answers.write_text("\n".join(["id,prediction", *(f"{number}_0,positive" for number in range(size))]))
        store.add(load_benchmark(str(path)).score(answers, name=f"mine on {term}"))
    board = store.read()
    assert len(board.corpora) == 2
    for entry in board.entries:
        assert entry.corpus == f"reviews ({entry.units} units, {entry.checksum[:6]})"
        assert [other.name for other in board.on(entry.corpus)] == [entry.name]


def test_distinct_entries_one_test_split_keeps_its_name(tmp_path):
    store = own_store(tmp_path / "results")
    for seed in (1, 2):
        store.add(sample_report(tmp_path, f"model {seed}", seed=seed))
    assert store.read().corpora == ["sample"]
