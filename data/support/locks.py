"""Locks: which run may write a file or folder now, and which work folders killed runs have left.

The locks are those of the system (``flock``), which releases those of a run that ends in whatever way. They
exclude threads of one process from each other, too.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count, islice
from pathlib import Path

from arts.data.errors import ArtsError, DataError, require_posix, system_fault

logger = logging.getLogger(__name__)

_LOCK = "lock"  # name of the lock file in a work folder
_MOST_RUNS = 16  # runs for one place at a time whose work folders are looked for when they were killed
_NO_ROOM = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.EROFS,
)  # what writing to an open file raises
_LEAST_ROOM = 1 << 16  # bytes; a disk with less is full
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


class WritingError(DataError):
    """A file or folder cannot be written.

    Args:
        place: the file or folder.
        fault: what the system refused, in its words.
        advice: what to do instead; it takes the place of the fault in the message.
    """

    def __init__(self, place: Path, fault: str, *, advice: str = "") -> None:
        super().__init__(place, advice or f"cannot be written ({fault})")
        self.place = place
        self.fault = fault


@contextmanager
def clear_writing_error(place: Path) -> Iterator[None]:
    """Turn an OSError raised inside the ``with`` block into a `WritingError` about the place to write.

    Args:
        place: the file or folder that is to be written.
    """
    try:
        yield
    except OSError as error:
        fault, advice = system_fault(error) or str(error), ""
        if error.errno in _NO_LOCKS:
            advice = f"cannot be locked ({fault}); expected a file system with locks, such as a local disk"
        raise WritingError(place, fault, advice=advice) from error


@contextmanager
def clear_work_error(place: Path, work: Path) -> Iterator[None]:
    """Turn a failure to write into a work folder, inside the ``with`` block, into a `WritingError`.

    Libraries raise many kinds of errors when they cannot write. Those that are about something else, such as
    a file that is read in the block, are left as they are.

    Args:
        place: the file or folder that is prepared in the work folder.
        work: the work folder.

    Raises:
        WritingError: when something in the work folder could not be written.
    """
    try:
        yield
    except Exception as error:
        fault = _writing_fault(error, work)
        if fault is None:
            raise
        raise WritingError(place, fault) from error


def _writing_fault(error: Exception, work: Path) -> str | None:
    """Why something in a work folder could not be written; None when an error has another reason."""
    place = error.place if isinstance(error, WritingError) else getattr(error, "filename", None)
    if place is not None:
        inside = isinstance(place, str | Path) and Path(place).absolute().is_relative_to(work.absolute())
        return getattr(error, "fault", None) or system_fault(error) if inside else None
    if isinstance(error, ArtsError):
        return None
    if isinstance(error, OSError):
        return system_fault(error) if error.errno in _NO_ROOM else None
    if fault := system_fault(error):
        return fault
    with suppress(OSError):
        if shutil.disk_usage(work).free < _LEAST_ROOM:  # not every library says so
            return os.strerror(errno.ENOSPC)
    return None


@contextmanager
def exclusive_writing(place: Path, *, wait: bool) -> Iterator[None]:
    """Be the only run that writes a file or folder.

    The lock file lies beside it, is called ``.NAME.lock``, and is removed at the end.

    Args:
        place: the file or folder; the folder that it is in must exist.
        wait: whether to wait for a run that is writing it, and to log a line about that.

    Raises:
        DataError: when another run is writing it and `wait` is false, or when the place cannot be locked.
    """
    path = place.with_name(f".{place.name}.lock")
    with clear_writing_error(place):
        lock = _lock(path)
        if lock is None and wait:
            logger.warning("another run is making %s; waiting for it", place)
            lock = _lock(path, wait=True)
    if lock is None:
        raise DataError(place, "another run is writing it; wait for that run, or name another")
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        _unlock(lock)


@contextmanager
def own_work_folder(place: Path) -> Iterator[Path]:
    """Have a work folder that no other run uses, beside the file or folder that is prepared in it.

    It is called ``.NAME.0.new``, or has the first higher number that no living run uses. Those that killed
    runs have left are removed.

    Args:
        place: the file or folder; the folder that it is in must exist.

    Yields:
        The path of the work folder. It is removed when the block ends.

    Raises:
        DataError: when the work folder cannot be created.
    """
    _remove_abandoned_folders(place)
    with clear_writing_error(place):
        path, lock = next(claimed for claimed in map(_claim, _work_folders(place)) if claimed)
    try:
        yield path
    finally:
        _remove_locked(path)
        _unlock(lock)


def remove_abandoned_work(place: Path) -> None:
    """Remove the work folders and the lock file of a file or folder that killed runs have left.

    Args:
        place: the file or folder that was prepared in them.
    """
    _remove_abandoned_folders(place)
    if place.with_name(f".{place.name}.lock").exists():
        with suppress(DataError), exclusive_writing(place, wait=False):
            pass


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it, as far as possible."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _remove_abandoned_folders(place: Path) -> None:
    """Remove the work folders of a file or folder that killed runs have left."""
    for path in filter(Path.exists, islice(_work_folders(place), _MOST_RUNS)):
        with suppress(OSError):  # it is another user's, or cannot be locked
            if (lock := _lock(path / _LOCK)) is not None:
                _remove_locked(path)
                _unlock(lock)


def _work_folders(place: Path) -> Iterator[Path]:
    """The paths that the work folders of a file or folder may have, without end."""
    return (place.with_name(f".{place.name}.{number}.new") for number in count())


def _claim(path: Path) -> tuple[Path, int] | None:
    """Create and lock a work folder, or take over an abandoned one.

    Returns:
        The path, and the open lock file; None if the folder cannot be had, because a living run uses it or
        it is another user's. Where nothing can be locked, no folder is ever taken for abandoned, so one that
        is created here is this run's alone.
    """
    try:
        path.mkdir()
        is_new = True
    except FileExistsError:
        is_new = False
    try:
        lock = _lock(path / _LOCK)
    except PermissionError:
        return None
    except FileNotFoundError:
        return _claim(path)  # the run that used it has just removed it
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return (path, os.open(path / _LOCK, os.O_RDONLY)) if is_new else None
    if lock is None:
        return None
    _remove_content(path)
    return path, lock


def _remove_locked(path: Path) -> None:
    """Remove a locked work folder: first its content, so that nobody can lock it before that is gone."""
    with suppress(OSError):
        _remove_content(path)
        (path / _LOCK).unlink()
        path.rmdir()


def _remove_content(path: Path) -> None:
    """Remove what is in a work folder except its lock file."""
    for leftover in path.iterdir():
        if leftover.name != _LOCK:
            remove(leftover)


def _lock(path: Path, *, wait: bool = False) -> int | None:
    """Open and lock a lock file, which is created if it does not exist.

    Whoever holds the lock may remove the file. So a file that is locked here counts only when it still has
    its name; otherwise the one that has the name now is opened.

    Returns:
        The open file, for `_unlock`; None if another holds the lock.
    """
    require_posix("writing files that other runs may write, too,")
    import fcntl

    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if os.path.samestat(os.fstat(file), os.stat(path)):
                return file
        except FileNotFoundError:
            pass  # removed by the run that held the lock until now
        except BlockingIOError:
            os.close(file)
            return None
        except BaseException:
            os.close(file)
            raise
        os.close(file)


def _unlock(lock: int) -> None:
    """Release a lock, also when a process that was forked meanwhile has the file open, too."""
    import fcntl

    with suppress(OSError):  # there are no locks
        fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)
