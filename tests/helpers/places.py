"""Many short runs into one place, most of them killed, forked from a process that has imported little.

As a script, with the arguments KIND ROUNDS FOLDER, it exits with 0 when every result was whole.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from arts.data.errors import DataError
from arts.data.support.atomic import atomic_file, atomic_files, new_folder, resumable_folder
from arts.data.support.cache import cached_file, cached_folder

PARTS = 4  # files of a result
WAIT = 30  # seconds


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_parts(folder, text):
    folder.mkdir()
    for part in range(PARTS):
        (folder / f"{part}.txt").write_text(text)
        time.sleep(random.random() / 2000)


def check_parts(folder):
    assert names(folder) == [f"{part}.txt" for part in range(PARTS)]
    assert len({path.read_text() for path in folder.iterdir()}) == 1


def write_new(place, text):
    with new_folder(place) as work:
        write_parts(work.result, text)


def write_resumable(place, text):
    """Work of a batch, which must be found whole, and then the result."""
    with resumable_folder(place, "fingerprint") as work:
        if work.checkpoints.exists():
            check_parts(work.checkpoints)
        else:
            shutil.rmtree(work.path / "half", ignore_errors=True)
            write_parts(work.path / "half", text)
            (work.path / "half").rename(work.checkpoints)
        write_parts(work.result, text)


def write_cached(place, text):
    def build(work):
        assert not work.result.exists()
        write_parts(work.result, text)

    check_parts(cached_folder(place, build))


def write_file(place, text):
    with atomic_file(place) as partial:
        partial.write_text(text * 1000)


def check_file(place):
    assert len(place.read_text()) == 4000


def write_cached_file(place, text):
    check_file(cached_file(place, lambda partial: partial.write_text(text * 1000)))


def write_files(place, text):
    with atomic_files(place) as folder:
        for part in range(PARTS):
            (folder / f"{part}.txt").write_text(text)
        (folder / place.name).write_text(text)


def write_same_files(place, _):
    write_files(place, "same")


def check_files(place):
    """The head, and beside it what was written with it."""
    texts = {place.with_name(f"{part}.txt").read_text() for part in range(PARTS)}
    assert texts == {place.read_text()}


def run(write, place):
    """A run in a process of its own; its exit code is that of the command line."""
    random.seed()
    try:
        write(place, f"{os.getpid() % 10000:04}")
    except DataError as error:
        told = "another run is writing it" in str(error) or "exists and is not empty" in str(error)
        os._exit(2 if told else 1)
    os._exit(0)


def start(write, place):
    process = multiprocessing.get_context("fork").Process(target=run, args=(write, place), daemon=True)
    process.start()
    return process


def duration(write, folder):
    """Seconds that a run takes, from its fork to its end; the least of five."""
    folder.mkdir()
    times = []
    for number in range(5):
        started = time.perf_counter()
        start(write, folder / f"{number}").join(WAIT)
        times.append(time.perf_counter() - started)
    return min(times)


def run_pair(write, place, *, seconds):
    """Two runs at once, of which most are killed at some time; returns their exit codes.

    Args:
        write: what a run does.
        place: where.
        seconds: how long a run takes.
    """
    second = random.choice((0, random.random() * seconds))
    events = [(0, 0, start), (second, 1, start)]
    for number, begun in enumerate((0, second)):
        if random.random() < 0.7:
            events.append((begun + random.random() * seconds, number, "kill"))
    runs, begun = {}, time.perf_counter()
    for moment, number, event in sorted(events, key=lambda event: event[0]):
        time.sleep(max(0, begun + moment - time.perf_counter()))
        if event is start:
            runs[number] = start(write, place)
        else:
            runs[number].kill()
    for process in runs.values():
        process.join(WAIT)
    return [process.exitcode for process in runs.values()]


def check(kind, rounds, folder):
    """Pairs of runs of a kind; what is there after each pair is whole, and so is what a last run writes."""
    write, check = KINDS[kind]
    place, ended = folder / "work" / "place", Counter()
    place.parent.mkdir()
    seconds = duration(write, folder / "alone")
    for number in range(rounds):
        codes = run_pair(write, place, seconds=seconds)
        assert set(codes) <= {0, 2, -signal.SIGKILL}, (codes, names(place.parent))
        ended.update(codes)
        assert place.exists() or 0 not in codes or (write is write_files and -signal.SIGKILL in codes)
        if place.exists():
            check(place)
            if write in (write_new, write_resumable) or number % 2:
                place.rename(folder / f"{number}")
    assert ended.keys() >= {0, -signal.SIGKILL}, ended
    write(place, "last")
    check(place)
    assert not [name for name in names(place.parent) if name.startswith(".") or name.endswith(".work")]


KINDS = {
    "new_folder": (write_new, check_parts),
    "resumable_folder": (write_resumable, check_parts),
    "cached_folder": (write_cached, check_parts),
    "atomic_file": (write_file, check_file),
    "cached_file": (write_cached_file, check_file),
    "atomic_files": (write_files, check_files),
    "atomic_files of one content": (write_same_files, check_files),
}

if __name__ == "__main__":
    check(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
