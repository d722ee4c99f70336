import threading
import time

import pytest
from helpers.atomic_runs import (
    CACHED,
    RESUMABLE,
    WAIT,
    Run,
    check_fresh,
    check_resumed,
    fail,
    leave_unfinished,
    names,
    write_half,
    write_result,
    write_resumable,
)

from arts.data.errors import DataError
from arts.data.support import atomic
from arts.data.support.atomic import cached_folder, resumable_folder


def test_atomic_resumable_folder_resumes_with_the_same_fingerprint(tmp_path):
    folder = tmp_path / "out"
    leave_unfinished(folder)
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
    leave_unfinished(folder)
    with pytest.raises(ZeroDivisionError):
        write_resumable(folder, "g", meanwhile=lambda work: fail(check_fresh(work)))
    write_resumable(folder, "f", meanwhile=check_fresh)  # the first run's work is gone for good
    assert names(tmp_path) == ["out"]


def test_atomic_resumable_folder_half_removed_is_not_resumed(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    leave_unfinished(folder)
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
