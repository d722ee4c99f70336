"""What has no single right answer, `conflict` and two opinions on a span, is left out in every format."""

from __future__ import annotations

import json

import datasets
import pytest
from helpers.commands import call

import arts
from arts.data.corpus import content_checksum
from arts.data.corpus_registry import load_corpus
from arts.data.errors import DataError
from arts.data.hf_dataset import export_corpora
from arts.data.readers.instances import usable_instances
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Opinion

TEXT = "Good soup, rude staff, dry bread."
SENTENCES = {
    "1": (TEXT, [("soup", 5, "positive"), ("staff", 16, "conflict"), ("bread", 27, "negative")]),
    "2": (
        TEXT,
        [
            ("soup", 5, "positive"),
            ("soup", 5, "negative"),  # two opinions: no single right answer
            ("staff", 16, "negative"),
            ("staff", 16, "negative"),  # the same one twice
            ("bread", 27, "Conflict "),
        ],
    ),
    "3": (TEXT, [("soup", 5, "positive"), ("soup", 5, "conflict")]),
    "4": ("Nice bar.", [("bar", 5, "conflict")]),
}
EXPECTED = {"1_0": "positive", "1_2": "negative", "2_2": "negative"}
CONFLICT = 4
LEFT_OUT = {
    "2_0": 'several opinions on "soup" at characters 5-9 (positive and negative)',
    "2_1": 'several opinions on "soup" at characters 5-9 (positive and negative)',
    "2_3": "the same aspect and polarity as 2_2",
    "3_0": 'several opinions on "soup" at characters 5-9 (positive and conflict)',
}


def aspects(id):
    for position, (term, start, polarity) in enumerate(SENTENCES[id][1]):
        fields = {"term": term, "start": start, "end": start + len(term), "polarity": polarity}
        yield {"id": f"{id}_{position}", **fields}


def instance_rows(listed):
    """A row per instance, with all aspects of its sentence or without."""
    for id, (text, _) in SENTENCES.items():
        for aspect in aspects(id):
            yield {"text": text, **aspect, **({"aspects": list(aspects(id))} if listed else {})}


def semeval():
    lines = ["<sentences>"]
    for id, (text, _) in SENTENCES.items():
        lines.append(f'<sentence id="{id}"><text>{text}</text><aspectTerms>')
        lines += [
            f'<aspectTerm term="{a["term"]}" polarity="{a["polarity"]}" from="{a["start"]}" to="{a["end"]}"/>'
            for a in aspects(id)
        ]
        lines.append("</aspectTerms></sentence>")
    return "\n".join([*lines, "</sentences>"])


def arts_json():
    return {
        row["id"]: {
            "sentence": row["text"],
            "term": row["term"],
            "polarity": row["polarity"],
            "from": row["start"],
            "to": row["end"],
        }
        for row in instance_rows(listed=False)
    }


def arts_sentences():
    return {
        id: {
            "sentence": text,
            "term_list": {
                a["id"]: {"term": a["term"], "polarity": a["polarity"], "from": a["start"], "to": a["end"]}
                for a in aspects(id)
            },
        }
        for id, (text, _) in SENTENCES.items()
    }


def csv_table(rows):
    columns = ("id", "text", "term", "start", "end", "polarity")
    return "\n".join([",".join(columns), *(",".join(f'"{row[name]}"' for name in columns) for row in rows)])


def lines(rows):
    return "\n".join(map(json.dumps, rows))


def sentence_rows():
    for id, (text, _) in SENTENCES.items():
        yield {"id": id, "text": text, "aspects": [{**aspect, "id": None} for aspect in aspects(id)]}


