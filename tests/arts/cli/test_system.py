"""What the system refuses: one line, exit code 2, and nothing left over, for every command that writes."""

from __future__ import annotations

import json
import os
import resource
from contextlib import contextmanager

import pytest
from helpers.commands import call
from helpers.texts import NATURAL, SYNTHETIC

LIMIT = 3_000  # bytes that a file may have where the disk is "full"
WRITING = {
    "generate": "arts.generate --input one.jsonl --output OUTPUT",
    "export": "arts.export OUTPUT",
    "evaluate": "arts.evaluate --predictions p.csv --dataset one.jsonl --output OUTPUT",
    "diagnose": "arts.diagnose --synthetic s.jsonl --natural n.jsonl --encoder ENCODER --output OUTPUT",
    "train": "arts.train --model td-lstm --encoder ENCODER --output OUTPUT",
    "unlearn": "arts.unlearn --model m --forget f.jsonl --retain r.jsonl --output OUTPUT",
    "merge": "arts.merge --base b --model m --output OUTPUT",
}
SENTENCES = [
    {
        "id": f"{number}",
        "text": f"The soup is good, and the bread number {number} is bad.",
        "aspects": [
            {"term": "soup", "start": 4, "end": 8, "polarity": "positive"},
            {"term": "bread", "start": 26, "end": 31, "polarity": "negative"},
        ],
    }
    for number in range(40)
]


@pytest.fixture
def inputs(tmp_path):
    """A folder with what the commands read."""
    lines = {"one": SENTENCES, "s": [{"text": t} for t in SYNTHETIC], "n": [{"text": t} for t in NATURAL]}
    for name, rows in lines.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    rows = [f"{n}_{k},positive" for n in range(40) for k in range(2)]
    (tmp_path / "p.csv").write_text("id,prediction\n" + "\n".join(rows) + "\n")
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("nowhere/at/all")
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path


def files(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if "cache" not in path.parts}


def run_writing(name, output, folder, encoder=""):
    line = WRITING[name].replace("ENCODER", encoder or "e").replace("OUTPUT", output)
    before = files(folder)
    done = call(*line.split(" "), folder=folder)
    return done, files(folder) - before


def check_one_line(done, message):
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    *told, last = done.stderr.strip().splitlines()
    assert all(line.startswith("arts: ") for line in told)
    assert last.startswith("arts: error: ")
    assert message in last
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("file/below", "file/below: cannot be written (Not a directory)"),
        ("x" * 300, "cannot be written (File name too long)"),
        ("new/" + "x" * 300, "cannot be written (File name too long)"),
        ("loop/out", "loop/out: cannot be written ("),
        ("\udcff", r"\udcff: is not text in UTF-8"),
    ],
    ids=["below a file", "long", "long below", "loop", "not utf-8"],
)
def test_system_an_output_that_cannot_be_is_refused_before_the_work(name, output, message, inputs):
    done, new = run_writing(name, output, inputs)
    check_one_line(done, message)
    assert new == set()


@pytest.mark.parametrize("name", WRITING)
def test_system_an_output_without_permission_is_refused_before_the_work(name, inputs, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.R_OK)  # root may write everywhere
    done, new = run_writing(name, "out", inputs)
    check_one_line(done, "out: cannot be written (Permission denied)")
    assert new == set()


@pytest.mark.parametrize("name", [name for name in WRITING if name != "evaluate"])
@pytest.mark.parametrize("output", ["file", "."])
def test_system_an_output_that_is_there_is_refused_before_the_work(name, output, inputs):
    done, new = run_writing(name, output, inputs)
    check_one_line(done, f"{output}: exists and is not empty; expected a new or empty folder")
    assert new == set()


def test_system_reports_are_not_written_to_a_file(inputs):
    done, new = run_writing("evaluate", "file", inputs)
    check_one_line(done, "file: is no folder; expected a folder, which may be new")
    assert new == set()


@contextmanager
def full_disk():
    """A process whose files cannot grow: what a full disk is, as far as a test can make one."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("name", ["generate", "export", "diagnose"])
@pytest.mark.parametrize("output", ["out", "new/below/out"])
def test_system_a_full_disk_is_told_and_nothing_is_left(name, output, inputs, encoder):
    with full_disk():
        done, new = run_writing(name, output, inputs, encoder)
    check_one_line(done, f"{output}: cannot be written (File too large)")
    assert new == set()


def test_system_a_full_disk_below_the_cache_is_told_with_the_variable(inputs, encoder):
    with full_disk():
        done, new = run_writing("train", "out", inputs, encoder)
    check_one_line(done, "cannot be written (File too large); ARTS_CACHE_HOME names the folder of the cache")
    assert new == set()
    assert not any(path.is_file() for path in (inputs / "cache" / "models").rglob("*"))


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_system_a_cache_that_cannot_be_made_is_told(place, inputs, encoder, monkeypatch):
    monkeypatch.setenv("ARTS_CACHE_HOME", str(inputs / "file" / place))
    done, new = run_writing("train", "out", inputs, encoder)
    check_one_line(done, "cannot be written (Not a directory); ARTS_CACHE_HOME names the folder of the cache")
    assert new == set()


READING = [
    "arts.evaluate --dataset {}",
    "arts.evaluate --predictions {}",
    "arts.evaluate --model td-lstm --embeddings {}",
    "arts.evaluate --model bert-pt --post-training-text {}",
    "arts.evaluate --model hf:{}",
    "arts.generate --output o --input {}",
    "arts.generate --output o --opinions {}",
    "arts.validate {}",
    "arts.diagnose --natural n.jsonl --output o --synthetic {}",
    "arts.merge --output o --config {}",
    "arts.unlearn --model m --retain n.jsonl --output o --forget {}",
]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        pytest.param(name, line, marks=() if name == "loop" else pytest.mark.slow)
        for name in ("loop", "\udcff", "link", "x" * 300, ".", "file/below")
        for line in READING
        if (name, line) != (".", "arts.validate {}")  # which checks the files in it
    ],
)
def test_system_an_input_that_cannot_be_read_is_told(line, name, inputs, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # where other names are looked for
    before = files(inputs)
    done = call(*(word.format(name) for word in line.split(" ")), folder=inputs)
    check_one_line(done, "")
    assert files(inputs) == before
