"""Files and folders that are there whole or not at all, whoever else writes in the same place."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from arts.data.errors import DataError

_LOCK, _FINGERPRINT, _RESULT = "lock", "fingerprint", "result"


def cache_home() -> Path:
    """The folder for downloads and trained models: `ARTS_CACHE_HOME`, else the platform's own."""
    return Path(os.environ.get("ARTS_CACHE_HOME") or platformdirs.user_cache_path("arts"))


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, moved onto it when the block ends well and removed when not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
        os.chmod(name, 0o644)  # mkstemp's files are for their owner alone
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def check_new(folder: Path) -> None:
    """Raise `DataError` unless a folder that is to be written is not there yet, or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(folder, "exists and is not empty; expected a new or empty folder")


@dataclass(frozen=True)
class WorkFolder:
    """Where a folder is prepared, beside the place where it will be.

    Args:
        path: of the work folder; what else lies in it (checkpoints, finished batches) survives a run that
            is cut off, if the work can be resumed, and goes when the result is in its place.
    """

    path: Path

    @property
    def result(self) -> Path:
        """The folder to write the result to; not there when the work begins."""
        return self.path / _RESULT

    @property
    def checkpoints(self) -> Path:
        """A folder for the state of unfinished work."""
        return self.path / "checkpoints"


@contextmanager
def new_folder(folder: Path) -> Iterator[WorkFolder]:
    """Prepare a new folder in a work folder of its own; two runs never share one.

    When the block ends well, `WorkFolder.result` gets the name `folder`; when not, all of it is removed.
    Work folders that killed runs left are removed, too.

    Raises:
        DataError: when `folder` exists and is not empty, before the block or, because another run was
            faster, after it: what was there first stays.
    """
    check_new(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder)
    path = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    try:
        with FileLock(path / _LOCK):
            work = WorkFolder(path)
            yield work
            _give_name(work, folder)
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def resumable_folder(folder: Path, fingerprint: str) -> Iterator[WorkFolder]:
    """Prepare a new folder in a work folder that outlives a run which is cut off.

    When the block ends well, `WorkFolder.result` gets the name `folder` and the work folder is removed.
    When not, the work folder stays, and the next call with the same fingerprint finds it as it was left,
    but for an unfinished result.

    Args:
        folder: to be written.
        fingerprint: of everything that the result depends on; what a run with another one left is removed.

    Raises:
        DataError: when `folder` exists and is not empty, or another run is writing it now.
    """
    check_new(folder)
    path = folder.with_name(f".{folder.name}.partial")
    path.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path / _LOCK, timeout=0):
            yield from _resumed(WorkFolder(path), folder, fingerprint)
    except Timeout as error:
        raise DataError(folder, "another run is writing it; wait for that run, or name another") from error


def cached_folder(folder: Path, build: Callable[[WorkFolder], None]) -> Path:
    """A folder of the cache: as it is there, or built now.

    A second process that wants the same folder waits for the first, and takes what that has built. A build
    that is cut off finds its work folder again, but for an unfinished result.

    Args:
        folder: whose name stands for everything that the content depends on.
        build: writes the content to `WorkFolder.result`.

    Returns:
        `folder`.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            work = WorkFolder(folder.with_name(f"{folder.name}.work"))
            work.path.mkdir(exist_ok=True)
            shutil.rmtree(work.result, ignore_errors=True)
            build(work)
            _give_name(work, folder)
            shutil.rmtree(work.path)
    return folder


def _resumed(work: WorkFolder, folder: Path, fingerprint: str) -> Iterator[WorkFolder]:
    mark = work.path / _FINGERPRINT
    same = mark.is_file() and mark.read_text("utf-8") == fingerprint
    for leftover in work.path.iterdir():
        if leftover.name == _RESULT or not (same or leftover.name == _LOCK):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    mark.write_text(fingerprint, encoding="utf-8")
    yield work
    _give_name(work, folder)
    shutil.rmtree(work.path)


def _give_name(work: WorkFolder, folder: Path) -> None:
    """Move the result to its place, unless something is there."""
    check_new(folder)
    work.result.chmod(0o755)
    if folder.exists():
        folder.rmdir()  # it was empty
    os.rename(work.result, folder)


def _remove_abandoned(folder: Path) -> None:
    """Remove work folders of runs that were killed: nobody holds their locks."""
    for path in folder.parent.glob(f".{folder.name}.*.partial"):
        try:
            with FileLock(path / _LOCK, timeout=0):
                shutil.rmtree(path, ignore_errors=True)
        except Timeout:
            continue  # of a run that is under way
