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
from arts.data.support import atomic, locks
from arts.data.support.cache import cached_file, cached_folder


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
    folder, exclusive = tmp_path / "out", atomic.exclusive_writing

    def end_first(place, **options):
        monkeypatch.undo()
        write_resumable(folder, text="first")
        return exclusive(place, **options)

    monkeypatch.setattr(atomic, "exclusive_writing", end_first)
    with pytest.raises(DataError, match="exists and is not empty"):
        write_resumable(folder, meanwhile=fail)
    assert (folder / "a.txt").read_text() == "first"
    assert names(tmp_path) == ["out"]


def test_atomic_resumable_folder_in_which_nothing_was_done_is_not_kept(tmp_path):
    with pytest.raises(ZeroDivisionError):
        write_resumable(tmp_path / "out", meanwhile=fail)
    assert names(tmp_path) == []


def test_atomic_resumable_folder_killed_while_its_work_is_removed_is_tidied_and_not_resumed(tmp_path):
    stop = "import arts.data.support.locks as locks\nlocks._remove_locked = lambda path: pause()\n"
    with Run(tmp_path / "out", stop + RESUMABLE) as run:
        run.wait_for_pause()
        run.go_on()
        run.wait_for_pause()
        run.kill()
    assert names(tmp_path) == [".out.0.new", ".out.lock", "out"]
    with pytest.raises(DataError, match="exists and is not empty"):
        write_resumable(tmp_path / "out")
    assert names(tmp_path) == ["out"]
    (tmp_path / "out").rename(tmp_path / "kept")
    write_resumable(tmp_path / "out", meanwhile=check_fresh)


def test_atomic_cached_folder_is_built_once(tmp_path):
    folder, builds = tmp_path / "cache" / "key", []

    def build(work):
        builds.append(work)
        write_result(work)

    assert cached_folder(folder, build) == cached_folder(folder, build) == folder
    assert len(builds) == 1
    assert names(folder) == ["a.txt"]
    assert names(folder.parent) == ["key"]


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


def test_atomic_cached_folder_is_tidied_after_a_kill_just_after_it_was_moved(tmp_path):
    folder = tmp_path / "key"
    (tmp_path / "key.work" / "checkpoints").mkdir(parents=True)
    (tmp_path / ".key.0.new").mkdir()
    (tmp_path / ".key.lock").touch()
    folder.mkdir()
    assert cached_folder(folder, fail) == folder
    assert names(tmp_path) == ["key"]


def test_atomic_cached_folder_is_read_where_nothing_can_be_written(tmp_path, monkeypatch):
    (tmp_path / "key").mkdir()
    monkeypatch.setattr(locks.os, "open", fail)
    assert cached_folder(tmp_path / "key", fail) == tmp_path / "key"


def test_atomic_cached_file_is_built_once_and_again_when_it_is_not_valid(tmp_path):
    path, built = tmp_path / "cache" / "a.txt", []

    def build(partial):
        partial.write_text(f"build {len(built)}")
        built.append(partial)

    assert cached_file(path, build) == cached_file(path, build) == path
    assert path.read_text() == "build 0"
    cached_file(path, build, is_valid=lambda file: file.read_text() == "build 1")
    assert path.read_text() == "build 1"
    assert names(path.parent) == ["a.txt"]
