"""Where the sentences and their opinion terms come from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from arts.data.errors import DataError, UnknownNameError
from arts.generators.running.sentence_source import load_sentence_source
from arts.generators.strategies.aspect_clause import domain_of

Write = Callable[[str, object], Path]


def test_sentence_source_a_plain_file_is_its_own_pool_and_says_so(write: Write) -> None:
    row = {
        "id": "1",
        "text": "The soup is good.",
        "aspects": [{"term": "soup", "start": 4, "end": 8, "polarity": "positive"}],
    }
    source = load_sentence_source(str(write("reviews.jsonl", row)))
    assert [s.text for s in source.sentences] == ["The soup is good."]
    assert source.mined.endswith("itself, which has no train split")
    assert source.name == "reviews"


def test_sentence_source_annotated_terms_are_taken_over_by_id_though_the_spacing_differs(
    write: Write,
) -> None:
    place = {"term": "soup", "from": 4, "to": 8, "polarity": "positive"}
    plain = write("plain.json", {"1_0": {"id": "1_0", "sentence": "The soup ($5) is good.", **place}})
    term = {"id": "1_0", **place, "opinion_words": ["good"], "opinion_position": [[18, 22]]}
    towe = write(
        "towe.json", {"1": {"id": "1", "sentence": "The soup ( $5) is good.", "term_list": {"1_0": term}}}
    )
    (sentence,) = load_sentence_source(str(plain), opinions=towe).sentences
    ((opinion,),) = [aspect.opinions for aspect in sentence.aspects]
    assert (opinion.text, sentence.text[opinion.start : opinion.end]) == ("good", "good")


def test_sentence_source_an_unknown_source_is_named() -> None:
    with pytest.raises(UnknownNameError, match="nowhere"):
        load_sentence_source("nowhere")


def test_sentence_source_a_file_whose_rows_are_all_left_out_is_refused_with_the_reason(write: Write) -> None:
    rows = "1_0,The soup is good.,soup,positive\n1_1,The soup is good.,soup,negative\n"
    with pytest.raises(DataError, match=r"holds no original instances \(.*; 2 rows left out \(1_0: several"):
        load_sentence_source(str(write("two.csv", f"id,text,term,polarity\n{rows}")))


def test_sentence_source_one_sentence_under_unrelated_ids_is_said(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    text = "The soup is good but the tea is bad."
    related = f"id,text,term,polarity\n1_0,{text},soup,positive\n1_1,{text},tea,negative\n"
    assert len(list(load_sentence_source(str(write("a.csv", related))).sentences)) == 1
    assert not caplog.messages
    unrelated = related.replace("1_0", "r0").replace("1_1", "r1")
    assert len(list(load_sentence_source(str(write("b.csv", unrelated))).sentences)) == 2
    (message,) = caplog.messages
    assert "b.csv: number of sentences that occur under unrelated ids: 1; they are taken as sep" in message


HOTELS = [
    "The soup was cold and our waiter rude.",
    "The bed was soft, the breakfast tasty.",
    "Friendly staff.",
]


@pytest.mark.parametrize(
    ("prefix", "texts", "domains", "mined"),
    [
        ("", HOTELS, {"restaurant"}, "sample, restaurant"),
        ("hotel-", HOTELS, {"restaurant"}, "sample, restaurant"),
        ("", ["The battery died and the keys are stiff."], {"laptop"}, "sample, laptop"),
        ("restaurant-", HOTELS, {"laptop", "restaurant"}, "sample"),
    ],
)
def test_sentence_source_a_pool_of_several_domains_gives_the_nearest_unless_ids_name_one(
    write: Write,
    caplog: pytest.LogCaptureFixture,
    prefix: str,
    texts: list[str],
    domains: set[str],
    mined: str,
) -> None:
    rows = [
        {
            "id": f"{prefix}{number}",
            "text": text,
            "aspects": [{"term": text.split()[1], "polarity": "neutral"}],
        }
        for number, text in enumerate(texts)
    ]
    path = write("own.jsonl", "\n".join(map(json.dumps, rows)))
    source = load_sentence_source(str(path), pool="sample")
    assert {domain_of(sentence.id) for sentence in source.training} == domains
    assert source.mined == mined
    assert len(list(source.sentences)) == len(texts)
    told = (
        []
        if len(domains) == 2
        else ["sample has sentences on laptop and restaurant; ADDDIFF adds what those on "]
    )
    assert [record.getMessage()[:74] for record in caplog.records] == told
