import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from arts.data.errors import DataError
from arts.data.support import atomic
from arts.data.support.atomic import (
    atomic_file,
    cached_folder,
    check_new_folder,
    new_folder,
    resumable_folder,
)

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


def cut_off(folder):
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


def test_atomic_file_is_whole(tmp_path):
    path = tmp_path / "below" / "a.txt"
    with atomic_file(path) as partial:
        partial.write_text("new")
        assert partial.parent == path.parent
        assert not path.exists()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert names(path.parent) == ["a.txt"]


@pytest.mark.parametrize("before", [None, "old"])
def test_atomic_file_is_as_it_was_after_an_error(tmp_path, before):
    path = tmp_path / "a.txt"
    if before:
        path.write_text(before)
    with pytest.raises(ZeroDivisionError), atomic_file(path) as partial:
        fail(partial.write_text("half"))
    assert names(tmp_path) == (["a.txt"] if before else [])
    assert not before or path.read_text() == before


def test_atomic_file_of_two_writers_is_that_of_the_last(tmp_path):
    path = tmp_path / "a.txt"
    with atomic_file(path) as first:
        with atomic_file(path) as second:
            second.write_text("second")
        assert path.read_text() == "second"
        first.write_text("first")
    assert path.read_text() == "first"
    assert names(tmp_path) == ["a.txt"]


def test_atomic_file_is_absent_after_a_killed_run(tmp_path):
    code = "with atomic_file(folder) as partial:\n    partial.write_text('half')\n    pause()\n"
    with Run(tmp_path / "a.txt", code) as run:
        run.wait_for_pause()
        run.kill()
    assert "a.txt" not in names(tmp_path)


def test_atomic_check_refuses_what_holds_something(tmp_path):
    check_new_folder(tmp_path / "none")
    check_new_folder(tmp_path)
    (tmp_path / "a.txt").touch()
    for path in (tmp_path, tmp_path / "a.txt"):
        with pytest.raises(DataError, match="exists and is not empty; expected a new or empty folder"):
            check_new_folder(path)


@pytest.mark.parametrize("write", [write_new, write_resumable])
@pytest.mark.parametrize("make", [False, True])
def test_atomic_folder_is_new_or_was_empty(tmp_path, write, make):
    folder = tmp_path / "below" / "out"
    if make:
        folder.mkdir(parents=True)
    write(folder)
    assert names(folder.parent) == ["out"]
    assert names(folder) == ["a.txt"]


@pytest.mark.parametrize("write", [write_new, write_resumable])
def test_atomic_folder_is_the_current_one(tmp_path, write, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write(type(folder)("."))
    assert names(tmp_path) == ["out"]
    assert names(folder) == ["a.txt"]


@pytest.mark.parametrize("write", [write_new, write_resumable])
def test_atomic_folder_behind_a_link_is_written(tmp_path, write):
    (tmp_path / "disk" / "out").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "out")
    write(tmp_path / "link")
    assert names(tmp_path) == ["disk", "link"]
    assert names(tmp_path / "disk") == ["out"]
    assert names(tmp_path / "link") == ["a.txt"]


@pytest.mark.parametrize("write", [write_new, write_resumable])
def test_atomic_folder_that_is_not_empty_is_refused_before_any_work(tmp_path, write):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "theirs").touch()
    with pytest.raises(DataError, match=r"out: exists and is not empty"):
        write(folder)
    assert names(tmp_path) == ["out"]
    assert names(folder) == ["theirs"]


def test_atomic_new_folder_refuses_where_another_run_was_faster(tmp_path):
    folder = tmp_path / "out"
    with pytest.raises(DataError, match="exists and is not empty"):
        write_new(folder, "slow", meanwhile=lambda _: write_new(folder, "fast"))
    assert (folder / "a.txt").read_text() == "fast"
    assert names(tmp_path) == ["out"]


def test_atomic_new_folder_refuses_where_another_run_is_faster_by_a_moment(tmp_path, monkeypatch):
    folder = tmp_path / "out"

    def rename(source, target):
        monkeypatch.undo()
        write_new(folder, "fast")
        os.rename(source, target)

    monkeypatch.setattr(atomic.os, "rename", rename)
    with pytest.raises(DataError, match="exists and is not empty"):
        write_new(folder, "slow")
    assert (folder / "a.txt").read_text() == "fast"
    assert names(tmp_path) == ["out"]


def test_atomic_new_folder_leaves_nothing_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError):
        write_new(tmp_path / "out", meanwhile=fail)
    assert names(tmp_path) == []


def test_atomic_new_folder_removes_what_a_killed_run_left(tmp_path):
    with Run(tmp_path / "out", NEW) as run:
        run.wait_for_pause()
        run.kill()
    (leftover,) = names(tmp_path)
    assert leftover != "out"
    write_new(tmp_path / "out")
    assert names(tmp_path) == ["out"]


def test_atomic_new_folder_of_a_name_with_glob_characters_is_cleaned_up(tmp_path):
    folder = tmp_path / "out[1]"
    with Run(folder, NEW) as run:
        run.wait_for_pause()
        run.kill()
    write_new(folder)
    assert names(tmp_path) == ["out[1]"]


def test_atomic_new_folder_keeps_what_a_living_run_holds(tmp_path):
    with Run(tmp_path / "out", NEW) as run:
        run.wait_for_pause()
        with pytest.raises(ZeroDivisionError):
            write_new(tmp_path / "out", meanwhile=fail)
        run.go_on()
        run.end()
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "a.txt").read_text() == "theirs"


