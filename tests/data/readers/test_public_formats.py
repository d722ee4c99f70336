"""Corpora as people keep them: each public form is read, counted, and exported and read back."""

from __future__ import annotations

import json

import pytest
from helpers.public_formats import PUBLIC_FILES, SOUP, TEA

from arts.data.corpus import content_checksum
from arts.data.corpus_registry import load_corpus
from arts.data.errors import ArtsError, DataError
from arts.data.hf_dataset import export_corpora
from arts.data.label_names import LabelNames
from arts.data.readers.field_names import ColumnNames
from arts.data.readers.instances import load_usable_instances, usable_instances
from arts.data.readers.span_repair import ReadingNotes


@pytest.mark.parametrize("name", PUBLIC_FILES)
def test_public_formats_are_read_with_their_counts(write, name):
    public = PUBLIC_FILES[name]
    notes = ReadingNotes()
    read = load_usable_instances(write(public.name, public.content), notes)
    assert [(i.id, i.aspect.term, i.aspect.start, i.polarity) for i in read] == public.aspects
    assert notes.left_out.keys() == public.left_out.keys()
    for id, reason in public.left_out.items():
        assert reason in notes.left_out[id]
    assert public.notes in str(notes)
    found = [opinion.text for i in read for opinion in i.aspect.opinions]
    assert found == list(public.opinions)


@pytest.mark.parametrize("name", PUBLIC_FILES)
def test_public_formats_are_exported_and_read_back(write, tmp_path, name):
    public = PUBLIC_FILES[name]
    corpus = load_corpus(write(public.name, public.content))
    export_corpora([corpus], tmp_path / "out")
    again = load_corpus(tmp_path / "out")
    assert again.name == corpus.name
    assert again.checksum == corpus.checksum == content_checksum(corpus.test)
    assert [i.aspects for i in again.test] == [i.aspects for i in corpus.test]
    assert not again.notes.left_out


ROWS = [{"Comment": TEA, "Topic": "tea", "Mood": "happy"}]
NAMED = ColumnNames.of({"text": "Comment", "term": "Topic", "polarity": "Mood"})


def test_public_formats_columns_can_be_named(write):
    path = write("a.json", ROWS)
    labels = LabelNames.of({"happy": "positive"})
    (instance,) = usable_instances(path, columns=NAMED, labels=labels)
    assert (instance.aspect.term, instance.polarity) == ("tea", "positive")
    corpus = load_corpus(path, columns=dict(NAMED.names), labels={"happy": "positive"})
    assert corpus.test == (instance,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text", '--columns: "text"; expected FIELD=COLUMN, e.g. text=Sentence,term=Aspect'),
        ("txt=a", '--columns: unknown field "txt". Did you mean "text"? Known: id, text'),
        ("text=a,text=b", '--columns: "text" is named twice (a and b)'),
        ("text=", '--columns: "text="; expected FIELD=COLUMN'),
    ],
)
def test_public_formats_names_of_columns_are_checked(text, message):
    with pytest.raises(ArtsError) as caught:
        ColumnNames.parse([text])
    assert str(caught.value).startswith(message)


