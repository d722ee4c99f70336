import os

import pytest
from helpers.atomic_runs import (
    NEW,
    Run,
    fail,
    leave_unfinished,
    names,
    write_file,
    write_new,
    write_resumable,
)

from arts.data.errors import DataError
from arts.data.support import atomic
from arts.data.support.atomic import atomic_file, atomic_files
from arts.data.support.free_places import check_new_folder


def test_atomic_file_is_whole(tmp_path):
    path = tmp_path / "below" / "a.txt"
    with atomic_file(path) as partial:
        partial.write_text("new")
        assert partial.parent.parent == path.parent  # on the disk of the file
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


def test_atomic_file_is_absent_after_a_killed_run_and_the_next_one_tidies_up(tmp_path):
    code = "with atomic_file(folder) as partial:\n    partial.write_text('half')\n    pause()\n"
    with Run(tmp_path / "a.txt", code) as run:
        run.wait_for_pause()
        run.kill()
    assert names(tmp_path) == [".a.txt.0.new"]
    write_file(tmp_path / "a.txt")
    assert names(tmp_path) == ["a.txt"]


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


def test_atomic_new_folder_refuses_a_second_run_before_any_work(tmp_path):
    folder = tmp_path / "out"
    refused = pytest.raises(
        DataError, match="out: another run is writing it; wait for that run, or name another"
    )

    def meanwhile(_):
        with refused:
            write_new(folder, "second", meanwhile=fail)

    write_new(folder, "first", meanwhile=meanwhile)
    assert (folder / "a.txt").read_text() == "first"
    assert names(tmp_path) == ["out"]


def test_atomic_new_folder_refuses_where_something_was_put_meanwhile(tmp_path):
    folder = tmp_path / "out"

    def put(_):
        folder.mkdir()
        (folder / "theirs").touch()

    with pytest.raises(DataError, match="exists and is not empty"):
        write_new(folder, meanwhile=put)
    assert names(folder) == ["theirs"]
    assert names(tmp_path) == ["out"]


def test_atomic_new_folder_refuses_where_something_is_put_a_moment_before(tmp_path, monkeypatch):
    folder = tmp_path / "out"

    def rename(source, target):
        monkeypatch.undo()
        target.mkdir()
        (target / "theirs").touch()
        os.rename(source, target)

    monkeypatch.setattr(atomic.os, "rename", rename)
    with pytest.raises(DataError, match="exists and is not empty"):
        write_new(folder)
    assert names(folder) == ["theirs"]
    assert names(tmp_path) == ["out"]


def test_atomic_new_folder_leaves_nothing_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError):
        write_new(tmp_path / "out", meanwhile=fail)
    assert names(tmp_path) == []


def test_atomic_new_folder_removes_what_a_killed_run_left(tmp_path):
    with Run(tmp_path / "out", NEW) as run:
        run.wait_for_pause()
        run.kill()
    assert names(tmp_path) == [".out.0.new", ".out.lock"]
    write_new(tmp_path / "out")
    assert names(tmp_path) == ["out"]


def test_atomic_new_folder_killed_after_it_was_written_is_tidied_by_who_is_refused(tmp_path):
    with Run(tmp_path / "out", NEW + "    move_result(work, folder)\n    pause()\n") as run:
        run.wait_for_pause()
        run.go_on()
        run.wait_for_pause()
        run.kill()
    assert names(tmp_path) == [".out.0.new", ".out.lock", "out"]
    with pytest.raises(DataError, match="exists and is not empty"):
        write_new(tmp_path / "out")
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "a.txt").read_text() == "theirs"


@pytest.mark.parametrize("write", [write_new, write_resumable])
def test_atomic_folder_keeps_the_work_of_another_name(tmp_path, write):
    leave_unfinished(tmp_path / "out.v2")
    leave_unfinished(tmp_path / "out.0.new")
    kept = names(tmp_path)
    write(tmp_path / "out")
    assert names(tmp_path) == sorted([*kept, "out"])


@pytest.mark.parametrize("write", [write_new, write_resumable, write_file])
def test_atomic_place_that_cannot_be_written_is_told_in_one_line(tmp_path, write):
    (tmp_path / "file").touch()
    with pytest.raises(
        DataError, match=r"file/below/out: cannot be written \((Not a directory|File exists)\)"
    ):
        write(tmp_path / "file" / "below" / "out")


def test_atomic_file_in_the_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(DataError, match=r"a\.txt: cannot be written \(Is a directory\)"):
        write_file(tmp_path / "a.txt")
    assert names(tmp_path) == ["a.txt"]


def test_atomic_mount_point_is_refused_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic.os.path, "ismount", lambda path: path == tmp_path)
    with pytest.raises(DataError, match="is a mount point; expected a folder in it"):
        write_new(tmp_path, meanwhile=fail)


def write_pair(head, text):
    with atomic_files(head) as folder:
        (folder / "a.txt").write_text(text)
        (folder / head.name).write_text(text)


def test_atomic_files_replace_those_of_an_earlier_run_together(tmp_path):
    head = tmp_path / "a.json"
    for text in ("first", "second"):
        write_pair(head, text)
        assert names(tmp_path) == ["a.json", "a.txt"]
        assert (tmp_path / "a.txt").read_text() == head.read_text() == text
    with pytest.raises(ZeroDivisionError), atomic_files(head) as folder:
        fail((folder / "a.txt").write_text("third"))
    assert (tmp_path / "a.txt").read_text() == head.read_text() == "second"
    assert names(tmp_path) == ["a.json", "a.txt"]


def test_atomic_files_are_without_a_head_when_their_run_is_killed_between_them(tmp_path, monkeypatch):
    head = tmp_path / "a.json"
    write_pair(head, "first")
    replace = atomic.os.replace

    def replace_one(source, target):
        monkeypatch.setattr(atomic.os, "replace", fail)
        replace(source, target)

    monkeypatch.setattr(atomic.os, "replace", replace_one)
    with pytest.raises(ZeroDivisionError):
        write_pair(head, "second")
    assert names(tmp_path) == ["a.txt"]
