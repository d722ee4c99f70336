"""Runs that write files and folders: in this process, cut off, and in processes of their own."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from arts.data.support.atomic import atomic_file, new_folder, resumable_folder

WAIT = 30  # seconds


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_result(work, text="mine"):
    work.result.mkdir()
    (work.result / "a.txt").write_text(text)


def nothing(work):
    """What a run does beside writing its result, by default."""


def fail(*_):
    raise ZeroDivisionError


def write_file(path, text="mine"):
    with atomic_file(path) as partial:
        partial.write_text(text)


def write_new(folder, text="mine", meanwhile=nothing):
    with new_folder(folder) as work:
        write_result(work, text)
        meanwhile(work)


def write_resumable(folder, fingerprint="f", text="mine", meanwhile=nothing):
    with resumable_folder(folder, fingerprint) as work:
        meanwhile(work)
        write_result(work, text)


def write_half(work):
    """Work that stops in the middle, with a batch done and the result begun."""
    (work.path / "batch").write_text("done")
    work.checkpoints.mkdir()
    write_result(work, "half")
    raise ZeroDivisionError


def leave_unfinished(folder):
    with pytest.raises(ZeroDivisionError):
        write_resumable(folder, meanwhile=write_half)


def check_resumed(work):
    assert (work.path / "batch").read_text() == "done"
    assert not work.result.exists()


def check_fresh(work):
    for path in (work.path / "batch", work.checkpoints, work.result):
        assert not path.exists()


class Run:
    """Python code in a process of its own, which stops at each `pause()` until `go_on`."""

    HEAD = """
import sys
from pathlib import Path
from arts.data.support.atomic import *
from arts.data.support.cache import *
folder = Path(sys.argv[1])
def pause():
    print("paused", flush=True)
    input()
"""

    def __init__(self, folder, code):
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.HEAD + code, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def wait_for_pause(self):
        assert self.process.stdout.readline() == "paused\n", self.process.stderr.read()

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(WAIT)

    def end(self):
        output, errors = self.process.communicate("", timeout=WAIT)
        assert self.process.returncode == 0, errors
        return output


NEW = """
with new_folder(folder) as work:
    work.result.mkdir()
    pause()
    (work.result / "a.txt").write_text("theirs")
"""

RESUMABLE = """
with resumable_folder(folder, "f") as work:
    (work.path / "batch").write_text("done")
    work.result.mkdir()
    pause()
    (work.result / "a.txt").write_text("theirs")
"""

CACHED = """
def build(work):
    (work.path / "batch").write_text("done")
    work.result.mkdir()
    pause()
    (work.result / "a.txt").write_text("theirs")
cached_folder(folder, build)
print((folder / "a.txt").read_text())
"""
