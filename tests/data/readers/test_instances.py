"""Any format: streaming, and every kind of bad input."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from helpers.corpus_files import flat, read, xml

from arts.data.errors import DataError
from arts.data.readers.instances import read_instances


def test_instances_stream(tmp_path):
    """Memory does not grow with the file, unless it is one JSON value: the first instance costs little."""
    lines = {
        "a.jsonl": "".join(
            json.dumps({"id": str(n), "text": "The soup is hot.", **flat()}) + "\n" for n in range(20_000)
        ),
        "a.csv": "id,text,term,start,end,polarity\n"
        + "".join(f"{n},The soup is hot.,soup,4,8,positive\n" for n in range(20_000)),
        "a.xml": "<sentences>"
        + "".join(
            xml().split("<sentences>")[1].split("</sentences>")[0].replace('"a"', f'"{n}"')
            for n in range(20_000)
        )
        + "</sentences>",
    }
    for name, content in lines.items():
        path = tmp_path / name
        path.write_text(content)
        next(read_instances(path))  # imports
        tracemalloc.start()
        next(read_instances(path))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < min(800_000, path.stat().st_size), name


BAD = {
    "not XML": ("a.xml", "reviews", ["line 1", "not well-formed XML"]),
    "another XML": ("a.xml", "<html></html>", ["line 1", "root element <html>; expected <sentences>"]),
    "truncated XML": ("a.xml", xml()[:-15], ["line 8", "not well-formed XML"]),
    "XML in another encoding": (
        "a.xml",
        xml("café soup", start="5", end="9").encode("latin-1"),
        ["line 4", "not well-formed XML"],
    ),
    "XML with entities": (
        "a.xml",
        '<!DOCTYPE s [<!ENTITY a "b">]><sentences/>',
        ["refused", "without entities"],
    ),
    "XML without an attribute": (
        "a.xml",
        xml().replace('term="soup"', ""),
        ["line 6", '<aspectTerm> without the attribute "term"'],
    ),
    "XML without text": ("a.xml", xml().replace("text>", "note>"), ["line 8", "sentence without <text>"]),
    "XML span out of range": (
        "a.xml",
        xml(end="80"),
        ["holds no instances", 'a_0: span 4-80 of "soup" lies outside the sentence of 16 characters'],
    ),
    "XML span no number": (
        "a.xml",
        xml(start="x"),
        ["line 6", "field from is 'x'; expected a character offset"],
    ),
    "XML unknown polarity": (
        "a.xml",
        xml(polarity="happy"),
        ["line 6", "unknown polarity 'happy'; expected one of: positive, negative, neutral"],
    ),
    "XML duplicate id": (
        "a.xml",
        xml().replace("</sentences>", xml().split("<sentences>")[1]),
        ['id "a"', "duplicate id"],
    ),
    "XML empty": ("a.xml", "", ["the file is empty"]),
    "XML without aspects": ("a.xml", "<sentences></sentences>", ["holds no instances"]),
    "not JSON": ("a.json", "reviews", ["not valid JSON: Expecting value: line 1"]),
    "JSON of another kind": ("a.json", "[1, 2]", ["item 1: 1; expected a JSON object"]),
    "truncated JSON": (
        "a.json",
        json.dumps({"1_0": flat(), "2_0": flat()})[:-20],
        ["not valid JSON: Expecting property name", "line 1 column 183"],
    ),
    "JSON in another encoding": (
        "a.json",
        json.dumps({"1_0": flat(sentence="The soup is café")}, ensure_ascii=False).encode("latin-1"),
        ["not UTF-8"],
    ),
    "JSON missing field": (
        "a.json",
        {"1_0": {"sentence": "x", "term": "x"}},
        ['id "1_0"', "missing field 'polarity'", "the columns are: sentence, term"],
    ),
    "JSON span out of range": (
        "a.json",
        {"1_0": flat(to=99)},
        ["1_0: span 4-99", "lies outside the sentence"],
    ),
    "JSON unknown polarity": (
        "a.json",
        {"1_0": flat(polarity="happy")},
        ['id "1_0"', "unknown polarity 'happy'", '--labels "happy=NAME"'],
    ),
    "JSON duplicate id": (
        "a.json",
        '{"1_0": RECORD, "1_0": RECORD}'.replace("RECORD", json.dumps(flat())),
        ['the key "1_0" appears twice in one object'],
    ),
    "JSON of the wrong unit": (
        "a.json",
        {"1_0_adv1": flat(id="2_0")},
        ['id "1_0_adv1"', 'field id is "2_0"; expected "1_0"'],
    ),
    "JSON record no object": ("a.json", {"1_0": 3}, ['id "1_0"', "a record is not an object"]),
    "JSON key twice": (
        "a.json",
        json.dumps({"1_0": flat()}).replace('"from"', '"polarity": "negative", "from"'),
        ['the key "polarity" appears twice in one object'],
    ),
    "JSON nothing but conflict": (
        "a.json",
        {"1_0": flat(polarity="conflict")},
        ["holds no instances (1 aspects with polarity conflict left out)"],
    ),
    "JSON empty": ("a.json", "", ["the file is empty"]),
    "JSONL not JSON": ("a.jsonl", "reviews", ["line 1", "not valid JSON"]),
    "JSONL no object": ("a.jsonl", "[1]", ["line 1", "expected a JSON object"]),
    "JSONL missing field": ("a.jsonl", '\n{"id": "1"}', ["line 2", "missing field 'text'"]),
    "JSONL wrong type": ("a.jsonl", {"id": "1", "text": 7}, ["line 1", "field text is 7; expected text"]),
    "JSONL wrong label": (
        "a.jsonl",
        {"id": "1", "text": "The soup", **flat(sentence="", polarity=7), "to": 8},
        ["line 1", 'label "7" is no polarity', "A number does not name a polarity"],
    ),
    "JSONL in another encoding": (
        "a.jsonl",
        '{"id": "é"}'.encode("latin-1"),
        ["line 1", "byte 0xe9 at column 9 is not UTF-8"],
    ),
    "JSONL aspects that are no list": (
        "a.jsonl",
        {"id": "1", "text": "The soup", "aspects": "x"},
        ["line 1", "field aspects is 'x'; expected a list of objects"],
    ),
    "JSONL key twice": ("a.jsonl", '{"id": "1", "id": "2"}', ["line 1", 'the key "id" appears twice']),
    "JSONL empty": ("a.jsonl", "\n", ["holds no instances"]),
    "CSV missing column": (
        "a.csv",
        "id,text\n1,The soup\n",
        ["line 2", "missing field 'term'", "columns are: id, text."],
    ),
    "CSV column twice": ("a.csv", "id,text,id\n1,The soup,2\n", ["line 1", 'column "id" is there twice']),
    "CSV short row": (
        "a.csv",
        "id,text,term,start,end,polarity\n1,The soup\n",
        ["line 2", "2 columns; expected 6 (id, text, term"],
    ),
    "CSV truncated": ("a.csv", 'id,text,term,start,end,polarity\n1,"The soup', ["line 2", "not CSV"]),
    "CSV span": (
        "a.csv",
        "id,text,term,start,end,polarity\n1,The soup,soup,four,8,positive\n",
        ["line 2", "field start is 'four'; expected a character offset"],
    ),
    "CSV duplicate id": (
        "a.csv",
        "id,text,term,start,end,polarity\n" + "1,The soup,soup,4,8,positive\n" * 2,
        ['id "1"', "duplicate id"],
    ),
    "not Parquet": ("a.parquet", "reviews", ["not Parquet"]),
    "unknown format": ("a.doc", "reviews", ['unknown format ".doc"; expected .xml, .csv']),
}


@pytest.mark.parametrize(("name", "content", "expected"), BAD.values(), ids=BAD)
def test_instances_bad_input_gets_one_clear_error(write, name, content, expected):
    path = write(name, content)
    with pytest.raises(DataError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    for part in expected:
        assert part in message


def test_instances_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(DataError, match=r"gone\.json: no such file"):
        read(tmp_path / "gone.json")