FORMATS = {
    "SemEval": ("a.xml", semeval),
    "ARTS": ("a.json", arts_json),
    "ARTS by sentence": ("a.json", arts_sentences),
    "JSONL": ("a.jsonl", lambda: lines(instance_rows(listed=False))),
    "JSONL with aspects": ("a.jsonl", lambda: lines(instance_rows(listed=True))),
    "JSONL by sentence": ("a.jsonl", lambda: lines(sentence_rows())),
    "JSONL in another order": (
        "a.jsonl",
        lambda: lines(sorted(instance_rows(True), key=lambda r: r["id"][2])),
    ),
    "CSV": ("a.csv", lambda: csv_table(instance_rows(listed=False))),
}


def check(notes, instances):
    assert {i.id: i.polarity for i in instances} == EXPECTED
    assert notes.conflict == CONFLICT
    assert notes.left_out == LEFT_OUT
    for instance in instances:
        listed = [(a.start, a.polarity) for a in instance.aspects]
        assert len(set(listed)) == len(listed)


def listed_aspects(instances):
    return {i.id: [(a.id or i.id, a.start, a.polarity) for a in i.aspects] for i in instances}


ALL_ASPECTS = {
    "1_0": [("1_0", 5, "positive"), ("1_2", 27, "negative")],
    "1_2": [("1_0", 5, "positive"), ("1_2", 27, "negative")],
    "2_2": [("2_2", 16, "negative")],
}


@pytest.mark.parametrize(("name", "content"), FORMATS.values(), ids=FORMATS)
def test_left_out_alike_in_every_file(write, name, content):
    path, notes = write(name, content()), ReadingNotes()
    check(notes, list(usable_instances(path, notes)))
    corpus = load_corpus(path)
    check(corpus.notes, corpus.test)
    assert listed_aspects(corpus.test) == ALL_ASPECTS
    report = arts.load_benchmark(path).evaluate(lambda instances: [str(i.polarity) for i in instances])
    assert (report.ars.value, report.dataset.conflict, report.dataset.left_out) == (100, CONFLICT, LEFT_OUT)


@pytest.mark.parametrize("rows", [lambda: instance_rows(True), lambda: instance_rows(False), sentence_rows])
def test_left_out_alike_in_datasets_and_their_parquet_files(tmp_path, rows):
    dataset = datasets.Dataset.from_list(list(rows()))
    dataset.to_parquet(tmp_path / "a.parquet")
    for source in (dataset, datasets.DatasetDict(test=dataset), tmp_path / "a.parquet"):
        corpus = load_corpus(source)
        check(corpus.notes, corpus.test)
        assert listed_aspects(corpus.test) == ALL_ASPECTS


def test_left_out_conflict_can_be_a_class_label(tmp_path):
    polarity = datasets.ClassLabel(names=["conflict", "negative", "neutral", "positive"])
    rows = [{**row, "polarity": row["polarity"].strip().lower()} for row in instance_rows(listed=False)]
    dataset = datasets.Dataset.from_list(rows)
    dataset.cast_column("polarity", polarity).to_parquet(tmp_path / "a.parquet")
    corpus = load_corpus(tmp_path / "a.parquet")
    check(corpus.notes, corpus.test)
    again = load_corpus(export_corpora([corpus], tmp_path / "out") / "a")
    assert (again.test, again.notes.conflict) == (corpus.test, 0)


