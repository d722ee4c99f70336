"""The registry and what it loads: names, paths, folders, and MAMS from its table of predictions."""

from __future__ import annotations

import csv
import io
import json

import pytest

from arts.data import corpus_registry as corpora
from arts.data.corpus import Corpus, content_checksum
from arts.data.corpus_registry import load_corpus
from arts.data.errors import DataError, UnknownNameError
from arts.data.readers.tables import row_from_instance
from arts.data.schema import Strategy
from arts.data.support import download


def jsonl(instances):
    return "\n".join(json.dumps(row_from_instance(instance)) for instance in instances)


def test_unknown_name_suggests_and_lists():
    with pytest.raises(UnknownNameError) as caught:
        load_corpus("labtop")
    assert str(caught.value) == (
        'unknown dataset "labtop". Did you mean "laptop"? Known: laptop, mams, restaurant, sample; '
        "or the path of a file or folder"
    )


def test_a_file_is_a_test_split(write, units):
    corpus = load_corpus(write("mine.jsonl", jsonl(units)))
    assert (corpus.name, corpus.train, corpus.dev) == ("mine", (), ())
    assert [(i.id, i.unit, i.text, i.polarity) for i in corpus.test] == [
        (i.id, i.unit, i.text, i.polarity) for i in units
    ]


def test_a_folder_has_splits_in_any_format(write, units, tmp_path):
    write("mine/test.jsonl", jsonl(units))
    write("mine/train.csv", "id,text,term,start,end,polarity\n9_0,Nice bar,bar,5,8,positive\n")
    corpus = load_corpus(tmp_path / "mine")
    assert corpus.name == "mine"
    assert [s.id for s in corpus.train] == ["9"]
    assert corpus.dev == ()
    assert set(corpus.files) == {"test.jsonl", "train.csv"}


def test_a_folder_without_test_or_with_two_is_refused(write, units, tmp_path):
    write("mine/train.jsonl", jsonl(units))
    with pytest.raises(DataError, match="no test file"):
        load_corpus(tmp_path / "mine")
    write("mine/test.jsonl", jsonl(units))
    write("mine/test.csv", "")
    with pytest.raises(DataError, match=r"several files for test: test\.csv, test\.jsonl"):
        load_corpus(tmp_path / "mine")


def test_a_variant_needs_its_original(units):
    with pytest.raises(DataError, match='unit "1_0" has no original instance'):
        Corpus("mine", tuple(units[1:]))
    with pytest.raises(DataError, match="holds no original instances"):
        Corpus("mine", (units[1],))


def test_variants_of_an_original_left_out_are_left_out(write):
    rows = {
        "1_0": {"sentence": "Hot tea", "term": "soup", "polarity": "positive", "from": 0, "to": 3},
        "1_0_adv1": {"sentence": "Cold soup", "term": "soup", "polarity": "negative", "from": 5, "to": 9},
        "2_0": {"sentence": "Hot soup", "term": "soup", "polarity": "positive", "from": 4, "to": 8},
    }
    corpus = load_corpus(write("mine.json", rows))
    assert [i.id for i in corpus.test] == ["2_0"]
    assert corpus.notes.left_out["1_0_adv1"] == "its original is left out"


def test_originals_know_their_siblings(write):
    rows = {
        "1_0": {
            "sentence": "Hot tea, cold soup",
            "term": "soup",
            "polarity": "negative",
            "from": 14,
            "to": 18,
        },
        "1_0_adv1": {
            "sentence": "Hot tea, hot soup",
            "term": "soup",
            "polarity": "positive",
            "from": 13,
            "to": 17,
        },
        "1_1": {"sentence": "Hot tea, cold soup", "term": "tea", "polarity": "positive", "from": 4, "to": 7},
    }
    corpus = load_corpus(write("mine.json", rows))
    assert [a.term for a in corpus.test[0].aspects] == ["tea", "soup"]
    assert [i.id for i in corpus.test] == ["1_0", "1_0_adv1", "1_1"]


def test_checksum_is_of_content_not_of_order_or_format(write, units):
    assert content_checksum(units) == content_checksum(units[::-1])
    assert content_checksum(units) != content_checksum(units[1:])
    assert load_corpus(write("mine.jsonl", jsonl(units))).checksum == content_checksum(units)


# --- the release, in small -----------------------------------------------------------------------

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
        monkeypatch.setattr(download, "checksums", lambda: {n: download.sha256(home / n) for n in files})
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


def test_every_file_of_the_registry_has_a_checksum():
    known = download.checksums()
    assert len(known) == 32
    for entry in corpora.REGISTRY.values():
        for name in filter(None, (entry.train, entry.dev, entry.test, entry.originals)):
            assert len(known[name]) == 64


def test_laptop_loads_with_the_counts_of_the_paper(shared):
    corpus = load_corpus("laptop")
    counts = [sum(i.strategy is s for i in corpus.test) for s in Strategy]
    assert counts == [638, 466, 135, 638]
    assert sum(len(s.aspects) for s in corpus.train) == 2163
    assert sum(len(s.aspects) for s in corpus.dev) == 150
    assert len(corpus.notes.repaired) == 4
    assert not corpus.notes.left_out
