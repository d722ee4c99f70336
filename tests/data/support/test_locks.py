import errno
import fcntl
import logging
import os
import threading
import time

import pytest
from helpers.atomic_runs import WAIT, fail, names, write_file, write_new, write_resumable

from arts.data.errors import DataError
from arts.data.support.cache import cached_folder
from arts.data.support.locks import exclusive_writing, own_work_folder


def in_threads(call, number):
    threads = [threading.Thread(target=call, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads


def test_locks_one_writer_at_a_time_in_threads_too(tmp_path):
    inside, seen = [], []

    def write():
        with exclusive_writing(tmp_path / "out", wait=True):
            inside.append(1)
            seen.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    for thread in in_threads(write, 8):
        thread.join(WAIT)
    assert seen == [1] * 8
    assert names(tmp_path) == []


def test_locks_whoever_waits_is_told_and_gets_its_turn(tmp_path, caplog):
    with exclusive_writing(tmp_path / "out", wait=True), caplog.at_level(logging.WARNING):
        (thread,) = in_threads(lambda: write_with_lock(tmp_path / "out"), 1)
        while not caplog.messages:
            time.sleep(0.01)
        assert caplog.messages == [f"another run is making {tmp_path / 'out'}; waiting for it"]
        assert names(tmp_path) == [".out.lock"]
    thread.join(WAIT)
    assert names(tmp_path) == ["out"]


def write_with_lock(path):
    with exclusive_writing(path, wait=True):
        path.touch()


def test_locks_a_lock_file_removed_while_another_waits_locks_nobody_out_and_nobody_in(tmp_path):
    """The one who waits opened the file that is removed; who comes later opens a new one."""
    place, order = tmp_path / "out", []
    with exclusive_writing(place, wait=True):
        (tmp_path / ".out.lock").rename(tmp_path / ".out.old")  # as if it had been removed at the end
        with exclusive_writing(place, wait=False):
            (waiting,) = in_threads(lambda: (write_with_lock(place), order.append("waited")), 1)
            time.sleep(0.1)
            order.append("held")
    waiting.join(WAIT)
    assert order == ["held", "waited"]


def test_locks_are_released_although_a_process_was_forked_meanwhile(tmp_path):
    release, held = os.pipe()
    with exclusive_writing(tmp_path / "out", wait=False), own_work_folder(tmp_path / "out"):
        child = os.fork()
        if not child:
            os.close(held)
            os.read(release, 1)  # until the parent closes its end
            os._exit(0)
    with exclusive_writing(tmp_path / "out", wait=False), own_work_folder(tmp_path / "out") as work:
        assert work.name == ".out.0.new"
    os.close(held)
    os.waitpid(child, 0)
    os.close(release)


def test_locks_work_folders_of_living_runs_are_apart(tmp_path):
    with own_work_folder(tmp_path / "out") as one, own_work_folder(tmp_path / "out") as two:
        assert (one.name, two.name) == (".out.0.new", ".out.1.new")
    assert names(tmp_path) == []


def test_locks_work_folders_of_killed_runs_are_removed_whatever_their_number(tmp_path):
    for number in (1, 3):
        (tmp_path / f".out.{number}.new" / "result").mkdir(parents=True)
    with own_work_folder(tmp_path / "out") as work:
        assert names(tmp_path) == [work.name]
    assert names(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_locks_a_file_system_without_locks_is_told_in_one_line(tmp_path, monkeypatch, code):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    message = r"cannot be locked \(.*\); expected a file system with locks, such as a local disk"
    for write in (write_new, write_resumable, lambda place: cached_folder(place, fail)):
        with pytest.raises(DataError, match=message):
            write(tmp_path / "out")
    write_file(tmp_path / "a.txt")  # needs none: it is replaced in one step
    assert "a.txt" in names(tmp_path)
