"""Atomic files and folders: each appears when it is complete, or not at all.

This holds when a run is killed, and when two runs write the same file or folder.
"""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import BaseFileLock, FileLock, Timeout

from arts.data.errors import DataError

_LOCK, _FINGERPRINT, _RESULT = "lock", "fingerprint", "result"  # names in a work folder
WORK_SUFFIX = ".work"  # of the work folder of a cached folder
_NEW_SUFFIX = ".new"  # another than that of resumable work, which is never abandoned


def cache_home() -> Path:
    """The folder for downloads and trained models.

    It is `ARTS_CACHE_HOME` where this environment variable is set, else the cache folder of the platform.
    """
    return Path(os.environ.get("ARTS_CACHE_HOME") or platformdirs.user_cache_path("arts"))


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Write a file that appears when it is complete, or not at all.

    Yields:
        A temporary path beside `path` to write to. It replaces `path` when the block ends, and is removed
        when the block raises.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
        os.chmod(name, 0o644)  # mkstemp lets only the owner read it
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def check_new_folder(folder: Path) -> None:
    """Raise `DataError` when a folder that is to be written exists already and is not empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(folder, "exists and is not empty; expected a new or empty folder")


@dataclass(frozen=True)
class WorkFolder:
    """A work folder: the place where a folder is prepared before it is moved to its final place.

    It lies beside that place. It may also hold unfinished work, such as checkpoints and finished batches.

    Args:
        path: the path of the work folder.
    """

    path: Path

    @property
    def result(self) -> Path:
        """The folder inside the work folder to write the result to; at the beginning it does not exist."""
        return self.path / _RESULT

    @property
    def checkpoints(self) -> Path:
        """The folder inside the work folder for checkpoints, from which an interrupted run can go on."""
        return self.path / "checkpoints"


@contextmanager
def new_folder(folder: Path) -> Iterator[WorkFolder]:
    """Write a folder that appears when it is complete, or not at all.

    Each run has a work folder of its own. Work folders of the same `folder` that killed runs have left are
    removed first.

    Yields:
        A `WorkFolder`. Its `WorkFolder.result` is moved to `folder` when the block ends. The rest of the work
        folder is removed then, and all of it when the block raises.

    Raises:
        DataError: when `folder` is not empty before the block, or no longer empty after it because another
            run was faster. The content of `folder` is not touched then.
    """
    check_new_folder(folder)
    folder = folder.resolve()  # of "." and of links, too, the work folder lies beside it, never in it
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned_work(folder)
    path, lock = _create_locked_folder(folder)
    try:
        work = WorkFolder(path)
        yield work
        _move_result(work, folder)
    finally:
        lock.release()
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def resumable_folder(folder: Path, fingerprint: str) -> Iterator[WorkFolder]:
    """Write a folder that appears when it is complete, in a work folder that outlives an interrupted run.

    Args:
        folder: the folder to write.
        fingerprint: a hash of everything that the result depends on. The work of a run with another
            fingerprint is removed.

    Yields:
        A `WorkFolder`. Its `WorkFolder.result` is moved to `folder` when the block ends, and the rest is
        removed. When the block raises or the process is killed, the work folder stays. The next run with the
        same fingerprint finds it as it was left, except that an unfinished result is removed.

    Raises:
        DataError: when `folder` exists and is not empty, or another run is writing it now.
    """
    check_new_folder(folder)
    target = folder.resolve()
    work = WorkFolder(target.with_name(f".{target.name}.partial"))
    work.path.mkdir(parents=True, exist_ok=True)
    lock = FileLock(work.path / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise DataError(folder, "another run is writing it; wait for that run, or name another") from error
    try:
        check_new_folder(folder)  # a run that has just ended held the lock until now
        _remove_stale_work(work, fingerprint)
        yield work
        _move_result(work, target)
        shutil.rmtree(work.path)
    finally:
        lock.release()


def cached_folder(folder: Path, build: Callable[[WorkFolder], None]) -> Path:
    """Return a folder of the cache; build it first if it does not exist.

    A second process that needs the same folder waits for the first and then uses its result. When a build
    was interrupted, the next one finds the work folder as it was left, except that an unfinished result is
    removed.

    Args:
        folder: the folder. Its name must identify everything that the content depends on.
        build: writes the content to `WorkFolder.result` of the work folder that it is given.

    Returns:
        `folder`.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            work = WorkFolder(folder.with_name(folder.name + WORK_SUFFIX))
            work.path.mkdir(exist_ok=True)
            shutil.rmtree(work.result, ignore_errors=True)
            build(work)
            _move_result(work, folder)
            shutil.rmtree(work.path)
    return folder


def _create_locked_folder(folder: Path) -> tuple[Path, BaseFileLock]:
    """Create a work folder for this run alone, and lock it.

    Returns:
        The path of the work folder, and its lock. The lock is to be held as long as the run works: it shows
        other runs that the folder is not abandoned.
    """
    while True:
        path = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=_NEW_SUFFIX, dir=folder.parent))
        lock = FileLock(path / _LOCK)
        try:
            lock.acquire(timeout=0)
        except (Timeout, FileNotFoundError):
            continue  # before it was locked, another run took it for abandoned
        if (path / _LOCK).exists():
            return path, lock
        lock.release()


def _remove_abandoned_work(folder: Path) -> None:
    """Remove the work folders of `new_folder` that killed runs have left: those whose lock nobody holds."""
    for path in folder.parent.glob(f".{glob.escape(folder.name)}.*{_NEW_SUFFIX}"):
        try:
            with FileLock(path / _LOCK, timeout=0):
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue  # its run lives (Timeout), or it is another user's


def _remove_stale_work(work: WorkFolder, fingerprint: str) -> None:
    """Remove what earlier runs with another fingerprint have left, and any unfinished result."""
    mark = work.path / _FINGERPRINT
    if mark.is_file() and mark.read_text("utf-8") == fingerprint:
        shutil.rmtree(work.result, ignore_errors=True)
        return
    mark.unlink(missing_ok=True)  # first, so that what is half removed is never taken for resumable
    for leftover in work.path.iterdir():
        if leftover.name != _LOCK:
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    mark.write_text(fingerprint, encoding="utf-8")


def _move_result(work: WorkFolder, folder: Path) -> None:
    """Move the result of a work folder to its final place, unless another run has put a result there.

    Raises:
        DataError: when `folder` is not empty, because another run was faster.
    """
    check_new_folder(folder)
    try:
        if folder.exists():
            folder.rmdir()  # it was empty
        os.rename(work.result, folder)
    except OSError:
        check_new_folder(folder)  # another run was faster
        raise
