"""CSV, JSONL and Parquet."""

from __future__ import annotations

import json

from helpers.corpus_files import read

from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import row_from_instance
from arts.data.schema import Opinion


def test_tables_csv_and_jsonl_round_trip(write, units):
    rows = [row_from_instance(instance) for instance in units]
    lines = "\n".join(json.dumps(row) for row in rows)
    assert read(write("a.jsonl", lines)) == units
    header = "id,sentence,term,from,to,polarity,unit,strategy\n"
    body = "".join(
        f'{r["id"]},"{r["text"]}",{r["term"]},{r["start"]},{r["end"]},{r["polarity"]},{r["unit"]},{r["strategy"]}\n'
        for r in rows
    )
    again = read(write("a.csv", header + body))
    assert [(i.id, i.unit, i.strategy, i.text, i.polarity) for i in again] == [
        (i.id, i.unit, i.strategy, i.text, i.polarity) for i in units
    ]


def test_tables_opinions_that_are_not_there_are_left_out(write):
    aspect = {"term": "soup", "polarity": "positive", "opinions": ["hot", "cold"]}
    far = {"term": "spoon", "polarity": "neutral", "opinions": [{"text": "big", "start": 90, "end": 93}]}
    notes = ReadingNotes()
    row = {"id": "7", "text": "The soup is hot, a spoon.", "aspects": [aspect, far]}
    soup, spoon = read(write("a.jsonl", json.dumps(row)), notes)
    assert (soup.aspect.opinions, spoon.aspect.opinions) == ((Opinion("hot", 12, 15),), ())
    assert list(notes.left_out) == ["7_0, opinion 1", "7_1, opinion 0"]
    assert 'the opinion term "big" is not where it should be' in notes.left_out["7_1, opinion 0"]


def test_tables_a_span_may_be_written_in_one_cell(write):
    (instance,) = read(write("a.csv", 'text,term,polarity,location\nTea or tea,tea,pos,"7,10"\n'))
    assert (instance.aspect.start, instance.aspect.end) == (7, 10)


def test_tables_jsonl_reads_sentence_rows(write):
    row = {
        "id": "7",
        "text": "The soup is hot.",
        "aspects": [{"term": "soup", "start": 4, "end": 8, "polarity": "positive"}],
    }
    (instance,) = read(write("a.jsonl", json.dumps(row)))
    assert (instance.id, instance.unit) == ("7_0", "7_0")
