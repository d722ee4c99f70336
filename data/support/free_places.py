"""Places to write to: whether a file or folder can be written, asked before the work whose result it is."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from arts.data.errors import DataError
from arts.data.support.locks import clear_writing_error, remove_abandoned_work

_WORK_LETTERS = len("..partial")  # by which the name of a work folder is longer


def check_new_folder(folder: Path) -> None:
    """Check that a folder can be written: that it is new or empty.

    Where it is not, because a run was killed just after it had written it, the rest of that run is removed.

    Raises:
        DataError: when the folder exists and is not empty, or is a mount point.
    """
    with clear_writing_error(folder):
        is_filled = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if is_filled:
        remove_abandoned_work(folder.resolve())
        raise DataError(folder, "exists and is not empty; expected a new or empty folder")
    if os.path.ismount(folder):
        raise DataError(folder, "is a mount point; expected a folder in it")
    check_folder(folder)


def check_new_file(path: Path) -> None:
    """Check that a file can be written, before the work that it is the result of, and is new.

    Raises:
        DataError: when it cannot be written, exists, or is a folder.
    """
    if path.is_dir():
        raise DataError(path, "is a folder; expected a file to write")
    with clear_writing_error(path):
        if _is_something(path):
            raise DataError(path, "exists; expected a new file")
    check_folder(path)


def check_folder(folder: Path) -> None:
    """Check that files can be written to a folder, before the work whose results they are.

    Args:
        folder: the folder, which may exist; otherwise it can be created.

    Raises:
        DataError: when it, or the nearest folder above it that exists, is no folder or cannot be written; or
            when its name is not text in UTF-8, as which reports and tables would record it.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in str(folder)):
        raise DataError(folder, "is not text in UTF-8; expected a name that is")
    with clear_writing_error(folder):
        place = folder.absolute()
        while not _is_something(place):
            place = place.parent
    if place == folder.absolute() and not place.is_dir():
        raise DataError(folder, "is no folder; expected a folder, which may be new")
    fault = 0
    names = folder.absolute().relative_to(place).parts
    if not place.is_dir():
        fault = errno.ENOTDIR
    elif any(len(os.fsencode(name)) > os.pathconf(place, "PC_NAME_MAX") - _WORK_LETTERS for name in names):
        fault = errno.ENAMETOOLONG
    elif not os.access(place, os.W_OK | os.X_OK):
        fault = errno.EROFS if os.statvfs(place).f_flag & os.ST_RDONLY else errno.EACCES
    if fault:
        raise DataError(folder, f"cannot be written ({os.strerror(fault)})")


def _is_something(path: Path) -> bool:
    """Whether there is a file, folder or link of this path; OSError when that cannot be told."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


@contextmanager
def parent_folder(path: Path) -> Iterator[None]:
    """Create the folder that a file or folder is to be in, if it does not exist.

    When the ``with`` block raises, the folders that were created are removed again, if they are empty.
    """
    parents = [path.parent, *path.parent.parents]
    with clear_writing_error(path):
        new = [parent for parent in parents if not parent.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # one that another run uses is not empty
            for parent in new:
                parent.rmdir()
        raise
