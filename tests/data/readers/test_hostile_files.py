"""Files that no reader should trust: bounded, checked before a parser sees them, refused in one line."""

from __future__ import annotations

import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.public_formats import TEA

from arts.data.corpus_registry import load_corpus
from arts.data.errors import ArtsError, DataError
from arts.data.readers.hf_loading import load_hf_dataset
from arts.data.readers.instances import load_usable_instances
from arts.data.readers.row_source import read_row_source
from arts.data.readers.text_rows import TextRow, parse_text_row

ROW = '{"id": "1", "text": "Hot tea", "term": "tea", "start": 4, "end": 7, "polarity": "pos"}'
BOMB = '<!DOCTYPE s [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><sentences>&c;</sentences>'
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:1f\nsize 100\n"
HOSTILE = {
    **{
        f"a Git LFS pointer, {ending}": (f"a.{ending}", POINTER, "is a Git LFS pointer, in place of the file")
        for ending in ("json", "jsonl", "csv", "xml", "txt", "parquet")
    },
    "half a character": ("a.jsonl", f'{ROW}\n{{"text": "\\ud800"}}', "line 2: not Unicode: half a character"),
    "half a character, JSON": ("a.json", '[{"text": "\\ud800"}]', "not Unicode: half a character"),
    "5,000 digits": ("a.jsonl", f'{{"start": {"9" * 5000}}}', "line 1: a number has more than 300 digits"),
    "5,000 digits, JSON": ("a.json", f'[{{"start": {"9" * 5000}}}]', "a number has more than 300 digits"),
    "60,000 deep": ("a.jsonl", "[" * 60_000, "line 1: the JSON is nested more than 100 deep"),
    "60,000 deep, JSON": ("a.json", "[" * 60_000, "the JSON is nested more than 100 deep"),
    "60,000 deep, text": ("a.txt", f"Tea####{'[' * 60_000}", "line 1: "),
    "NUL in CSV": ("a.csv", "text,term,polarity\nHot\0 tea,tea,pos\n", "line 2: a NUL character"),
    "UTF-16": ("a.csv", "text,term\n".encode("utf-16"), "line 1: a NUL character, as in UTF-16"),
    "Latin-1": (
        "a.tsv",
        "text\tterm\nThé\tThé\n".encode("latin-1"),
        "line 2: byte 0xe9 at column 3 is not UTF-8",
    ),
    "Latin-1, text": ("a.raw", "Thé $T$\n".encode("latin-1"), "line 1: byte 0xe9 at column 3 is not UTF-8"),
    "a cell of 200,000 letters": (
        "a.csv",
        f"text,term\n{'x' * 200_000},x\n",
        "a cell of more than 131,072 characters",
    ),
    "XML bomb": ("a.xml", BOMB, "refused: EntitiesForbidden"),
    "XML in an unknown encoding": (
        "a.xml",
        '<?xml version="1.0" encoding="no-such"?><sentences/>',
        "not well-formed",
    ),
    "offsets of 5,000 digits": (
        "a.xml",
        '<sentences><sentence><text>Hot tea</text><aspectTerm term="tea" polarity="positive" '
        f'from="{"9" * 5000}" to="7"/></sentence></sentences>',
        "expected a character offset",
    ),
    "columns of other rows": (
        "a.json",
        '{"text": {"0": "Hot tea", "1": "Tea"}, "polarity": {"1": "pos", "2": "neg"}, "term": {}}',
        'the columns "text" and "polarity" have 2 and 2 rows; expected the same, but only one has 0, 2',
    ),
    "columns of other lengths": (
        "a.json",
        '{"text": ["Hot tea", "Tea"], "term": ["tea"]}',
        'the columns "text" and "term" have 2 and 1 rows',
    ),
    "split with a short row": (
        "a.json",
        '{"columns": ["text", "term"], "data": [["Tea"]]}',
        "row 1 of data is ['Tea']; expected 2 cells",
    ),
    "split with a name twice": (
        "a.json",
        '{"columns": ["a", "a"], "data": []}',
        "columns are ['a', 'a']; exp",
    ),
    "a quote over lines with tabs": (
        "a.tsv",
        'text\tterm\n"Hot\ntea"\ttea\n',
        "line 2: 1 columns; expected 2 (text, term); a quote does not join lines or tabs",
    ),
    "a line of 2,000 tuples": (
        "a.txt",
        f"Tea####[{'([0], [0], 1), ' * 2_000}]",
        "line 1: a list of 2,000 items; expected at most 1,000 a sentence",
    ),
    "10,000 aspects": (
        "a.json",
        json.dumps([{"text": "Tea", "aspects": [{"term": "Tea", "polarity": "pos"}] * 10_000}]),
        "item 1: field aspects lists 10,000 items; expected at most 1,000 a sentence",
    ),
    "a line of 100,000 tuples": (
        "a.txt",
        f"Tea####[{'([0], [0], 1), ' * 100_000}]",
        "line 1: a list of 1,500,002 characters; expected at most 1,000,000",
    ),
    "a cell that is code": (
        "a.csv",
        'raw_text,aspectTerms\nTea,"[print(1)]"\n',
        "line 2: '[print(1)]' is no list of objects with term and polarity, written as text",
    ),
    "an array in .jsonl": (
        "a.jsonl",
        f"[{ROW}]",
        "expected a JSON object a line, not an array; expected an obj",
    ),
    "an object over lines in .jsonl": (
        "a.jsonl",
        '{\n"text": "Tea"\n}\n',
        "line 1: JSON over several lines; expected an object a line, or the name .json",
    ),
    "three lines in one": (
        "a.raw",
        "Hot $T$\ttea\t1\n",
        "line 1: tabs in the line; expected the sentence, the",
    ),
    "two texts": (
        "a.xml",
        '<Review><sentence id="1"><text>Tea</text><text>Hot</text></sentence></Review>',
        'id "1": a second <text> in the sentence; expected one',
    ),
    "a sentence twice in a review": (
        "a.xml",
        '<Reviews><Review><sentence id="1"><text>Tea</text></sentence><sentence id="1"/></Review></Reviews>',
        'id "1": duplicate id',
    ),
    "nothing labelled": (
        "a.raw",
        "Hot $T$\ntea\n-100\n",
        "holds no instances (1 rows left out (1_0: no label)); expected at least one labelled aspect term",
    ),
    "not Parquet": ("a.parquet", "PAR1" * 9, "not Parquet"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused_in_one_line(write, case):
    name, content, message = HOSTILE[case]
    with pytest.raises(DataError) as caught:
        load_usable_instances(write(name, content))
    assert message in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


CLASSES = [
    ({"num_classes": 10_000_000}, "have the names None (10000000); expected a list of at most 10,000 texts"),
    ({"num_classes": "x"}, "have the names None ('x'); expected a list"),
    ({"names": 5}, "have the names 5 (None); expected a list"),
    ({"names": "pos"}, "have the names 'pos' (None); expected a list"),
    ({"names": ["pos", 1]}, "have the names ['pos', 1] (None); expected a list"),
]


def write_with_features(path, features):
    """A Parquet file whose metadata has features as `datasets` writes them, given as JSON."""
    written = {"huggingface": f'{{"info": {{"features": {features}}}}}'}
    pq.write_table(pa.table({"polarity": [1]}).replace_schema_metadata(written), path)
    return path


@pytest.mark.parametrize(("feature", "message"), CLASSES)
def test_hostile_files_names_of_class_labels_are_checked(tmp_path, feature, message):
    features = json.dumps({"polarity": {"_type": "ClassLabel", **feature}})
    with pytest.raises(DataError) as caught:
        load_usable_instances(write_with_features(tmp_path / "a.parquet", features))
    assert f'the class labels of the column "polarity" {message}' in str(caught.value)


def test_hostile_files_features_are_not_deep(tmp_path):
    path = write_with_features(tmp_path / "a.parquet", "[" * 50_000)
    with pytest.raises(DataError, match="metadata huggingface: the JSON is nested more than 100 deep"):
        load_usable_instances(path)
    nested = '[{"a": ' * 45 + '{"_type": "ClassLabel", "names": ["pos"]}' + "}]" * 45
    with pytest.raises(DataError, match="missing field 'text'"):
        load_usable_instances(write_with_features(path, f'{{"x": {nested}}}'))


def test_hostile_files_an_elements_depth_does_not_matter(write):
    deep = f"<sentences>{'<a>' * 20_000}{'</a>' * 20_000}</sentences>"
    with pytest.raises(DataError, match="holds no instances"):
        load_usable_instances(write("a.xml", deep))


@pytest.mark.parametrize(
    "read", [load_corpus, load_usable_instances, lambda path: read_row_source(str(path))]
)
def test_hostile_files_a_pipe_is_refused_and_not_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / "a.jsonl")
    with pytest.raises(DataError, match=r"a pipe or device; expected a file, or - for standard input"):
        read(tmp_path / "a.jsonl")


def test_hostile_files_a_pipe_without_suffix_is_refused_too(tmp_path):
    os.mkfifo(tmp_path / "63")  # as of ``<(command)`` in a shell
    with pytest.raises(DataError, match=r"63: a pipe or device; expected a file, or - for standard input"):
        load_usable_instances(tmp_path / "63")


def test_hostile_files_a_pipe_in_a_folder_is_refused(tmp_path):
    os.mkfifo(tmp_path / "test.jsonl")
    with pytest.raises(DataError, match="a pipe or device"):
        load_corpus(tmp_path)


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b", "no/such/folder"])
def test_hostile_files_a_name_that_is_none_is_unknown(name):
    with pytest.raises(ArtsError, match="unknown dataset"):
        load_corpus(name)


@pytest.mark.parametrize("content", ["[" * 60_000, f'{{"a": {"9" * 5000}}}'])
@pytest.mark.parametrize("name", ["train.json", "train.jsonl"])
def test_hostile_files_json_of_a_dataset_is_checked_before_it_is_loaded(write, tmp_path, name, content):
    write(f"data/{name}", content)
    with pytest.raises(DataError, match=r"nested more than 100 deep|more than 300 digits"):
        load_hf_dataset(str(tmp_path / "data"))


CHAT = [{"from": "human", "value": "Who cooks?"}, {"from": "gpt", "value": "Ann."}]
ASKED = [{"role": "user", "content": "Who cooks?"}]
TEXT_ROWS = [
    ({"question": "Who cooks?", "answer": "Ann."}, TextRow("Ann.", "Who cooks?")),
    ({"instruction": "Translate.", "input": "thé", "output": "tea"}, TextRow("tea", "Translate.\n\nthé")),
    ({"instruction": "Greet.", "input": "", "output": "Hi"}, TextRow("Hi", "Greet.")),
    ({"conversations": CHAT}, TextRow("Ann.", messages=tuple(ASKED))),
    (
        {"prompt": ASKED, "completion": [{"role": "assistant", "content": "Ann."}]},
        TextRow("Ann.", messages=tuple(ASKED)),
    ),
    (
        {"messages": [*ASKED, {"role": "assistant", "content": [{"type": "text", "text": "Ann."}]}]},
        TextRow("Ann.", messages=tuple(ASKED)),
    ),
    ({"text": TEA}, TextRow(TEA)),
]


@pytest.mark.parametrize(("row", "read"), TEXT_ROWS)
def test_hostile_files_rows_of_instruction_data_are_read(row, read):
    parsed = parse_text_row(row)
    assert (parsed.answer, parsed.prompt, list(parsed.messages)) == (
        read.answer,
        read.prompt,
        list(read.messages),
    )
    assert parsed.text.endswith(read.answer)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"messages": [*ASKED, {"role": "assistant"}]},
            "message 2 has no content, which is a text; its fields are: role",
        ),
        ({"messages": [*ASKED, {"role": "assistant", "content": None}]}, "message 2 has no content"),
        ({"messages": [{"content": "x"}]}, "message 1 has no role"),
        ({"messages": ["x"]}, "message 1 is 'x'; expected an object with role and content"),
        ({"messages": "x"}, "field messages is 'x'; expected a list of messages"),
        (
            {"conversations": CHAT[:1]},
            "a row with conversations; expected messages or conversations that end",
        ),
        ({"question": "x", "answer": None}, "a row with question, answer; expected"),
        ({}, "a row with nothing; expected messages"),
    ],
)
def test_hostile_files_rows_without_an_answer_are_refused(row, message):
    with pytest.raises(ValueError, match=r"expected|its fields are") as caught:
        parse_text_row(row)
    assert str(caught.value).startswith(message)


def test_hostile_files_alpaca_and_sharegpt_are_arrays(write):
    rows = [{"instruction": "Greet.", "output": "Hi"}, {"conversations": CHAT}]
    source = read_row_source(str(write("alpaca.json", json.dumps(rows))))
    assert list(source.rows) == [(1, rows[0]), (2, rows[1])]