THREE = "three lines an aspect ($T$ for the term, the term, the label)"
UNKNOWN = {  # what is known is said, and what is nearest
    "no text": (
        "a.csv",
        "id,Remark\n1,x\n",
        "missing field 'text' (or sentence, review)",
        "--columns text=Remark",
    ),
    "no label": (
        "a.csv",
        "text,term\nHot tea,tea\n",
        "missing field 'polarity' (or label, sentiment)",
        "text, term",
    ),
    "triples of tags": (
        "a.json",
        json.dumps([{"id": "1", "sentence": "Hot tea", "triples": [{"target_tags": "Hot\\O tea\\B"}]}]),
        "item 1: unknown layout: triples as tags of words (GTS, Span-ASTE); nearest known: ASTE",
    ),
    "a header alone": ("a.tsv", "Hot tea\t1,2 DRINKS 2 0,1\n", "its only line is taken as its header", ""),
    "no header": (
        "a.csv",
        "The battery lasts long.,battery,positive\nHot tea.,tea,neutral\n",
        "the first line seems to be data; the columns are: The battery lasts long., battery, positive",
        "a header is needed, such as id,text,term,start,end,polarity",
    ),
    "no known column": ("a.tsv", "Hot tea\t1,2\nx\ty\n", "None of them is known.", "Hot tea, 1,2."),
    "splits in a file": (
        "a.json",
        '{"train": [{}], "test": [{}]}',
        "holds the splits train, test",
        "in a folder",
    ),
    "another edit": (
        "a.jsonl",
        '{"id": "1", "text": "tea", "term": "tea", "polarity": "pos", "edits": [{"x": 1}]}',
        "line 1: edit: field start: Field required",
        "",
    ),
    "an opinion's offset": (
        "a.json",
        '[{"text": "tea", "aspects": [{"term": "tea", "polarity": "pos", "opinions": '
        '[{"text": "x", "start": "a", "end": 1}]}]}]',
        "item 1: opinion: field start: Input should be a valid integer",
        "",
    ),
    "opinions of TOWE": (
        "a.json",
        '{"1": {"sentence": "tea", "term": "tea", "polarity": "pos", "opinion_words": ["x"], '
        '"opinion_position": 3}}',
        "opinion_words and opinion_position are no lists of the same length",
        "",
    ),
    "a position of TOWE": (
        "a.json",
        '{"1": {"sentence": "tea", "term": "tea", "polarity": "pos", "opinion_words": ["x"], '
        '"opinion_position": [["a", 1]]}}',
        "field opinion_position is 'a'; expected a character offset",
        "",
    ),
    "a list of texts": (
        "a.json",
        '[{"text": "x", "aspects": ["tea"]}]',
        "item 1: a list of terms without labels",
        "",
    ),
    "lists of other lengths": (
        "a.json",
        '[{"text": "x", "targets": ["tea"], "target_sentiments": []}]',
        "1 terms, 0 labels and 1 spans; expected as many",
        "",
    ),
    "JSON of another kind": ("a.json", "3", "unknown layout: 3; nearest known: an array of rows", ""),
    "categories alone": (
        "a.xml",
        '<sentences><sentence><text>Hot tea</text><aspectCategories><aspectCategory category="food" '
        'polarity="positive"/></aspectCategories></sentence></sentences>',
        "holds no aspect terms, only 1 aspect categories",
        "",
    ),
    "opinions on categories": (
        "a.xml",
        '<Reviews><Review><sentences><sentence id="1"><text>Hot tea</text><Opinions><Opinion category="A#B" '
        'polarity="positive"/></Opinions></sentence></sentences></Review></Reviews>',
        "holds no aspect terms, only 1 aspect categories",
        "",
    ),
    "another XML": (
        "a.xml",
        "<reviews/>",
        "unknown layout: root element <reviews>; expected <sentences>",
        "2016",
    ),
    "CoNLL": ("a.txt", "Hot O\ntea B-ASP\n", 'unknown layout: "Hot O"; nearest known:', THREE),
    "PyABSA's inference": ("a.dat", "Hot [B-ASP]tea[E-ASP] $LABEL$ 1\n", "unknown layout", THREE),
    "a table": (
        "a.txt",
        "text\tterm\tlabel\n",
        "unknown layout",
        "a table with a header line; name the file .tsv",
    ),
    "JSONL": ("a.txt", '{"text": "x"}\n', "unknown layout", "name the file .jsonl"),
    "no place of the term": (
        "a.raw",
        "The $T$ .\ntea\n1\nThe tea .\ntea\n1\n",
        "line 4: no $T$ in",
        "three lines",
    ),
    "two lines": ("a.raw", "The $T$ .\ntea\n", "line 1: the file ends within the three lines", ""),
    "0 and 1 without -1": ("a.raw", "The $T$ .\ntea\n1\n", 'line 3: label "1" is no polarity', "--labels"),
    "tuples without mark": ("a.txt", "Tea####[([0], [0], 'POS')]\nTea\n", "line 2: no ####; expected", ""),
    "tuples that are code": (
        "a.txt",
        "Tea####[print(1)]\n",
        "line 1: '[print(1)]' is no list of tuples",
        "expected",
    ),
    "deep tuples": ("a.txt", f"Tea####{'[' * 90_000}", "line 1: ", "is no list of tuples"),
    "tuples of minus": (
        "a.txt",
        f"Tea####[([{'-' * 90_000}1], [0], 'POS')]",
        "line 1: ",
        "is no list of tuples",
    ),
    "tuples without polarity": ("a.txt", "Tea####[([0], [0])]\n", "line 1: ([0], [0]) has no polarity", ""),
    "a label that is none": (
        "a.txt",
        "Tea####[([0], [0], 'FINE')]\n",
        "line 1: unknown polarity 'FINE'",
        "--labels",
    ),
    "columns of a text": ("a.txt", "x", "--columns has no effect on a text file", ""),
    "columns of XML": ("a.xml", "<sentences/>", "--columns has no effect on XML", ""),
    "columns of records": ("a.json", '{"1": {}}', "--columns has no effect on records by id", ""),
    "columns that are not there": (
        "a.csv",
        "a,b\n1,2\n",
        'line 2: no column "Comment" (--columns text=Comment)',
        "a, b",
    ),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_public_formats_an_unknown_layout_is_called_so(write, case):
    name, content, *parts = UNKNOWN[case]
    columns = NAMED if case.startswith("columns") else ColumnNames()
    with pytest.raises(DataError) as caught:
        list(usable_instances(write(name, content), columns=columns))
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 700
    for part in parts:
        assert part in message


def test_public_formats_rows_of_a_sentence_share_its_id_in_any_order(write):
    rows = [
        {"id": "a_1", "text": SOUP, "term": term, "polarity": "neg"} for term in ("soup", "bread", "lamp")
    ]
    rows.insert(1, {"id": "b", "text": TEA, "term": "tea", "polarity": "pos"})
    corpus = load_corpus(write("a.json", rows))
    assert [i.id for i in corpus.test] == ["a_1", "b", "a_1.1", "a_1.2"]
    assert [len(i.aspects) for i in corpus.test] == [3, 1, 3, 3]
    with pytest.raises(DataError, match=r'item 2: duplicate id "a_1"; expected every instance once'):
        load_corpus(write("b.json", [rows[0], {**rows[0], "text": TEA}]))
    with pytest.raises(DataError, match="missing field 'id'"):
        load_corpus(write("c.json", [{**rows[0], "id": None, "strategy": "revtgt"}]))


def test_public_formats_why_all_is_left_out_is_said(write):
    both = write("a.txt", "Hot tea .####[([1], [0], 'POS'), ([1], [0], 'NEG')]\n")
    with pytest.raises(DataError, match=r"no original instances \(2 rows left out \(1_0: several opinions"):
        load_corpus(both)


def test_public_formats_a_file_in_lower_case_has_its_place_too(write):
    (instance,) = load_usable_instances(write("a.raw", "hot $t$ .\ntea\n-1\n"))
    assert (instance.text, instance.polarity) == ("hot tea .", "negative")


@pytest.mark.parametrize("line", [json.dumps([1]), "3", '"x"', "null"])
def test_public_formats_rows_that_are_no_objects_are_named(write, line):
    with pytest.raises(DataError, match="line 2: expected a JSON object"):
        list(
            usable_instances(write("a.jsonl", f'{{"text": "{TEA}", "term": "tea", "label": "pos"}}\n{line}'))
        )