def test_atomic_new_folder_survives_that_its_work_folder_is_taken_for_abandoned(tmp_path, monkeypatch):
    """Between a run's mkdtemp and its lock, another run may look for abandoned work."""
    folder, mkdtemp, taken = tmp_path / "out", atomic.tempfile.mkdtemp, []

    def taken_at_once(**options):
        path = mkdtemp(**options)
        if not taken:
            taken.append(path)
            shutil.rmtree(path)
        return path

    monkeypatch.setattr(atomic.tempfile, "mkdtemp", taken_at_once)
    write_new(folder)
    assert taken
    assert names(folder) == ["a.txt"]


def test_atomic_new_folder_keeps_resumable_work_of_another_name(tmp_path):
    cut_off(tmp_path / "out.v2")
    kept = names(tmp_path)
    write_new(tmp_path / "out")
    assert names(tmp_path) == sorted([*kept, "out"])


def test_atomic_resumable_folder_resumes_with_the_same_fingerprint(tmp_path):
    folder = tmp_path / "out"
    cut_off(folder)
    assert not folder.exists()
    write_resumable(folder, meanwhile=check_resumed)
    assert names(tmp_path) == ["out"]
    assert (folder / "a.txt").read_text() == "mine"
    assert names(folder) == ["a.txt"]


def test_atomic_resumable_folder_resumes_after_a_killed_run(tmp_path):
    with Run(tmp_path / "out", RESUMABLE) as run:
        run.wait_for_pause()
        run.kill()
    write_resumable(tmp_path / "out", meanwhile=check_resumed)
    assert names(tmp_path) == ["out"]


def test_atomic_resumable_folder_starts_over_with_another_fingerprint(tmp_path):
    folder = tmp_path / "out"
    cut_off(folder)
    with pytest.raises(ZeroDivisionError):
        write_resumable(folder, "g", meanwhile=lambda work: fail(check_fresh(work)))
    write_resumable(folder, "f", meanwhile=check_fresh)  # the first run's work is gone for good
    assert names(tmp_path) == ["out"]


def test_atomic_resumable_folder_half_removed_is_not_resumed(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    cut_off(folder)
    monkeypatch.setattr(atomic.shutil, "rmtree", fail)
    with pytest.raises(ZeroDivisionError):
        write_resumable(folder, "g")
    monkeypatch.undo()
    write_resumable(folder, "f", meanwhile=check_fresh)


def test_atomic_resumable_folder_refuses_a_second_run(tmp_path):
    message = "out: another run is writing it; wait for that run, or name another"
    with Run(tmp_path / "out", RESUMABLE) as run:
        run.wait_for_pause()
        for fingerprint in ("f", "g"):
            with pytest.raises(DataError, match=message):
                write_resumable(tmp_path / "out", fingerprint, meanwhile=fail)
        run.go_on()
        run.end()
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "a.txt").read_text() == "theirs"


def test_atomic_resumable_folder_refuses_after_a_run_that_ended_meanwhile(tmp_path, monkeypatch):
    """The other run ends between the look at the folder and the lock."""
    folder, acquire = tmp_path / "out", atomic.FileLock.acquire

    def end_first(self, **options):
        monkeypatch.undo()
        write_resumable(folder, text="first")
        return acquire(self, **options)

    monkeypatch.setattr(atomic.FileLock, "acquire", end_first)
    with pytest.raises(DataError, match="exists and is not empty"):
        write_resumable(folder, meanwhile=fail)
    assert (folder / "a.txt").read_text() == "first"


def test_atomic_resumable_folder_tells_a_timeout_of_the_work_from_its_own(tmp_path):
    with pytest.raises(atomic.Timeout), resumable_folder(tmp_path / "out", "f"):
        raise atomic.Timeout("another.lock")


def test_atomic_cached_folder_is_built_once(tmp_path):
    folder, builds = tmp_path / "cache" / "key", []

    def build(work):
        builds.append(work)
        write_result(work)

    assert cached_folder(folder, build) == cached_folder(folder, build) == folder
    assert len(builds) == 1
    assert names(folder) == ["a.txt"]
    assert [name for name in names(folder.parent) if not name.endswith(".lock")] == ["key"]


def test_atomic_cached_folder_is_built_once_for_two_processes(tmp_path):
    folder, contents = tmp_path / "key", []

    def never(work):
        raise AssertionError("built twice")

    def wait_for_it():
        contents.append((cached_folder(folder, never) / "a.txt").read_text())

    with Run(folder, CACHED) as first:
        first.wait_for_pause()
        second = threading.Thread(target=wait_for_it, daemon=True)
        second.start()
        time.sleep(0.3)
        assert second.is_alive()
        assert not folder.exists()
        first.go_on()
        assert first.end() == "theirs\n"
        second.join(WAIT)
    assert contents == ["theirs"]


def test_atomic_cached_folder_waited_for_is_built_when_the_first_run_is_killed(tmp_path):
    folder, seen = tmp_path / "key", []

    def build(work):
        seen.append((work.path / "batch").read_text())
        assert not work.result.exists()
        write_result(work)

    with Run(folder, CACHED) as first:
        first.wait_for_pause()
        second = threading.Thread(target=cached_folder, args=(folder, build), daemon=True)
        second.start()
        first.kill()
        second.join(WAIT)
    assert seen == ["done"]
    assert (folder / "a.txt").read_text() == "mine"


def test_atomic_cached_folder_resumes_a_build_that_was_cut_off(tmp_path):
    folder = tmp_path / "key"
    with pytest.raises(ZeroDivisionError):
        cached_folder(folder, write_half)
    assert not folder.exists()

    def build(work):
        check_resumed(work)
        write_result(work)

    cached_folder(folder, build)
    assert (folder / "a.txt").read_text() == "mine"
    assert not any(name.endswith(".work") for name in names(tmp_path))
