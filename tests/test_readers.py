"""Files in, instances out; and one clear error for each kind of bad input."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arts.data.errors import DataError
from arts.data.readers.instances import read_instances
from arts.data.readers.span_repair import Notes, carry, occurrences
from arts.data.readers.tables import row_from_instance
from arts.data.schema import Polarity, Strategy

XML = """<?xml version="1.0" encoding="UTF-8"?>
<sentences>
  <sentence id="a">
    <text>{text}</text>
    <aspectTerms>
      <aspectTerm term="{term}" polarity="{polarity}" from="{start}" to="{end}"/>
    </aspectTerms>
  </sentence>
</sentences>
"""


def xml(text="The soup is hot.", term="soup", polarity="positive", start="4", end="8"):
    return XML.format(text=text, term=term, polarity=polarity, start=start, end=end)


def flat(**changes):
    record = {"sentence": "The soup is hot.", "term": "soup", "polarity": "positive", "from": 4, "to": 8}
    return {**record, **changes}


def read(path, notes=None):
    return list(read_instances(path, notes))


# --- what is read --------------------------------------------------------------------------------


def test_semeval_reads_terms_and_leaves_out_conflict(write):
    body = xml().replace(
        "<aspectTerms>",
        '<aspectTerms><aspectTerm term="hot" polarity="conflict" from="12" to="15"/>',
    )
    notes = Notes()
    (instance,) = read(write("a.xml", body), notes)
    assert (instance.id, instance.aspect.term, instance.polarity) == ("a_1", "soup", Polarity.POSITIVE)
    assert notes.conflict == 1
    assert "1 aspects with polarity conflict left out" in str(notes)


def test_semeval_repairs_a_shifted_span_and_tells(write):
    notes = Notes()
    (instance,) = read(write("a.xml", xml(start="6", end="10")), notes)
    assert (instance.aspect.start, instance.aspect.end) == (4, 8)
    assert notes.repaired == ["a_0"]


@pytest.mark.parametrize(
    ("text", "term", "start", "end"),
    [
        ("The soup is hot.", "stew", "4", "8"),  # occurs nowhere
        ("Hot soup, cold soup, old soup", "soup", "9", "13"),  # two are as near
    ],
)
def test_semeval_leaves_out_a_term_that_cannot_be_placed(write, text, term, start, end):
    body = xml(text, term, start=start, end=end)
    good = '<sentence id="b"><text>Nice bar</text><aspectTerms><aspectTerm term="bar" polarity="neutral" '
    body = body.replace("</sentences>", good + 'from="5" to="8"/></aspectTerms></sentence></sentences>')
    notes = Notes()
    (instance,) = read(write("a.xml", body), notes)
    assert instance.id == "b_0"
    assert "expected once nearby" in notes.left_out["a_0"]


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
    notes = Notes()
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


def test_csv_and_jsonl_round_trip(write, units):
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


def test_jsonl_reads_sentence_rows(write):
    row = {
        "id": "7",
        "text": "The soup is hot.",
        "aspects": [{"term": "soup", "start": 4, "end": 8, "polarity": "positive"}],
    }
    (instance,) = read(write("a.jsonl", json.dumps(row)))
    assert (instance.id, instance.unit) == ("7_0", "7_0")


def test_readers_stream(tmp_path):
    """Memory does not grow with the file: the first instance of a long file costs little."""
    lines = {
        "a.jsonl": "".join(
            json.dumps({"id": str(n), "text": "The soup is hot.", **flat()}) + "\n" for n in range(20_000)
        ),
        "a.json": json.dumps({str(n): flat() for n in range(20_000)}),
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


# --- what is refused -----------------------------------------------------------------------------

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
        ["line 6", 'span 4-80 of "soup" lies outside the sentence of 16 characters'],
    ),
    "XML span no number": ("a.xml", xml(start="x"), ["line 6", 'from="x"; expected a character offset']),
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
    "not JSON": ("a.json", "reviews", ["not complete JSON", '"(none)"']),
    "JSON of another kind": ("a.json", "[1, 2]", ["holds no instances"]),
    "truncated JSON": (
        "a.json",
        json.dumps({"1_0": flat(), "2_0": flat()})[:-20],
        ['id "1_0"', "not complete JSON"],
    ),
    "JSON in another encoding": (
        "a.json",
        json.dumps({"1_0": flat(sentence="The soup is café")}, ensure_ascii=False).encode("latin-1"),
        ["not complete JSON", "UTF8"],
    ),
    "JSON missing field": (
        "a.json",
        {"1_0": {"sentence": "x", "term": "x"}},
        ['id "1_0"', "missing field 'from'"],
    ),
    "JSON span out of range": ("a.json", {"1_0": flat(to=99)}, ['id "1_0"', "lies outside the sentence"]),
    "JSON unknown polarity": (
        "a.json",
        {"1_0": flat(polarity="conflict")},
        ['id "1_0"', "unknown polarity 'conflict'"],
    ),
    "JSON duplicate id": (
        "a.json",
        '{"1_0": RECORD, "1_0": RECORD}'.replace("RECORD", json.dumps(flat())),
        ['id "1_0"', "duplicate id"],
    ),
    "JSON of the wrong unit": (
        "a.json",
        {"1_0_adv1": flat(id="2_0")},
        ['id "1_0_adv1"', 'field id is "2_0"; expected "1_0"'],
    ),
    "JSON record no object": ("a.json", {"1_0": 3}, ['id "1_0"', "a record is not an object"]),
    "JSON empty": ("a.json", "", ["the file is empty"]),
    "JSONL not JSON": ("a.jsonl", "reviews", ["line 1", "not JSON"]),
    "JSONL no object": ("a.jsonl", "[1]", ["line 1", "expected a JSON object"]),
    "JSONL missing field": ("a.jsonl", '\n{"id": "1"}', ["line 2", "missing field 'text'"]),
    "JSONL wrong type": ("a.jsonl", {"id": "1", "text": 7}, ["line 1", "field text is 7; expected text"]),
    "JSONL wrong label": (
        "a.jsonl",
        {"id": "1", "text": "The soup", **flat(sentence="", polarity=7), "to": 8},
        ["line 1", "label 7; expected 0 to 2"],
    ),
    "JSONL in another encoding": (
        "a.jsonl",
        '{"id": "é"}'.encode("latin-1"),
        ["line 1", "byte 0xe9 at column 9 is not UTF-8"],
    ),
    "JSONL empty": ("a.jsonl", "\n", ["holds no instances"]),
    "CSV missing column": ("a.csv", "id,text\n1,The soup\n", ["line 2", "missing field 'start'"]),
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
    "unknown format": ("a.txt", "reviews", ['unknown format ".txt"; expected .xml, .json']),
}


@pytest.mark.parametrize(("name", "content", "expected"), BAD.values(), ids=BAD)
def test_bad_input_gets_one_clear_error(write, name, content, expected):
    path = write(name, content)
    with pytest.raises(DataError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    for part in expected:
        assert part in message


def test_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(DataError, match=r"gone\.json: cannot be read \(No such file"):
        read(tmp_path / "gone.json")


# --- spans ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "term", "text", "expected"),
    [
        ("The bar and the bar stools", "bar", "The great bar and the bar stools", (10, 13)),
        ("A bar near the bar", "bar", "A bar near the awful bar", (2, 5)),
        ("We had the iced teas", "iced teas", "We had the iced tea", (11, 19)),
        ("We had the soup", "soup", "We had nothing", None),
    ],
)
def test_carry_follows_a_term_through_an_edit(source, term, text, expected):
    start = source.index(term)
    assert carry(source, start, start + len(term), text) == expected


@given(
    st.text("ab c'", min_size=1, max_size=12), st.text("ab c'", max_size=12), st.text("ab c'", max_size=12)
)
def test_occurrences_are_where_the_term_is(term, before, after):
    text = before + term + after
    spans = occurrences(text, term)
    assert all(text[start:end] == term for start, end in spans) or not term.strip()
    assert spans or not term.strip()


# --- the real files ------------------------------------------------------------------------------

SEMEVAL = {  # positive, negative, neutral, conflict, repaired
    "Laptop_Train_v2.xml": (987, 866, 460, 45, 9),
    "Laptops_Test_Gold.xml": (341, 128, 169, 16, 0),
    "Restaurants_Train_v2.xml": (2164, 805, 633, 91, 0),
    "Restaurants_Test_Gold.xml": (728, 196, 196, 14, 0),
}


@pytest.mark.parametrize("name", SEMEVAL)
def test_semeval_files_have_the_published_counts(shared, name):
    notes = Notes()
    counts = Counter(i.polarity for i in read(shared / "semeval14" / name, notes))
    found = (*(counts[p] for p in Polarity), notes.conflict, len(notes.repaired))
    assert found == SEMEVAL[name]
    assert not notes.left_out


ARTS = {
    "laptop/train": 2163,
    "laptop/dev": 150,
    "laptop/test": 638,
    "rest/train": 3452,
    "rest/dev": 150,
    "rest/test": 1120,
}


@pytest.mark.parametrize("name", ARTS)
def test_arts_files_have_the_published_counts(shared, name):
    folder = shared / "ARTS_TestSet" / "data" / "src_data"
    for form in ("", "_sent"):
        notes = Notes()
        assert len(read(folder / f"{name}{form}.json", notes)) == ARTS[name]
        assert not notes.left_out


def test_every_json_file_at_hand_is_read(shared):
    paths = list(Path(shared).rglob("*.json"))
    assert len(paths) == 18
    for path in paths:
        notes = Notes()
        assert read(path, notes)
        assert not notes.left_out, path
