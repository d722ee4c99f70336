"""CSV, JSONL and Parquet."""

from __future__ import annotations

import json

from helpers.corpus_files import read

from arts.data.readers.tables import row_from_instance


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


def test_tables_jsonl_reads_sentence_rows(write):
    row = {
        "id": "7",
        "text": "The soup is hot.",
        "aspects": [{"term": "soup", "start": 4, "end": 8, "polarity": "positive"}],
    }
    (instance,) = read(write("a.jsonl", json.dumps(row)))
    assert (instance.id, instance.unit) == ("7_0", "7_0")
