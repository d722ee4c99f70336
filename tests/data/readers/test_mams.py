"""MAMS, rebuilt from the release's predictions."""

from __future__ import annotations

import csv
import io
import json

import pytest

from arts.data.corpus_registry import load_corpus
from arts.data.errors import DataError
from arts.data.schema import Strategy
from arts.data.support import download

MAMS_TEST = {
    "1_0": {
        "sentence": "The bar is near the bar stools.",
        "term": "bar",
        "polarity": "neutral",
        "from": 20,
        "to": 23,
    },
    "2_0": {
        "sentence": "Great lamb chops",
        "term": "lamb chops",
        "polarity": "positive",
        "from": 6,
        "to": 16,
    },
}

MAMS_ROWS = [
    ("1_0", "The bar is near the bar stools.", "bar", "neutral"),
    ("1_0_adv4", "The bar is near the bar stools, but the soup is cold.", "bar", "neutral"),
    ("2_0", "Great lamb chops", "lamb chops", "positive"),
    ("2_0_adv1", "Awful lamb chop", "lamb chops", "negative"),
    ("2_0_adv2", "Nothing of the kind", "lamb chops", "positive"),
]


def test_mams_leaves_out_the_rows_of_an_original_that_cannot_be_placed(release, monkeypatch):
    astray = {**MAMS_TEST, "3_0": {**MAMS_TEST["2_0"], "term": "beef"}}
    monkeypatch.setitem(globals(), "MAMS_TEST", astray)
    release(
        [*MAMS_ROWS, ("3_0", "Great lamb chops", "beef", "positive"), ("3_0_adv1", "Bad", "beef", "negative")]
    )
    corpus = load_corpus("mams")
    assert {i.unit for i in corpus.test} == {"1_0", "2_0"}
    assert {"3_0", "3_0_adv1"} < corpus.notes.left_out.keys()


@pytest.fixture
def release(tmp_path, monkeypatch):
    """A small repository in the layout of ARTS_TestSet, with its own checksums."""

    def build(rows=MAMS_ROWS):
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(["id", "sentence", "term", "gold_label", "bert"])
        writer.writerows([*row, "positive"] for row in rows)
        files = {
            "output/mams_results.csv": table.getvalue(),
            **{
                f"data/src_data/mams/{split}.json": json.dumps(MAMS_TEST)
                for split in ("train", "dev", "test")
            },
        }
        home = tmp_path / "home"
        for name, content in files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(content)
        monkeypatch.setenv("ARTS_DATA_HOME", str(home))
        monkeypatch.setattr(
            download, "release_checksums", lambda: {n: download.sha256(home / n) for n in files}
        )
        return home

    return build


def test_mams_is_rebuilt_from_its_predictions(release):
    release()
    corpus = load_corpus("mams")
    found = {i.id: (i.strategy, i.aspect.term, i.aspect.start) for i in corpus.test}
    assert found == {
        "1_0": (Strategy.ORIGINAL, "bar", 20),
        "1_0_adv4": (Strategy.ADDDIFF, "bar", 20),
        "2_0": (Strategy.ORIGINAL, "lamb chops", 6),
        "2_0_adv1": (Strategy.REVTGT, "lamb chop", 6),
    }
    assert corpus.notes.repaired == ["2_0_adv1"]
    assert corpus.notes.left_out == {"2_0_adv2": '"lamb chops" is not in the sentence'}
    assert len(corpus.train) == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("9_0", "Great lamb chops", "lamb chops", "positive"), 'line 7: no original "9_0"'),
        (("1_0_adv1", "The bar", "pub", "neutral"), 'line 7: term "pub" .* expected "bar"'),
        (("1_0_adv1", "The bar", "bar", "fine"), "line 7: unknown polarity 'fine'"),
    ],
)
def test_mams_refuses_rows_that_do_not_fit(release, row, message):
    release([*MAMS_ROWS, row])
    with pytest.raises(DataError, match=message):
        load_corpus("mams")
