"""Corpora by name, file or folder."""

from __future__ import annotations

import pytest
from helpers.corpus_files import jsonl

from arts.data import corpus_registry as corpora
from arts.data.corpus_registry import load_corpus
from arts.data.errors import ArtsError, DataError, UnknownNameError
from arts.data.schema import Strategy
from arts.data.support import download


def test_corpus_registry_unknown_name_suggests_and_lists():
    with pytest.raises(UnknownNameError) as caught:
        load_corpus("labtop")
    assert str(caught.value) == (
        'unknown dataset "labtop". Did you mean "laptop"? Known: laptop, laptop-v2, laptop-v2-undisputed, '
        "mams, restaurant, restaurant-v2, restaurant-v2-undisputed, sample; or the path of a file or "
        "folder, or hf:ID"
    )


def test_corpus_registry_a_file_is_a_test_split(write, units):
    corpus = load_corpus(write("mine.jsonl", jsonl(units)))
    assert (corpus.name, corpus.train, corpus.dev) == ("mine", (), ())
    assert [(i.id, i.unit, i.text, i.polarity) for i in corpus.test] == [
        (i.id, i.unit, i.text, i.polarity) for i in units
    ]


def test_corpus_registry_a_folder_has_splits_in_any_format(write, units, tmp_path):
    write("mine/test.jsonl", jsonl(units))
    write("mine/train.csv", "id,text,term,start,end,polarity\n9_0,Nice bar,bar,5,8,positive\n")
    corpus = load_corpus(tmp_path / "mine")
    assert corpus.name == "mine"
    assert [s.id for s in corpus.train] == ["9"]
    assert corpus.dev == ()
    assert set(corpus.files) == {"test.jsonl", "train.csv"}


def test_corpus_registry_a_folder_without_test_or_with_two_is_refused(write, units, tmp_path):
    write("mine/train.jsonl", jsonl(units))
    with pytest.raises(DataError, match="no test file"):
        load_corpus(tmp_path / "mine")
    write("mine/test.jsonl", jsonl(units))
    write("mine/test.csv", "")
    with pytest.raises(DataError, match=r"several files for test: test\.csv, test\.jsonl"):
        load_corpus(tmp_path / "mine")


def test_corpus_registry_every_file_of_the_registry_has_a_checksum():
    known = download.release_checksums()
    assert len(known) == 32
    for entry in corpora.RELEASED_CORPORA.values():
        for name in filter(None, (entry.train, entry.dev, entry.test, entry.originals)):
            assert len(known[name]) == 64


def test_corpus_registry_laptop_loads_with_the_counts_of_the_paper(shared_data):
    corpus = load_corpus("laptop")
    counts = [sum(i.strategy is s for i in corpus.test) for s in Strategy]
    assert counts == [638, 466, 135, 638]
    assert sum(len(s.aspects) for s in corpus.train) == 2163
    assert sum(len(s.aspects) for s in corpus.dev) == 150
    assert len(corpus.notes.repaired) == 4
    assert not corpus.notes.left_out


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("laptop-v2", [638, 469, 236, 462]),
        ("restaurant-v2", [1120, 924, 638, 914]),
        ("laptop-v2-undisputed", None),
    ],
)
def test_corpus_registry_the_v2_sets_apply_edits_to_the_released_originals(shared_data, name, counts):
    corpus = load_corpus(name)
    if counts is None:
        assert len({i.unit for i in corpus.test}) == 638 - 67
    else:
        assert [sum(i.strategy is s for i in corpus.test) for s in Strategy] == counts
    originals = {i.unit: i for i in corpus.test if i.strategy is Strategy.ORIGINAL}
    for instance in corpus.test:
        original = originals[instance.unit].polarity
        reversed_ = instance.strategy is Strategy.REVTGT
        assert instance.polarity is (original.opposite if reversed_ else original)
        if instance.strategy is Strategy.ADDDIFF:
            added = len(instance.aspects) - len(originals[instance.unit].aspects)
            assert 1 <= added <= 3


def test_corpus_registry_undisputed_is_for_corpora_whose_originals_were_read():
    with pytest.raises(ArtsError, match=r"originals of laptop were not read.*laptop-v2, restaurant-v2"):
        corpora.undisputed_name("laptop")
