"""The release's JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.corpus_files import flat, read

from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Strategy


def test_arts_json_reads_all_its_forms(write):
    flat_form = {
        "1_0": flat(id="1_0", contra=False),
        "1_0_adv1": flat(id="1_0", sentence="The soup is cold.", polarity="negative"),
        "1_0_adv2": flat(id="1_0"),
        "1_0_adv3": flat(id="1_0"),
    }
    strategies = [i.strategy for i in read(write("flat.json", flat_form))]
    assert strategies == list(Strategy)
    by_sentence = {
        "1": {
            "sentence": "The soup is hot.",
            "term_list": {
                "1_3": {
                    **flat(),
                    "opinion_words": ["hot"],
                    "opinion_position": [[12, 15]],
                }
            },
        }
    }
    (instance,) = read(write("towe.json", by_sentence))
    assert instance.id == "1_3"
    assert instance.aspect.opinions[0].text == "hot"


def test_arts_json_finds_the_term_of_a_variant_though_its_offsets_went_astray(write):
    notes = ReadingNotes()
    rows = {
        "1_0": flat(),
        "1_0_adv1": flat(sentence="Soup was cold", **{"from": 0, "to": 4}),
        "1_0_adv2": flat(sentence="So the soups are cold", term="soup s", **{"from": 7, "to": 12}),
        "1_0_adv3": flat(sentence="The soup is hot, the soups are cold", **{"from": -1, "to": 90}),
    }
    found = [(i.aspect.term, i.aspect.start) for i in read(write("a.json", rows), notes)]
    assert found == [("soup", 4), ("Soup", 0), ("soups", 7), ("soup", 4)]
    assert notes.repaired == ["1_0_adv1", "1_0_adv2", "1_0_adv3"]
    rows = {"1_0": flat(), "1_0_adv1": flat(sentence="Nothing of the kind")}
    assert [i.id for i in read(write("a.json", rows), notes)] == ["1_0"]
    assert list(notes.left_out) == ["1_0_adv1"]


ARTS = {
    "laptop/train": 2163,
    "laptop/dev": 150,
    "laptop/test": 638,
    "rest/train": 3452,
    "rest/dev": 150,
    "rest/test": 1120,
}


@pytest.mark.parametrize("name", ARTS)
def test_arts_json_files_have_the_published_counts(shared_data, name):
    folder = shared_data / "ARTS_TestSet" / "data" / "src_data"
    for form in ("", "_sent"):
        notes = ReadingNotes()
        assert len(read(folder / f"{name}{form}.json", notes)) == ARTS[name]
        assert not notes.left_out


def test_arts_json_every_json_file_at_hand_is_read(shared_data):
    paths = list(Path(shared_data).rglob("*.json"))
    assert len(paths) == 18
    for path in paths:
        notes = ReadingNotes()
        assert read(path, notes)
        assert not notes.left_out, path
