"""Splits, units and checksums of a corpus."""

from __future__ import annotations

import pytest
from helpers.corpus_files import jsonl

from arts.data.corpus import Corpus, content_checksum
from arts.data.corpus_registry import load_corpus
from arts.data.errors import DataError


def test_corpus_a_variant_needs_its_original(units):
    with pytest.raises(DataError, match='unit "1_0" has no original instance'):
        Corpus("mine", tuple(units[1:]))
    with pytest.raises(DataError, match="holds no original instances"):
        Corpus("mine", (units[1],))


def test_corpus_variants_of_an_original_left_out_are_left_out(write):
    rows = {
        "1_0": {"sentence": "Hot tea", "term": "soup", "polarity": "positive", "from": 0, "to": 3},
        "1_0_adv1": {"sentence": "Cold soup", "term": "soup", "polarity": "negative", "from": 5, "to": 9},
        "2_0": {"sentence": "Hot soup", "term": "soup", "polarity": "positive", "from": 4, "to": 8},
    }
    corpus = load_corpus(write("mine.json", rows))
    assert [i.id for i in corpus.test] == ["2_0"]
    assert corpus.notes.left_out["1_0_adv1"] == "its original is left out"


def test_corpus_originals_know_their_siblings(write):
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


def test_corpus_checksum_is_of_content_not_of_order_or_format(write, units):
    assert content_checksum(units) == content_checksum(units[::-1])
    assert content_checksum(units) != content_checksum(units[1:])
    assert load_corpus(write("mine.jsonl", jsonl(units))).checksum == content_checksum(units)
