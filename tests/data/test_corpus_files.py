"""Corpora of users: folders, what `arts generate` writes, datasets, standard input."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import datasets
import pytest
from helpers.commands import call
from helpers.corpus_files import jsonl

from arts.data.corpus_registry import load_corpus
from arts.data.errors import ArtsError, DataError
from arts.data.hf_dataset import export_corpora, to_dataset
from arts.data.support import input_files
from arts.generators.running.sentence_source import load_sentence_source

ROWS = "text,term,polarity\nHot tea,tea,positive\n"


@pytest.mark.parametrize(
    "dev", ["dev", "val", "valid", "validation", "VAL", "14rest_dev", "Laptops_Valid_v2"]
)
def test_corpus_files_dev_has_many_names(write, tmp_path, dev):
    for name in ("test", "train", dev):
        write(f"mine/{name}.csv", ROWS.replace("Hot tea", f"Hot tea {name}"))
    corpus = load_corpus(tmp_path / "mine")
    assert [sentence.text for sentence in corpus.dev] == [f"Hot tea {dev}"]


def test_corpus_files_splits_are_words_of_published_names(write, tmp_path):
    for name in ("Laptops_Test_Gold", "LaptopsTrain", "testament", "train_test"):
        write(f"mine/{name}.csv", ROWS)
    assert set(load_corpus(tmp_path / "mine").files) == {"Laptops_Test_Gold.csv"}
    assert len(load_corpus(tmp_path / "mine").train) == 1
    write("mine/Restaurants_Test_Gold.csv", ROWS)
    with pytest.raises(DataError, match=r"several files for test: Laptops_Test_Gold\.csv, Restaurants_Test"):
        load_corpus(tmp_path / "mine")


def test_corpus_files_a_folder_of_one_corpus_is_that_corpus(write, tmp_path, sample):
    write("out/laptop/test.csv", ROWS)
    assert load_corpus(tmp_path / "out").name == "laptop"
    write("out/hotel/test.csv", ROWS)
    with pytest.raises(DataError, match=r"holds 2 corpora; expected one of their folders: .*hotel, .*laptop"):
        load_corpus(tmp_path / "out")
    write("empty/notes.md", "")
    with pytest.raises(DataError, match=r"no test file; expected test with one of .*; it has notes.md"):
        load_corpus(tmp_path / "empty")


@pytest.mark.parametrize("dev", ["dev", "val", "valid", "validation"])
def test_corpus_files_splits_of_a_dataset_have_many_names(units, dev):
    rows = to_dataset(units)
    corpus = load_corpus(datasets.DatasetDict({"test": rows, dev: rows}))
    assert len(corpus.dev) == 2
    with pytest.raises(DataError, match="its splits are train; expected a Dataset, or a DatasetDict with"):
        load_corpus(datasets.DatasetDict({"train": rows}))


def test_corpus_files_hf_loads_the_folder_of_a_dataset(write, units, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "hf"))
    corpus = load_corpus(write("mine.jsonl", jsonl(units)))
    export_corpora([corpus], tmp_path / "out")
    for source in (f"hf:{tmp_path / 'out'}:mine", f"hf:{tmp_path / 'out'}"):
        assert load_corpus(source).checksum == corpus.checksum
    datasets.DatasetDict({"test": to_dataset(units)}).save_to_disk(str(tmp_path / "saved"))
    for source in (f"hf:{tmp_path / 'saved'}", tmp_path / "saved"):
        assert load_corpus(source).checksum == corpus.checksum
    assert load_sentence_source(f"hf:{tmp_path / 'saved'}").name == "saved"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("hf:", '"hf:" names no dataset'),
        ("hf:{}/gone", 'dataset ".*gone" cannot be loaded'),
        ("hf:{}:x", "cannot"),
    ],
)
def test_corpus_files_hf_that_cannot_be_loaded_is_one_line(tmp_path, source, message, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ArtsError, match=message) as caught:
        load_corpus(source.format(tmp_path))
    assert "\n" not in str(caught.value)


def feed(monkeypatch, content: bytes):
    input_files._standard_input.cache_clear()
    stdin = SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: not content)
    monkeypatch.setattr(input_files.sys, "stdin", stdin)


@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
def test_corpus_files_standard_input_is_read_in_its_form(units, monkeypatch, form):
    lines = jsonl(units)
    texts = {"csv": ROWS, "jsonl": lines, "json": f"[{','.join(lines.splitlines())}]"}
    feed(monkeypatch, texts[form].encode())
    corpus = load_corpus("-")
    assert (corpus.name, len(corpus.test)) == ("stdin", 1 if form == "csv" else len(units))
    assert load_corpus("-").checksum == corpus.checksum
    assert load_sentence_source("-").name == "stdin"


def test_corpus_files_standard_input_is_called_so(monkeypatch):
    feed(monkeypatch, b'[{"text": "Hot tea", "term": "tea", "polarity": "fine"}]')
    with pytest.raises(DataError, match=r"^standard input, item 1: unknown polarity 'fine'"):
        load_corpus("-")


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "is a terminal"), (b" \n", "is empty; expected rows")]
)
def test_corpus_files_standard_input_without_rows_is_refused(monkeypatch, content, message):
    feed(monkeypatch, content)
    with pytest.raises(DataError, match=f"standard input: {message}"):
        load_corpus("-")


def test_corpus_files_sentences_are_grouped_wherever_their_rows_stand(write):
    rows = [("1_0", "tea"), ("2_0", "cup"), ("1_1", "cake")]
    texts = {"1": "Hot tea, dry cake", "2": "A cup"}
    lines = [
        json.dumps({"id": id, "text": texts[id[0]], "term": term, "polarity": "positive"})
        for id, term in rows
    ]
    for order in (lines, [lines[0], lines[2], lines[1]]):
        source = load_sentence_source(str(write("a.jsonl", "\n".join(order))))
        sentences = list(source.sentences)
        assert [(s.id, [a.term for a in s.aspects]) for s in sentences] == [
            ("1", ["tea", "cake"]),
            ("2", ["cup"]),
        ]


TERM = {"id": "1_0", "sentence": "Hot tea", "term": "tea", "from": 4, "to": 7, "polarity": "positive"}


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"1_0": TERM}, "towe.json: has no opinion terms; expected JSON of TOWE"),
        (
            {
                "9": {
                    "sentence": "Hot tea",
                    "term_list": {
                        "9_0": {**TERM, "id": "9_0", "opinion_words": ["Hot"], "opinion_position": [[0, 3]]}
                    },
                }
            },
            '--opinions: none of its 1 aspects, such as "9_0", is in --input',
        ),
    ],
)
def test_corpus_files_opinions_that_are_not_towe_are_refused(write, terms, message):
    corpus, towe = write("a.json", {"1_0": TERM}), write("towe.json", terms)
    with pytest.raises(DataError, match=message):
        list(load_sentence_source(str(corpus), opinions=towe).sentences)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl"])
def test_corpus_files_a_template_is_filled_in_and_scored(write, tmp_path, suffix):
    write("mine.csv", 'text,term,polarity\n"Hot tea, ""dry"" cake",tea,positive\nA cup,cup,neutral\n')
    done = call("arts.export", f"p.{suffix}", "--template", "--dataset", "mine.csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 terms without offsets found" in done.stderr
    template = (tmp_path / f"p.{suffix}").read_text()
    score = ("arts.evaluate", "--dataset", "mine.csv", "--predictions", f"p.{suffix}")
    done = call(*score, folder=tmp_path)
    assert (done.returncode, "line" in done.stderr) == (2, True)  # nothing is filled in
    filled = template.replace('"prediction": ""', '"prediction": "positive"')
    filled = filled.replace(",\n", ",positive\n").replace("\t\n", "\tpositive\n")
    (tmp_path / f"p.{suffix}").write_text(filled)
    assert call(*score, folder=tmp_path).returncode == 0
    done = call("arts.export", f"p.{suffix}", "--template", folder=tmp_path)
    assert "exists; expected a new file" in done.stderr
    assert "expected a file .csv" in call("arts.export", "p", "--template", folder=tmp_path).stderr


def test_corpus_files_two_corpora_of_one_name_are_not_exported(write, tmp_path):
    write("a/test.csv", ROWS)
    write("b/test.csv", ROWS)
    options = ("--dataset", "a/test.csv", "--dataset", "b/test.csv")
    done = call("arts.export", "out", *options, folder=tmp_path)
    assert "test: is the name of two corpora" in done.stderr
    assert not (tmp_path / "out").exists()
