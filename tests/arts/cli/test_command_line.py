"""What every command line has: common options, checked values, the path of imports, and the last resort."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import pytest
from helpers.commands import call, run

from arts.cli.messages import Verbosity, one_line, set_verbosity, tell_error

USAGE = {
    "arts.evaluate --seed -1": '"-1"; expected a whole number from 0 to 4294967295; see',
    "arts.evaluate --seed 1.5": '"1.5"; expected a whole number',
    f"arts.evaluate --seed {'9' * 5000}": f'"{"9" * 40} ..."; expected a whole number',
    "arts.generate --output o --seed -1": '"-1"; expected a whole number',
    "arts.diagnose --synthetic s --natural n --output o --seed -1": '"-1"; expected a whole number',
    "arts.train --model bert --output o --seed 4294967296": '"4294967296"; expected a whole number',
    "arts.generate --output o --workers 1000000": '"1000000"; expected a whole number from 1 to 256',
    "arts.generate --output o --workers 0": '"0"; expected a whole number from 1 to 256',
    "arts.generate --output o --k 0": '"0"; expected a whole number from 1 to 10',
    "arts.evaluate --variant-ratio nan": '"nan"; expected a number over 0 and up to 1',
    "arts.evaluate --variant-ratio inf": '"inf"; expected a number over 0 and up to 1',
    "arts.train --model bert --output o --variant-ratio 0": '"0"; expected a number over 0 and up to 1',
    "arts.evaluate --dataset sample --dataset laptop": "--dataset is given 2 times; it takes one value",
    "arts.generate --output a --output b": "--output is given 2 times; it takes one value",
    "arts.evaluate --format yaml": "'yaml' is not one of 'table', 'json', 'markdown', 'csv'; see",
    "arts.evaluate --nothing": "No such option: --nothing; see",
    "arts.train --model bert": "Missing option '--output'; see",
    "arts.evaluate --device tpu": "'tpu' is not one of 'cpu', 'cuda', 'mps'; see",
    "arts.evaluate --device mps": "--device mps: torch",
    "arts.models --quiet --verbose": "--quiet and --verbose exclude each other; give one",
    "arts nothing": "No such command 'nothing'; see",
}


@pytest.mark.parametrize("line", USAGE, ids=lambda line: line[:60])
def test_command_line_bad_usage_is_one_line_and_exit_code_2(line, tmp_path):
    message, line = USAGE[line], line.replace("arts.models", "arts models")
    done = call(*line.split(" "), folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("arts: error: ")
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} <= {"cache"}


def test_command_line_an_empty_value_is_refused(tmp_path):
    done = call("arts.evaluate", "--output", "", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "arts: error: --output is empty; expected a value\n")


@pytest.mark.parametrize("command", [("arts.evaluate",), ("arts", "evaluate"), ("arts",)])
def test_command_line_version_and_short_help(command, tmp_path):
    done = call(*command, "--version", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"arts {version('arts-absa')}\n")
    assert "Usage:" in call(*command, "-h", folder=tmp_path).stdout


def test_command_line_shells_complete_commands(tmp_path):
    arts = shutil.which("arts", path=Path(sys.executable).parent)
    environment = {"_ARTS_COMPLETE": "complete_bash", "COMP_WORDS": "arts ev", "COMP_CWORD": "1"}
    done = subprocess.run([arts], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["evaluate"]


def test_command_line_choices_may_be_in_capitals(tmp_path):
    assert json.loads(call("arts", "models", "--format", "JSON", folder=tmp_path).stdout)
    done = call("arts.generate", "--output", "o", "--strategy", "REVTGT", "--k", "2", folder=tmp_path)
    assert "--k has no effect without ADDDIFF" in done.stderr


STRAY = ("torch", "json", "typing", "pickle", "rich", "pydantic", "multiprocessing", "numpy", "__future__")


@pytest.mark.parametrize("safe", ["", "1"])
@pytest.mark.parametrize("start", ["python -m arts.evaluate", "python -m arts evaluate", "arts evaluate"])
def test_command_line_a_file_in_the_current_folder_is_no_library(start, safe, tmp_path):
    for name in STRAY:
        (tmp_path / f"{name}.py").write_text(f"open('ran', 'w').write('{name}'); raise SystemExit(9)")
    (tmp_path / "mine.py").write_text("def always(instances):\n    return ['positive'] * len(instances)\n")
    command = start.replace("python", sys.executable).split(" ")
    command[0] = shutil.which(command[0], path=Path(sys.executable).parent)
    done = subprocess.run(
        [*command, "--model", "mine:always", "--format", "csv"],
        env={"PYTHONSAFEPATH": safe, "ARTS_CACHE_HOME": str(tmp_path / "cache")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("sample,mine:always,")
    assert not (tmp_path / "ran").exists()


def test_command_line_importing_arts_leaves_the_path_alone(tmp_path):
    code = "import sys; before = [*sys.path]; import arts; assert sys.path == before"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 / 0", "importing mine raised ZeroDivisionError: division by zero ("),
        ("import nowhere_at_all", "mine imports nowhere_at_all, which is missing"),
        ("f(", "importing mine raised SyntaxError: "),
        ("other = 1", 'has no "always"'),
        ("raise SystemExit", "importing mine raised SystemExit"),
    ],
)
def test_command_line_a_module_that_cannot_be_imported_is_one_line(code, message, tmp_path):
    (tmp_path / "mine.py").write_text(code)
    done = run("arts.evaluate", "--model", "mine:always", folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("error", [KeyError("x\ny"), RecursionError(), ValueError("bad\x1b[2J \ud800" * 99)])
def test_command_line_a_bug_is_one_line_with_the_file_of_its_trace(error, tmp_path, monkeypatch):
    def fail():
        raise error

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("arts.models.registry.model_rows", fail)
    done = call("arts", "models", folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    (trace,) = tmp_path.glob("arts-*.log")
    assert f"{type(error).__name__}" in done.stderr
    assert done.stderr.endswith(f"; please report it with the file {trace}\n")
    assert "Traceback" in trace.read_text()


def test_command_line_quiet_says_nothing_but_errors(tmp_path):
    done = call(
        "arts.generate", "--input", "sample", "--output", "o", "--strategy", "revtgt", "-q", folder=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    again = call("arts.generate", "--output", "o", "-q", folder=tmp_path)
    assert again.stderr.startswith("arts: error: o: exists and is not empty")


def test_command_line_a_message_is_one_line_that_no_terminal_obeys():
    assert one_line("a\n  b\x1b]0;x\x07 \ud800\u202e") == r"a b\x1b]0;x\x07 \ud800\u202e"


def test_command_line_a_long_error_keeps_its_ends(tmp_path, capsys):
    tell_error(f"mine: {'x' * 100_000}; expected a name")
    (line,) = capsys.readouterr().err.splitlines()
    assert re.fullmatch("arts: error: mine: x+ … x+; expected a name", line)
    assert len(line) < 1100


CLOSES = "import sys\ndef always(asked):\n    sys.stdout.close()\n    return ['positive'] * len(asked)\n"


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("models >&-", 2, "arts: error: standard output is closed; expected a terminal, a file or a pipe\n"),
        ("evaluate --model mine:always", 2, "standard output was closed before the results were written\n"),
        ("models | true", 1, ""),  # so the library that draws tables ends
        ("evaluate --model mine:never 2>&1 | true", 141, ""),
        ("evaluate --model mine:never 2>&-", 2, ""),
    ],
)
def test_command_line_closed_streams_are_no_bug(line, code, message, tmp_path):
    (tmp_path / "mine.py").write_text(CLOSES)
    script = f"{sys.executable} -m arts {line.replace('| true', '| sleep 0')}; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "ARTS_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert done.stderr.removeprefix("arts: error: ") == message.removeprefix("arts: error: ")


@pytest.mark.slow
def test_command_line_a_generated_set_is_measured_with_the_training_of_another(
    tmp_path, quick_recipe, encoder
):
    assert call("arts.generate", "--output", "o", folder=tmp_path).stderr.endswith(
        "arts: wrote o; measure models on it: arts evaluate --dataset o/sample --train-from sample\n"
    )
    line = f"--dataset o/sample --model td-lstm --encoder {encoder} --format json"
    alone = call("arts.evaluate", *line.split(), folder=tmp_path)
    assert "sample: has no split train and no split dev, and training needs train and dev; " in alone.stderr
    assert "; --train-from takes both from another corpus" in alone.stderr
    done = call("arts.evaluate", *line.split(), "--train-from", "sample", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["name"] == "td-lstm, trained on sample"
    assert {"test.parquet", "sample/train.jsonl", "sample/validation.jsonl"} >= set(
        report["dataset"]["files"]
    )
    assert any(name.startswith("sample/train") for name in report["dataset"]["files"])


def test_command_line_help_names_options_in_full_on_a_narrow_terminal(tmp_path):
    done = run("arts.train", "-h", folder=tmp_path, COLUMNS="40")
    assert "--output " in done.stdout
    assert "--post-training-text " in done.stdout


@pytest.mark.parametrize(("level", "shown"), [(Verbosity.NORMAL, ""), (Verbosity.VERBOSE, "set it to False")])
def test_command_line_warnings_of_libraries_are_shown_only_with_verbose(level, shown, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        try:
            set_verbosity(level)
            warnings.warn("set it to False", UserWarning, stacklevel=1)
        finally:
            set_verbosity(Verbosity.NORMAL)
            logging.captureWarnings(False)
    errors = capsys.readouterr().err
    assert shown in errors if shown else not errors
