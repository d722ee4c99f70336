"""The cache: files and folders that are built once, whatever runs need them, and then read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from arts.data.errors import ArtsError, DataError
from arts.data.support.atomic import (
    WorkFolder,
    atomic_file,
    cache_home,
    discard,
    move_result,
)
from arts.data.support.free_places import parent_folder
from arts.data.support.locks import (
    WritingError,
    clear_work_error,
    clear_writing_error,
    exclusive_writing,
    remove,
    remove_abandoned_work,
)

WORK_SUFFIX = ".work"  # of the work folder of a cached folder


def cached_folder(folder: Path, build: Callable[[WorkFolder], None]) -> Path:
    """Return a folder of the cache; build it first if it does not exist.

    A second run that needs the same folder waits for the first and then uses its result. When a build
    was interrupted, the next one finds the work folder as it was left, except that an unfinished result is
    removed. A folder that exists is returned also where nothing can be written.

    Args:
        folder: the folder. Its name must identify everything that the content depends on.
        build: writes the content to `WorkFolder.result` of the work folder that it is given.

    Returns:
        `folder`.

    Raises:
        DataError: when the folder does not exist, and cannot be written or locked.
    """
    work = WorkFolder(folder.with_name(folder.name + WORK_SUFFIX))
    if not folder.is_dir():
        with clear_cache_error(), parent_folder(folder), exclusive_writing(folder, wait=True):
            if not folder.is_dir():
                _build_folder(work, folder, build)
    elif work.path.exists():  # a run was killed just after it had moved the folder
        with suppress(DataError), exclusive_writing(folder, wait=False):
            if work.path.exists():
                discard(work, folder)
    remove_abandoned_work(folder)
    return folder


def cached_file(
    path: Path, build: Callable[[Path], None], *, is_valid: Callable[[Path], bool] = Path.is_file
) -> Path:
    """Return a file of the cache; build it first if it does not exist.

    A second run that needs the same file waits for the first and then uses its result.

    Args:
        path: the file. Its name must identify everything that the content depends on.
        build: writes the content to the path that it is given.
        is_valid: whether the file is there, as it should be.

    Returns:
        `path`.

    Raises:
        DataError: when the file does not exist, and cannot be written or locked.
    """
    if not is_valid(path):
        with clear_cache_error(), parent_folder(path), exclusive_writing(path, wait=True):
            if not is_valid(path):
                with atomic_file(path) as partial:
                    build(partial)
    return path


def _build_folder(work: WorkFolder, folder: Path, build: Callable[[WorkFolder], None]) -> None:
    """Build a folder of the cache in its work folder, which is removed if it cannot be written."""
    with clear_writing_error(folder):
        work.path.mkdir(exist_ok=True)
    remove(work.result)
    try:
        with clear_work_error(folder, work.path):
            build(work)
    except WritingError as error:
        if error.place == folder:
            remove(work.path)
        raise
    move_result(work, folder)
    discard(work, folder)


@contextmanager
def clear_cache_error() -> Iterator[None]:
    """Say in the error of a ``with`` block that another folder can be chosen for the cache."""
    try:
        yield
    except WritingError as error:
        if error.place.is_relative_to(cache_home()):
            raise ArtsError(f"{error}; ARTS_CACHE_HOME names the folder of the cache") from error
        raise


@contextmanager
def reading_cache(path: Path) -> Iterator[None]:
    """Say in the error of a ``with`` block which entry of the cache to delete when it is damaged.

    Args:
        path: the file or folder that is read in the block.

    Raises:
        DataError: when the block raises an ArtsError, OSError or ValueError.
    """
    try:
        yield
    except (ArtsError, OSError, ValueError) as error:
        reason = " ".join(str(error).replace(f"{path}: ", "").split())
        raise DataError(path, f"this entry of the cache cannot be read ({reason}); delete it") from error
