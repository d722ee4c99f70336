"""Names decide: a perfect model scores 100, however a corpus or predictions store their labels."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from itertools import permutations

import datasets
import pytest
from helpers.classifiers import gold
from helpers.commands import call
from helpers.corpus_files import jsonl

import arts
from arts.data import hf_dataset
from arts.data.corpus import content_checksum
from arts.data.errors import ArtsError, DataError
from arts.data.label_names import LabelNames
from arts.data.readers.instances import read_instances
from arts.data.readers.tables import row_from_instance
from arts.data.schema import Strategy

NUMBERS = {"negative": 0, "neutral": 1, "positive": 2}
NAMES = {number: name for name, number in NUMBERS.items()}
OPTION = "0=negative,1=neutral,2=positive"


def features(order, strategies=tuple(Strategy)):
    """The features of the rows of a corpus, with the names of class labels in another order."""
    columns = hf_dataset.instance_features()
    polarity = datasets.ClassLabel(names=list(order))
    listed = {**columns["aspects"].feature, "polarity": polarity}
    changed = {"polarity": polarity, "strategy": datasets.ClassLabel(names=[str(s) for s in strategies])}
    return datasets.Features({**columns, **changed, "aspects": datasets.List(listed)})


def dataset(units, order=("negative", "neutral", "positive"), **settings):
    rows = [row_from_instance(unit) for unit in units]
    return datasets.Dataset.from_list(rows, features=features(order, **settings))


def numbered(units, number=NUMBERS.get):
    """The rows of a corpus with numbers for polarities."""
    for unit in units:
        row = row_from_instance(unit)
        row["aspects"] = [{**aspect, "polarity": number(aspect["polarity"])} for aspect in row["aspects"]]
        yield {**row, "polarity": number(row["polarity"])}


def check(benchmark, units):
    """A perfect model scores 100 on the benchmark, whose content is that of the units."""
    assert benchmark.corpus.checksum == content_checksum(units)
    assert [i.aspects for i in benchmark.corpus.test] == [i.aspects for i in complete(units)]
    assert benchmark.evaluate(lambda instances: [str(i.polarity) for i in instances]).ars.value == 100
    assert benchmark.evaluate(gold).accuracy.value == 100


def complete(units):
    return arts.load_benchmark(hf_dataset.to_dataset(units)).corpus.test


@pytest.mark.parametrize("order", [*permutations(("positive", "negative", "neutral"))], ids=",".join)
def test_labels_a_dataset_means_what_its_class_labels_name(units, order):
    check(arts.load_benchmark(dataset(units, order)), units)
    check(arts.load_benchmark(datasets.DatasetDict(test=dataset(units, order))), units)


@pytest.mark.parametrize("order", [("NEG", "Neu", " positive "), ("neutral", "x", "positive", "negative")])
def test_labels_a_parquet_file_means_what_its_metadata_name(units, order, tmp_path):
    by_name = {name.strip().lower()[:3]: name for name in order}
    rows = numbered(units, lambda name: by_name[name[:3]])
    path = tmp_path / "a.parquet"
    datasets.Dataset.from_list(list(rows), features=features(order)).to_parquet(path)
    check(arts.load_benchmark(path), units)


def test_labels_strategies_are_read_by_name(units, tmp_path):
    rows = dataset(units, strategies=tuple(Strategy)[::-1])
    check(arts.load_benchmark(rows), units)
    rows.to_parquet(tmp_path / "a.parquet")
    check(arts.load_benchmark(tmp_path / "a.parquet"), units)


def test_labels_two_classes_are_enough(units):
    two = [unit for unit in units if unit.unit != "2_0"]
    check(arts.load_benchmark(dataset(two, ("negative", "positive"))), two)


@pytest.mark.parametrize("form", ["numpy", "torch", "pandas"])
def test_labels_the_format_of_a_dataset_does_not_matter(units, form):
    check(arts.load_benchmark(dataset(units).with_format(form)), units)


def test_labels_nested_lists_of_older_datasets_are_named(units):
    from arts.data.readers.class_labels import class_label_reader

    label = {"names": ["negative", "positive"], "_type": "ClassLabel"}
    for feature in ({"feature": {"polarity": label}, "_type": "Sequence"}, [{"polarity": label}]):
        read = class_label_reader({"aspects": feature})
        assert read({"aspects": [{"polarity": 1}]}) == {"aspects": [{"polarity": "positive"}]}
        assert read({"aspects": {"polarity": [0, None]}}) == {"aspects": {"polarity": ["negative", None]}}


def test_labels_aspects_as_an_object_of_lists_are_read(units, tmp_path):
    old = features(("negative", "neutral", "positive"))
    fields = {
        name: datasets.List(field) for name, field in old["aspects"].feature.items() if name != "opinions"
    }
    rows = [row_from_instance(unit) for unit in units]
    for row in rows:
        row["aspects"] = {name: [aspect[name] for aspect in row["aspects"]] for name in fields}
    dataset = datasets.Dataset.from_list(rows, features=datasets.Features({**old, "aspects": fields}))
    check(arts.load_benchmark(dataset), units)
    dataset.to_parquet(tmp_path / "a.parquet")
    check(arts.load_benchmark(tmp_path / "a.parquet"), units)


def test_labels_exports_are_read_back_equal(units, tmp_path):
    corpus = arts.load_benchmark(dataset(units)).corpus
    folder = hf_dataset.export_corpora([replace(corpus, name="mine")], tmp_path / "out")
    again = arts.load_benchmark(folder / "mine").corpus
    assert again.test == corpus.test


@pytest.mark.parametrize("spell", [int, float, str, lambda n: f"{n}.0", lambda n: f"LABEL_{n}"])
def test_labels_numbers_mean_what_the_user_says(units, spell, write):
    rows = numbered(units, lambda name: spell(NUMBERS[name]))
    path = write("a.jsonl", "\n".join(map(json.dumps, rows)))
    check(arts.load_benchmark(path, labels=NAMES), units)
    with pytest.raises(DataError, match=r"a.jsonl, line 1: label .* A number does not name a polarity"):
        arts.load_benchmark(path)


def test_labels_truth_values_mean_what_the_user_says(units, write):
    two = [unit for unit in units if unit.unit != "2_0"]
    path = write("a.jsonl", "\n".join(json.dumps(r) for r in numbered(two, lambda name: name == "positive")))
    check(arts.load_benchmark(path, labels={True: "positive", False: "negative"}), two)
    with pytest.raises(DataError, match=r"line 1: label .*--labels false=negative,true=positive"):
        arts.load_benchmark(path)


def test_labels_numbers_without_names_are_refused_in_a_dataset(units):
    rows = datasets.Dataset.from_list(list(numbered(units)))
    check(arts.load_benchmark(rows, labels=NAMES), units)
    with pytest.raises(DataError, match='dataset, split test, row 0: label "2" is no polarity'):
        arts.load_benchmark(rows)


def test_labels_numbers_of_strategies_are_refused(units, write):
    rows = [{**row_from_instance(unit), "strategy": 1} for unit in units]
    path = write("a.jsonl", "\n".join(map(json.dumps, rows)))
    with pytest.raises(DataError, match='line 1: strategy "1"; a number does not name a strategy'):
        arts.load_benchmark(path)


def test_labels_a_class_label_without_name_is_refused(units, tmp_path):
    rows = dataset(units).map(lambda row: {"polarity": -1})
    rows.to_parquet(tmp_path / "a.parquet")
    message = 'label -1 of the column "polarity" has no name; it names negative, neutral, positive'
    for source in (rows, tmp_path / "a.parquet"):
        with pytest.raises(DataError, match=f"(row 0|line 1): {message}"):
            arts.load_benchmark(source)


def test_labels_names_that_contradict_the_file_are_refused(units, tmp_path):
    dataset(units).to_parquet(tmp_path / "a.parquet")
    check(arts.load_benchmark(tmp_path / "a.parquet", labels=NAMES), units)
    with pytest.raises(DataError, match='line 1: --labels says that 2 is "negative", but the file names it'):
        arts.load_benchmark(tmp_path / "a.parquet", labels={2: "negative"})


def predictions(units, number):
    return [{"id": unit.id, "prediction": number(str(unit.polarity))} for unit in units]


def score(units, path, labels=None):
    return arts.load_benchmark(dataset(units), labels=labels).score(path).ars.value


@pytest.mark.parametrize("spell", [str.upper, str.title, " {} ".format, lambda name: name[:3]])
def test_labels_predictions_may_be_spelled_in_any_way(units, spell, write):
    rows = predictions(units, spell)
    assert score(units, write("p.jsonl", "\n".join(map(json.dumps, rows)))) == 100
    assert score(units, write("p.csv", as_csv(rows))) == 100


def as_csv(rows):
    return "id,prediction\n" + "".join(f"{row['id']},{row['prediction']}\n" for row in rows)


def test_labels_predictions_mean_what_their_class_labels_name(units, tmp_path):
    kinds = datasets.Features(
        {"id": datasets.Value("string"), "prediction": datasets.ClassLabel(names=["neu", "pos", "neg"])}
    )
    rows = predictions(units, lambda name: name[:3])
    datasets.Dataset.from_list(rows, features=kinds).to_parquet(tmp_path / "p.parquet")
    assert score(units, tmp_path / "p.parquet") == 100


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_labels_predicted_numbers_need_names(units, suffix, tmp_path):
    rows, path = predictions(units, NUMBERS.get), tmp_path / f"p{suffix}"
    if suffix == ".csv":
        path.write_text(as_csv(rows))
    elif suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, rows)))
    else:
        datasets.Dataset.from_list(rows).to_parquet(path)
    assert score(units, path, labels=NAMES) == 100
    line = 2 if suffix == ".csv" else 1
    with pytest.raises(DataError, match=f'line {line}: label "2" is no polarity; .*: --labels {OPTION} '):
        score(units, path)


@pytest.mark.parametrize("answer", [True, "false", -1, "+1", "1.0", "LABEL_1"])
def test_labels_predicted_truth_values_and_numbers_are_refused(units, answer, write):
    path = write("p.jsonl", "\n".join(json.dumps(row) for row in predictions(units, lambda name: answer)))
    with pytest.raises(DataError, match=r"p.jsonl, line 1: label .* is no polarity; .*: --labels "):
        score(units, path)


@pytest.mark.parametrize("number", [int, float, str, bool])
def test_labels_a_function_that_returns_numbers_needs_names(units, number):
    def function(instances):
        return [number(NUMBERS[str(i.polarity)]) for i in instances]

    with pytest.raises(ArtsError, match=r"function: label .* A number does not name a polarity"):
        arts.load_benchmark(dataset(units)).evaluate(function)
    if number is not bool:
        assert arts.load_benchmark(dataset(units), labels=NAMES).evaluate(function).ars.value == 100


def test_labels_the_option_is_taken_by_every_command_that_reads_labels(units, write, tmp_path):
    rows = list(numbered(units))
    write("mine/test.jsonl", "\n".join(map(json.dumps, rows)))
    write("mine/train.jsonl", "\n".join(json.dumps(row) for row in rows if row["strategy"] == "original"))
    write("p.csv", as_csv(predictions(units, NUMBERS.get)))
    commands = [
        ("arts.evaluate", "--dataset", "mine", "--predictions", "p.csv", "--format", "json"),
        ("arts.validate", "mine/test.jsonl", "mine/train.jsonl"),
        ("arts.export", "exported", "--dataset", "mine"),
        ("arts.generate", "--input", "mine/test.jsonl", "--output", "made", "--strategy", "revtgt"),
    ]
    for command in commands:
        refused = call(*command, folder=tmp_path)
        assert refused.returncode == 2
        assert "A number does not name a polarity" in refused.stderr
        assert call(*command, "--labels", "0=good", folder=tmp_path).returncode == 2
        done = call(*command, "--labels", OPTION, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        if command[0] == "arts.evaluate":
            assert json.loads(done.stdout)["ars"]["value"] == 100
    exported = list(read_instances(tmp_path / "exported" / "mine" / "test.parquet"))
    assert content_checksum(exported) == content_checksum(units)
    made = list(read_instances(tmp_path / "made" / "test" / "test.parquet"))
    originals = {i.id: i.polarity for i in units if i.strategy is Strategy.ORIGINAL}
    assert {i.id: i.polarity for i in made if i.strategy is Strategy.ORIGINAL} == originals


def test_labels_the_option_takes_numbers_below_zero(units, write, tmp_path):
    signs = {"negative": -1, "neutral": 0, "positive": 1}
    write("a.csv", "".join(csv_lines(numbered(units, signs.get))))
    options = ("--labels", "-1=negative,0=neutral", "--labels", "1=positive")
    done = call("arts.validate", "a.csv", *options, folder=tmp_path)
    assert done.stdout == "a.csv: 7 instances\n"


def csv_lines(rows):
    columns = ("id", "unit", "strategy", "text", "term", "start", "end", "polarity")
    lines = []
    writer = csv.DictWriter(type("Lines", (), {"write": lambda self, line: lines.append(line)})(), columns)
    writer.writeheader()
    writer.writerows({name: row[name] for name in columns} for row in rows)
    return lines


def test_labels_names_are_kept_for_what_is_read_later(units, write, tmp_path):
    write("mine/test.jsonl", jsonl(units))
    write("mine/train.jsonl", "\n".join(json.dumps(row) for row in numbered(units)))
    corpus = arts.load_benchmark(tmp_path / "mine", labels=NAMES).corpus
    assert corpus.labels == LabelNames.of(NAMES)
    assert [a.polarity for s in corpus.train for a in s.aspects] == ["positive", "negative", "neutral"]


@pytest.mark.parametrize(("option", "told"), [("5=negative", True), ("0=negative", False)])
def test_labels_names_that_changed_nothing_are_told(units, option, told, write, tmp_path):
    write("mine.jsonl", jsonl(units))
    found = predictions(units, lambda name: 0 if option[0] == "0" and name == "negative" else name)
    write("p.csv", as_csv(found))
    options = ("--dataset", "mine.jsonl", "--predictions", "p.csv", "--labels", option)
    done = call("arts.evaluate", *options, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    message = f"arts: --labels {option}: none of these labels occurs; it changed nothing\n"
    assert (message in done.stderr) is told
