"""Atomic files and folders: each appears when it is complete, or not at all.

This holds when a run is killed, and when two runs write the same file or folder.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from arts.data.support.free_places import check_new_folder, parent_folder
from arts.data.support.locks import (
    WritingError,
    clear_work_error,
    clear_writing_error,
    exclusive_writing,
    own_work_folder,
    remove,
)

_FINGERPRINT, _RESULT = "fingerprint", "result"  # names in a work folder


def cache_home() -> Path:
    """The folder for downloads and trained models.

    It is `ARTS_CACHE_HOME` where this environment variable is set, else the cache folder of the platform.
    """
    return Path(os.environ.get("ARTS_CACHE_HOME") or platformdirs.user_cache_path("arts"))


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Write a file that appears when it is complete, or not at all.

    Of two runs that write it, the last one's file remains, whole.

    Yields:
        A path in a work folder to write to. The file written there replaces `path` when the block ends, and
        is removed when the block raises.

    Raises:
        DataError: when `path` cannot be written.
    """
    with parent_folder(path), own_work_folder(path) as work:
        with clear_work_error(path, work):
            yield work / path.name
        with clear_writing_error(path):
            os.replace(work / path.name, path)


@contextmanager
def atomic_files(head: Path) -> Iterator[Path]:
    """Write files of one folder that belong together, such as a report and its predictions.

    Files of two runs are never mixed. When another content has to be replaced, the head is removed first, so
    a run that is killed between the files leaves none.

    Args:
        head: the path of the file without which the others mean nothing.

    Yields:
        A work folder to write the files to, `head` among them, under their names. They replace the files of
        these names beside `head` when the block ends, and are removed when the block raises.

    Raises:
        DataError: when the files cannot be written.
    """
    with parent_folder(head), own_work_folder(head) as work:
        files = work / _RESULT
        files.mkdir()
        with clear_work_error(head, work):
            yield files
        with exclusive_writing(head, wait=True), clear_writing_error(head):
            others = [file for file in files.iterdir() if file.name != head.name]
            changed = [file for file in others if not _is_same(file, head.with_name(file.name))]
            if changed:
                head.unlink(missing_ok=True)
            for file in (*changed, files / head.name):
                os.replace(file, head.with_name(file.name))


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

    Yields:
        A `WorkFolder` of this run alone. Its `WorkFolder.result` is moved to `folder` when the block ends.
        The rest of the work folder is removed then, and all of it when the block raises. What a killed run
        has left is removed by the next one.

    Raises:
        DataError: when `folder` is not empty, another run is writing it now, or it cannot be written. The
            content of `folder` is not touched then.
    """
    with _only_writer(folder) as target, own_work_folder(target) as path:
        with clear_work_error(folder, path):
            yield WorkFolder(path)
        move_result(WorkFolder(path), target)


@contextmanager
def resumable_folder(folder: Path, fingerprint: str) -> Iterator[WorkFolder]:
    """Write a folder that appears when it is complete, in a work folder that outlives an interrupted run.

    Args:
        folder: the folder to write.
        fingerprint: a hash of everything that the result depends on. The work of a run with another
            fingerprint is removed.

    Yields:
        A `WorkFolder`. Its `WorkFolder.result` is moved to `folder` when the block ends, and the rest is
        removed. When the block raises or the process is killed, the work folder stays, unless there is no
        work in it or it can be written no more. The next run with the same fingerprint finds it as it was
        left, except that an unfinished result is removed.

    Raises:
        DataError: when `folder` is not empty, another run is writing it now, or it cannot be written. The
            content of `folder` is not touched then.
    """
    with _only_writer(folder) as target:
        work = WorkFolder(target.with_name(f".{target.name}.partial"))
        with clear_writing_error(folder):
            _resume(work, fingerprint)
        try:
            with clear_work_error(folder, work.path):
                yield work
        except WritingError as error:
            if error.place == folder:
                _abandon(work)
            raise
        finally:
            if work.path.is_dir() and [path.name for path in work.path.iterdir()] == [_FINGERPRINT]:
                discard(work, target)
        move_result(work, target)
        discard(work, target)


def _abandon(work: WorkFolder) -> None:
    """Remove a work folder that cannot be written any more; half removed, it is never resumed."""
    remove(work.path / _FINGERPRINT)
    remove(work.path)


def _is_same(file: Path, other: Path) -> bool:
    """Whether two files exist and have the same content."""
    return other.is_file() and filecmp.cmp(file, other, shallow=False)


@contextmanager
def _only_writer(folder: Path) -> Iterator[Path]:
    """Be the only run that writes a new or empty folder.

    Yields:
        The resolved path of the folder: of "." and of links, too, work folders lie beside it, never in it.
    """
    check_new_folder(folder)
    target = folder.resolve()
    with parent_folder(target), exclusive_writing(target, wait=False):
        check_new_folder(folder)  # a run that has just ended held the lock until now
        yield target


def _resume(work: WorkFolder, fingerprint: str) -> None:
    """Create a work folder, or find it; what cannot be gone on from is removed.

    That is what runs with another fingerprint have left, and any unfinished result.
    """
    work.path.mkdir(exist_ok=True)
    mark = work.path / _FINGERPRINT
    if mark.is_file() and mark.read_bytes() == fingerprint.encode():
        remove(work.result)
        return
    mark.unlink(missing_ok=True)  # first, so that what is half removed is never taken for resumable
    for leftover in work.path.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    mark.write_text(fingerprint, encoding="utf-8")


def discard(work: WorkFolder, place: Path) -> None:
    """Remove a work folder that is kept after a run was killed; half removed, it is never found again.

    Args:
        work: the work folder.
        place: the file or folder that was prepared in it.
    """
    with own_work_folder(place) as abandoned:
        os.rename(work.path, abandoned / _RESULT)


def move_result(work: WorkFolder, folder: Path) -> None:
    """Move the result of a work folder to its final place, unless something has been put there.

    Raises:
        DataError: when `folder` is not empty.
    """
    check_new_folder(folder)
    try:
        os.rename(work.result, folder)  # which replaces an empty folder in one step
    except OSError:
        check_new_folder(folder)  # another run was faster
        raise
