import os
import shutil

import pytest
from helpers.atomic_runs import NEW, Run, fail, leave_unfinished, names, write_new, write_resumable

from arts.data.errors import DataError
from arts.data.support import atomic
from arts.data.support.atomic import atomic_file, check_new_folder


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
    leave_unfinished(tmp_path / "out.v2")
    kept = names(tmp_path)
    write_new(tmp_path / "out")
    assert names(tmp_path) == sorted([*kept, "out"])
