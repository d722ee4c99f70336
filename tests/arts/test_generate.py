"""`arts generate`: files in, a folder out."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.commands import call, run
from helpers.folders import ROOT

from arts.cli import generation_report
from arts.data.corpus_registry import load_corpus
from arts.data.readers.instances import read_instances
from arts.data.schema import Split, Strategy
from arts.generate import generate
from arts.generators.english import wordnet
from arts.generators.generator import GenerationOptions
from arts.generators.opinions.analysis import Analyst
from arts.generators.running.batches import GenerationJob
from arts.generators.running.sentence_source import load_sentence_source
from arts.generators.strategies.aspectset import AspectSet, mine_aspect_set
from arts.generators.strategies.joints import TEMPLATES


def checksums(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_generate_the_command_writes_what_datasets_and_the_benchmark_load(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    done = call("arts.generate", "--output", folder, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "REVTGT" in done.stdout
    import datasets

    loaded = datasets.load_dataset(str(folder), "sample", cache_dir=str(tmp_path / "hf"))
    corpus = load_corpus(folder / "sample")
    assert len(loaded["test"]) == len(corpus.test)
    assert {i.strategy for i in corpus.test} == set(Strategy)
    report = json.loads((folder / "quality.json").read_text())
    counted = report["strategies"]["revtgt"]
    assert counted["generated"] == sum(i.strategy is Strategy.REVTGT for i in corpus.test)
    assert counted["tried"] == counted["generated"] + sum(counted["rejected"].values())
    assert report["source"]["pool"] == "sample, train"
    assert report["provenance"]["parser"].startswith("en_core_web_sm")


@pytest.mark.parametrize(("splits", "named"), [(("train", "dev"), "mine"), (("train",), "CORPUS")])
def test_generate_names_a_corpus_to_train_on_only_if_it_has_both_splits(tmp_path, splits, named):
    rows = (ROOT / "data" / "sample" / "test.jsonl").read_text("utf-8").splitlines(keepends=True)[:40]
    (tmp_path / "mine").mkdir()
    for split in ("test", *splits):
        (tmp_path / "mine" / f"{split}.jsonl").write_text("".join(rows), "utf-8")
    done = call("arts.generate", "--input", "mine", "--output", "o", "--strategy", "revtgt", folder=tmp_path)
    assert done.stderr.endswith(f": arts evaluate --dataset o/mine --train-from {named}\n"), done.stderr


def test_generate_the_help_names_every_template() -> None:
    text = str(inspect.getdoc(generate))
    described = " ".join(text[text.index("template:") : text.index("language_model:")].split())
    assert [name for name in TEMPLATES if name not in described] == []


def test_generate_the_release_format_is_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    options = ("--format", "arts", "--strategy", "revtgt")
    done = call("arts.generate", "--output", folder, *options, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    instances = list(read_instances(folder / "sample" / "test.json"))
    assert {i.strategy for i in instances} == {Strategy.ORIGINAL, Strategy.REVTGT}
    assert not (folder / "README.md").exists()


def test_generate_the_output_does_not_depend_on_the_hash_seed_or_the_workers(tmp_path: Path) -> None:
    runs = [("0", "1"), ("1", "1"), ("7", "2")]
    sums = []
    for seed, workers in runs:
        folder = tmp_path / f"{seed}-{workers}"
        options = ("--output", folder, "--workers", workers)
        done = run("arts.generate", *options, folder=tmp_path, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        sums.append(checksums(folder))
    assert sums[0] == sums[1] == sums[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input", "sampel"], 'unknown dataset "sampel". Did you mean "sample"?'),
        (["--template", "butt"], 'unknown template "butt". Did you mean "but"?'),
        (["--strategy", "original"], "'--strategy': original changes nothing; expected revtgt, revnon or"),
        (["--strategy", "original", "--strategy", "revtgt"], "original changes nothing"),
        (["--strategy", "revtg"], '"revtg" is no strategy; expected revtgt, revnon or adddiff'),
        (["--rank", "lm", "--language-model", "no/such-folder/"], 'language model "no/such-folder/"'),
    ],
)
def test_generate_bad_usage_is_one_clear_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = call("arts.generate", "--output", "out", *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


TERM = {
    "id": "1_0",
    "sentence": "The soup is good.",
    "term": "soup",
    "from": 4,
    "to": 8,
    "polarity": "positive",
}


def fingerprint(folder: Path, **options: object) -> str:
    source = load_sentence_source(str(folder / "corpus"), **options)
    job = GenerationJob(mine_aspect_set(source.training, Analyst()), GenerationOptions())
    return generation_report.fingerprint(job, source, Split.TEST, "", None)


def test_generate_a_run_resumes_only_with_the_same_content_of_its_files(
    write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opinions = write(
        "towe.json", {"1_0": {**TERM, "opinion_words": ["good"], "opinion_position": [[12, 16]]}}
    )
    write("corpus/test.json", {"1_0": TERM})
    before = {fingerprint(tmp_path), fingerprint(tmp_path, opinions=opinions)}
    assert fingerprint(tmp_path) in before
    opinions.write_text(opinions.read_text() + " ")
    before.add(fingerprint(tmp_path, opinions=opinions))
    write("corpus/test.json", {"1_0": TERM | {"polarity": "negative"}})
    before.add(fingerprint(tmp_path))
    write("corpus/train.json", {"1_0": TERM})
    before.add(fingerprint(tmp_path))
    write("corpus/train.json", {"1_0": TERM | {"polarity": "neutral"}})
    before.add(fingerprint(tmp_path))
    monkeypatch.setattr("arts.data.support.code_checksum.code_checksum", lambda *modules: "other code")
    before.add(fingerprint(tmp_path))
    assert len(before) == 7


def test_generate_the_language_model_counts_by_its_content(tmp_path: Path) -> None:
    source = load_sentence_source("sample")
    job = GenerationJob(AspectSet(), GenerationOptions())
    models = (None, SimpleNamespace(checksum="1"), SimpleNamespace(checksum="2"))
    assert len({generation_report.fingerprint(job, source, Split.TEST, "", model) for model in models}) == 3


def test_generate_the_report_says_what_was_read_and_with_which_data(tmp_path: Path) -> None:
    done = call("arts.generate", "--output", "out", "--strategy", "revtgt", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "quality.json").read_text())
    assert set(report["source"]["files"]) == {"test.jsonl", "train.jsonl"}
    assert report["provenance"]["wordnet"] == wordnet.data_label()
    assert report["provenance"]["environment"]["threads"] >= 1