@pytest.mark.parametrize(("name", "content"), FORMATS.values(), ids=FORMATS)
def test_left_out_is_told_by_validate(write, tmp_path, name, content):
    write(name, content())
    done = call("arts.validate", name, folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(
        f"{name}: 3 instances; 4 aspects with polarity conflict left out; 4 rows left out ("
    )
    assert "several opinions on" in done.stdout


@pytest.mark.parametrize("form", ["SemEval", "JSONL in another order"])
def test_left_out_alike_by_generate(write, tmp_path, form):
    name, content = FORMATS[form]
    write(name, content())
    done = call("arts.generate", "--input", name, "--output", "made", "--strategy", "revtgt", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "4 aspects with polarity conflict left out; 4 rows left out" in done.stderr
    source = json.loads((tmp_path / "made" / "quality.json").read_text())["source"]
    assert (source["conflict"], source["left_out"]) == (CONFLICT, LEFT_OUT)
    made = load_corpus(tmp_path / "made" / "a")
    assert {i.id: i.polarity for i in made.test if i.id == i.unit} == EXPECTED


def test_left_out_questions_may_be_in_a_predictions_file(write):
    path = write("a.csv", csv_table(instance_rows(listed=False)))
    rows = [f"{row['id']},{EXPECTED.get(row['id'], 'neutral')}" for row in instance_rows(listed=False)]
    report = arts.load_benchmark(path).score(write("p.csv", "\n".join(["id,prediction", *rows])))
    assert (report.ars.value, report.dataset.instances) == (100, 3)


def test_left_out_originals_take_their_variants_along(write):
    rows = [
        {**row, "id": row["id"] + suffix, "polarity": polarity}
        for row in instance_rows(listed=False)
        for suffix, polarity in (("", row["polarity"]), ("_adv1", "neutral"))
    ]
    corpus = load_corpus(write("a.csv", csv_table(rows)))
    assert {i.unit for i in corpus.test} == EXPECTED.keys()
    assert len(corpus.test) == 6
    assert corpus.notes.left_out["1_1_adv1"] == "its original is left out"
    assert corpus.notes.left_out["2_3_adv1"] == "its original is left out"


def test_left_out_aspects_with_one_polarity_share_their_opinion_terms(write):
    record = {
        "term": "soup",
        "polarity": "positive",
        "from": 5,
        "to": 9,
    }
    terms = {
        "1_0": {**record, "opinion_words": ["Good"], "opinion_position": [[0, 4]]},
        "1_1": {**record, "opinion_words": ["rude"], "opinion_position": [[11, 15]]},
    }
    by_sentence = {"1": {"sentence": TEXT, "term_list": terms}}
    flat = {id: {"sentence": TEXT, **fields} for id, fields in terms.items()}
    for content in (by_sentence, flat):
        (instance,) = usable_instances(write("a.json", content))
        assert instance.id == "1_0"
        assert instance.aspect.opinions == (Opinion("Good", 0, 4), Opinion("rude", 11, 15))
        assert instance.aspects == (instance.aspect,)


def test_left_out_are_only_aspects_of_one_sentence(write):
    rows = [
        {"id": id, "text": TEXT, "term": "soup", "start": 5, "end": 9, "polarity": polarity}
        for id, polarity in (("7", "positive"), ("8", "negative"))
    ]
    notes = ReadingNotes()
    instances = list(usable_instances(write("a.csv", csv_table(rows)), notes))
    assert [(i.id, i.polarity) for i in instances] == [("7", "positive"), ("8", "negative")]
    assert not str(notes)


def test_left_out_a_target_that_its_own_row_contradicts_is_refused(write):
    row = {"id": "1", "text": TEXT, "term": "soup", "start": 5, "end": 9, "polarity": "positive"}
    listed = [{"term": "soup", "start": 5, "end": 9, "polarity": "negative"}]
    with pytest.raises(DataError, match='line 1: polarity positive, but negative in "aspects"'):
        load_corpus(write("a.jsonl", lines([{**row, "aspects": listed}])))


def test_left_out_a_dataset_with_an_id_twice_is_refused():
    row = next(instance_rows(listed=False))
    with pytest.raises(DataError, match='dataset, split test, row 1: duplicate id "1_0"'):
        load_corpus(datasets.Dataset.from_list([row, row]))


def test_left_out_nothing_from_the_sample(sample):
    assert not str(sample.notes)
    assert content_checksum(sample.test).startswith("5636f653fc7da3df")


def test_left_out_nothing_from_the_release(shared_data):
    corpus = load_corpus("laptop")
    assert (len(corpus.test), corpus.notes.conflict, corpus.notes.left_out) == (1877, 0, {})
    assert corpus.checksum.startswith("2a2e53d349d3083a")
