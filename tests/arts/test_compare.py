"""`arts compare`."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from helpers.commands import call
from helpers.terminals import printed

from arts.cli.comparison_tables import comparison_tables
from arts.data.corpus_registry import load_corpus
from arts.data.schema import Polarity
from arts.evaluation.benchmark import Benchmark, load_benchmark
from arts.evaluation.report import Report
from arts.evaluation.summary import Pairing

EVERY = {"fourth.json": 4, "third.json": 3}  # of the two reports, each so manieth label is wrong


def wrong_at_every(step: int) -> Callable[..., np.ndarray]:
    """A function that predicts the gold label, but another for every so manieth instance."""

    def predict(instances):
        labels = np.array([tuple(Polarity).index(i.polarity) for i in instances])
        labels[::step] = (labels[::step] + 1) % len(Polarity)
        return [tuple(Polarity)[label] for label in labels]

    return predict


def place(report: Report, path: Path, *, blind: bool = False) -> None:
    """Save a report and its predictions under the name of a file."""
    saved = report.save(path.parent / "saved", blind=blind)
    saved.rename(path)
    saved.with_suffix(".parquet").rename(path.with_suffix(".parquet"))


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    bench = load_benchmark("sample")
    return {name: bench.evaluate(wrong_at_every(step), name=Path(name).stem) for name, step in EVERY.items()}


@pytest.fixture
def folder(tmp_path: Path, reports: dict[str, Report]) -> Path:
    """A folder with reports that can be compared, and with files that cannot."""
    for name, report in reports.items():
        place(report, tmp_path / name)
    text = (tmp_path / "third.json").read_text()
    (tmp_path / "bare.json").write_text(text)
    (tmp_path / "cut.json").write_text(text[:500])
    claimed = json.loads(text)
    claimed["ars"]["value"] += 1
    (tmp_path / "forged.json").write_text(json.dumps(claimed))
    (tmp_path / "forged.parquet").write_bytes((tmp_path / "third.parquet").read_bytes())
    (tmp_path / "link.json").symlink_to(tmp_path / "fourth.json")
    corpus = load_corpus("sample")
    place(
        Benchmark(type(corpus)("mine", corpus.test[:80])).evaluate(wrong_at_every(2)), tmp_path / "mine.json"
    )
    place(
        Benchmark(type(corpus)("gone", corpus.test)).evaluate(wrong_at_every(2)),
        tmp_path / "blind.json",
        blind=True,
    )
    (tmp_path / "results").mkdir()
    return tmp_path


def test_compare_prints_the_scores_of_both_and_the_paired_differences(folder, reports):
    found = reports["fourth.json"].compare(reports["third.json"])
    done = call("arts.compare", "fourth.json", "third.json", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "ARTS sample: 138 units, 490 instances"
    assert "fourth minus third" in lines
    for name, difference, what in (("accuracy", found.accuracy, "originals"), ("ARS", found.ars, "units")):
        counts = f"{difference.only_first} {what} {difference.only_second} {what}"
        assert f"{name} {difference} {counts}" in lines
    for report in reports.values():
        scores = report.strategies.values()
        assert any(line.startswith(f"{report.name} {report.accuracy.value:.2f} ±") for line in lines)
        assert any(line.endswith(" ".join(score.change for score in scores)) for line in lines)


def test_compare_prints_json_csv_and_markdown(folder, reports):
    found = reports["fourth.json"].compare(reports["third.json"])
    made = {
        form: call("arts.compare", "fourth.json", "third.json", "--format", form, folder=folder).stdout
        for form in ("json", "csv", "markdown")
    }
    assert json.loads(made["json"]) == {
        **found.model_dump(),
        "first": "fourth",
        "second": "third",
        "seed": None,
    }
    accuracy, ars = csv.DictReader(StringIO(made["csv"]))
    assert (accuracy["score"], float(accuracy["difference"])) == ("accuracy", found.accuracy.value)
    assert float(ars["p_value"]) == found.ars.p_value
    assert float(ars["first_value"]) == reports["fourth.json"].ars.value
    assert "| first minus second | right only by the first |" in made["markdown"]
    assert f"| ARS | {found.ars} | {found.ars.only_first} units |" in made["markdown"]


def test_compare_the_tables_fit_80_columns(monkeypatch, reports):
    first, second = reports.values()
    pair = Pairing(first="a", second="b", seed=1, **dict(first.compare(second)))
    text = printed(monkeypatch, comparison_tables(pair, (first, second)), width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert str(pair.ars) in text


def test_compare_names_reports_of_one_name_by_their_files_and_seeds_that_differ(folder, reports):
    place(reports["third.json"].model_copy(update={"name": "fourth"}), folder / "other.json")
    done = call("arts.compare", "fourth.json", "other.json", "--format", "json", folder=folder)
    assert [json.loads(done.stdout)[side] for side in ("first", "second")] == ["fourth.json", "other.json"]
    for name, seed in (("fourth.json", 1), ("third.json", 2)):
        model = reports[name].model.model_copy(update={"seed": seed})
        place(reports[name].model_copy(update={"model": model}), folder / f"seed{seed}.json")
    done = call("arts.compare", "seed1.json", "seed2.json", "--format", "json", folder=folder)
    assert json.loads(done.stdout)["first"] == "fourth, seed 1"
    assert json.loads(done.stdout)["seed"] is None


REFUSED = {
    "results fourth.json": "results: a folder; expected a file",
    "fourth.json nowhere.json": "nowhere.json: no such file",
    "fourth.json fourth.json": "fourth.json and fourth.json are one file; expected the reports of two models",
    "fourth.json link.json": "fourth.json and link.json are one file",
    "fourth.json bare.json": "bare.json: a report without predictions; expected bare.parquet beside it",
    "fourth.json mine.json": (
        "fourth.json is on sample (490 instances), mine.json on mine (80); "
        "expected two reports on the same instances"
    ),
    "blind.json fourth.json": "blind.parquet: labels without ids; to be compared they need the corpus gone",
    "fourth.json cut.json": "cut.json: ",
    "forged.json fourth.json": 'forged.json: field "ars" is not what forged.parquet gives',
    "fourth.json third.parquet": "third.parquet: not UTF-8",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_compare_what_cannot_be_compared_is_one_line(folder, arguments):
    done = call("arts.compare", *arguments.split(), folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"arts: error: {REFUSED[arguments]}")
    assert done.stderr.count("\n") == 1
